"""Claim and complete: our queue beside others, in rounds that alternate."""

import time

from measure.report import Aim, Table, median

# Of pgqueuer, by its queries and by its manager; the others say by their nature how many they take at once.
PGQUEUER_BATCHES = (10, 100, 500, 1000)
OURS = "ours, 1 tenant"


def queue_sqlite(bench):
    jobs, fewer = bench.count(30_000), bench.count(6000)
    single = {"consumers": 1, "variant": "delete"}
    contenders = {
        OURS: ours(bench, jobs=jobs),
        "ours, 20 tenants, subjects": ours(bench, jobs=jobs, tenants=20, subjects=True),
        "bare SQL, 8 consumers": theirs(bench, "bare_sqlite", jobs=jobs),
        "bare SQL, 8 consumers, claims unsynced": theirs(bench, "bare_sqlite", jobs=jobs, unsynced_claims=True),
        "bare SQL, 1 consumer, rows deleted": theirs(bench, "bare_sqlite", jobs=jobs, **single),
        "bare SQL, 1 consumer, rows deleted, claims unsynced": theirs(
            bench, "bare_sqlite", jobs=jobs, unsynced_claims=True, **single
        ),
        "huey, SqliteHuey(fsync=True)": theirs(bench, "huey_sqlite", jobs=fewer),
    }
    rates = contest(bench, "sqlite", contenders)
    table = rate_table("Claim and complete, SQLite", rates)
    table.notes.append(f"{jobs:,} jobs each; {fewer:,} for huey, which syncs for every one.")
    synced = [name for name in rates if name.startswith("bare") and "unsynced" not in name]
    table.aims += [
        ratio(rates, "queue-sqlite", "huey, SqliteHuey(fsync=True)", 10),
        *beside_bare(rates, "queue-sqlite", aimed_at=max(synced, key=lambda name: median(rates[name]))),
    ]
    return table


def queue_postgres(bench):
    jobs, fewer = bench.count(30_000), bench.count(3000)
    batches = best_batches(bench, bench.count(20_000))
    manager = f"pgqueuer, its manager, {batches['pgqueuer_manager']} a batch"
    queries = f"pgqueuer, its queries, {batches['pgqueuer_queue']} a batch"
    contenders = {
        OURS: ours(bench, jobs=jobs),
        f"{OURS}, 1000 a batch": ours(bench, jobs=jobs, batch=1000),
        "ours, 20 tenants, subjects": ours(bench, jobs=jobs, tenants=20, subjects=True),
        "bare SKIP LOCKED": theirs(bench, "bare_postgres", jobs=jobs),
        "bare SKIP LOCKED, claims unsynced": theirs(bench, "bare_postgres", jobs=jobs, unsynced_claims=True),
        "bare SKIP LOCKED, rows deleted": theirs(bench, "bare_postgres", jobs=jobs, variant="delete"),
        "bare SKIP LOCKED, rows deleted, claims unsynced": theirs(
            bench, "bare_postgres", jobs=jobs, variant="delete", unsynced_claims=True
        ),
        manager: theirs(bench, "pgqueuer_manager", jobs=jobs, batch=batches["pgqueuer_manager"]),
        queries: theirs(bench, "pgqueuer_queue", jobs=jobs, batch=batches["pgqueuer_queue"]),
        "procrastinate": theirs(bench, "procrastinate_queue", jobs=fewer),
    }
    rates = contest(bench, "postgres", contenders)
    table = rate_table("Claim and complete, PostgreSQL", rates)
    table.notes.append(f"{jobs:,} jobs each; {fewer:,} for procrastinate, which syncs twice for every one.")
    table.aims += [
        ratio(rates, "queue-postgres", manager, 2),
        ratio(rates, "queue-postgres", queries, 2, beside=True),
        ratio(rates, "queue-postgres", queries, 2, mine=f"{OURS}, 1000 a batch", beside=True),
        # Ours keeps the rows of what is done, and so does this one.
        *beside_bare(rates, "queue-postgres", aimed_at="bare SKIP LOCKED"),
        ratio(rates, "queue-postgres", "procrastinate", 10),
    ]
    return table


def ours(bench, **options):
    def rate(url):
        figures = bench.ours("claim-and-complete", url, **options)
        return figures["jobs"] / figures["seconds"]

    return rate


def theirs(bench, name, **options):
    return lambda url: bench.contender(name, url, **options)


def best_batches(bench, jobs):
    """Of pgqueuer's manager and of its queries alone: each has its own."""
    rates = {"pgqueuer_manager": {}, "pgqueuer_queue": {}}
    for batch in PGQUEUER_BATCHES:
        for name, found in rates.items():
            with bench.database("postgres") as url:
                found[batch] = bench.contender(name, url, jobs=jobs, batch=batch)
    for name, found in rates.items():
        bench.say(f"{name} by batch: " + ", ".join(f"{batch}: {rate:,.0f}/s" for batch, rate in found.items()))
    return {name: max(found, key=found.get) for name, found in rates.items()}


def contest(bench, engine, contenders):
    rates = {name: [] for name in contenders}
    for number in range(bench.rounds):
        for name, rate in contenders.items():
            # Let the disk finish what the one before has left to it.
            time.sleep(0.5)
            with bench.database(engine) as url:
                rates[name].append(rate(url))
        latest = "; ".join(f"{name}: {found[-1]:,.0f}" for name, found in rates.items())
        bench.say(f"round {number + 1} of {bench.rounds}, jobs a second: {latest}")
    return rates


def ratio(rates, section, other, bound, mine=OURS, beside=False):
    return Aim(
        f"{section}: {mine} / {other}", median(rates[mine]) / median(rates[other]), bound, at_least=True, beside=beside
    )


def beside_bare(rates, section, aimed_at):
    """To every bare loop, the one that the aim is about first."""
    names = sorted((name for name in rates if name.startswith("bare")), key=lambda name: name != aimed_at)
    return [ratio(rates, section, name, 0.7, beside=name != aimed_at) for name in names]


def rate_table(title, rates):
    table = Table(title, ["jobs a second", "least", "most"])
    for name, found in rates.items():
        table.add(name, int(median(found)), int(min(found)), int(max(found)))
    return table
