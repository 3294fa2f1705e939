"""Claim and complete: our queue beside others, in rounds that alternate."""

import time

from measure.report import Aim, Table, median

# Of pgqueuer; the others say in their issue or by their nature how many they take at once.
PGQUEUER_BATCHES = (10, 100, 500, 1000)


def queue_sqlite(bench):
    jobs = bench.count(50_000)
    contenders = {
        "ours, 1 tenant": ours(bench, jobs=jobs),
        "ours, 20 tenants, subjects": ours(bench, jobs=jobs, tenants=20, subjects=True),
        "bare SQL, 8 consumers": theirs(bench, "bare_sqlite", jobs=jobs),
        "bare SQL, 1 consumer, rows deleted": theirs(
            bench, "bare_sqlite", jobs=jobs, consumers=1, variant="delete"
        ),
        "huey, SqliteHuey(fsync=True)": theirs(bench, "huey_sqlite", jobs=bench.count(4000)),
    }  # fmt: skip
    rates = contest(bench, "sqlite", contenders)
    mine = median(rates["ours, 1 tenant"])
    table = rate_table("Claim and complete, SQLite", rates)
    table.aims += [
        Aim("queue-sqlite: ours / huey", mine / best(rates, "huey"), 10, at_least=True),
        Aim("queue-sqlite: ours / bare SQL", mine / best(rates, "bare"), 0.7, at_least=True),
    ]
    return table


def queue_postgres(bench):
    jobs, fewer = bench.count(50_000), bench.count(20_000)
    batch = best_batch(bench, fewer)
    contenders = {
        "ours, 1 tenant": ours(bench, jobs=jobs),
        "ours, 1 tenant, 1000 a batch": ours(bench, jobs=jobs, batch=1000),
        "ours, 20 tenants, subjects": ours(bench, jobs=jobs, tenants=20, subjects=True),
        "bare SKIP LOCKED": theirs(bench, "bare_postgres", jobs=jobs),
        "bare SKIP LOCKED, rows deleted": theirs(bench, "bare_postgres", jobs=jobs, variant="delete"),
        f"pgqueuer, its queries, {batch} a batch": theirs(bench, "pgqueuer_queue", jobs=fewer, batch=batch),
        f"pgqueuer, its manager, {batch} a batch": theirs(bench, "pgqueuer_manager", jobs=fewer, batch=batch),
        "procrastinate": theirs(bench, "procrastinate_queue", jobs=bench.count(2000)),
    }
    rates = contest(bench, "postgres", contenders)
    mine, largest = median(rates["ours, 1 tenant"]), best(rates, "ours")
    table = rate_table("Claim and complete, PostgreSQL", rates)
    # Ours keeps the rows of what is done, and so does the first of the bare loops.
    table.aims += [
        Aim("queue-postgres: ours / bare SKIP LOCKED", mine / median(rates["bare SKIP LOCKED"]), 0.7, at_least=True),
        Aim(
            "queue-postgres: ours / pgqueuer, its manager",
            mine / best(rates, "pgqueuer, its manager"),
            2,
            at_least=True,
        ),
        Aim(
            "queue-postgres: best batches: ours / pgqueuer, its queries alone",
            largest / best(rates, "pgqueuer, its queries"),
            2,
            at_least=True,
        ),
        Aim("queue-postgres: ours / procrastinate", mine / best(rates, "procrastinate"), 10, at_least=True),
    ]
    return table


def ours(bench, **options):
    def rate(url):
        figures = bench.ours("claim-and-complete", url, **options)
        return figures["jobs"] / figures["seconds"]

    return rate


def theirs(bench, name, **options):
    return lambda url: bench.contender(name, url, **options)


def best_batch(bench, jobs):
    rates = {}
    for batch in PGQUEUER_BATCHES:
        with bench.database("postgres") as url:
            rates[batch] = bench.contender("pgqueuer_queue", url, jobs=jobs, batch=batch)
    bench.say("pgqueuer by batch: " + ", ".join(f"{batch}: {rate:,.0f}/s" for batch, rate in rates.items()))
    return max(rates, key=rates.get)


def contest(bench, engine, contenders):
    rates = {name: [] for name in contenders}
    for number in range(bench.rounds):
        for name, rate in contenders.items():
            # Let the disk finish what the one before has left to it.
            time.sleep(0.5)
            with bench.database(engine) as url:
                rates[name].append(rate(url))
        latest = ", ".join(f"{name} {found[-1]:,.0f}" for name, found in rates.items())
        bench.say(f"round {number + 1} of {bench.rounds}, jobs a second: {latest}")
    return rates


def best(rates, word):
    return max(median(found) for name, found in rates.items() if name.startswith(word))


def rate_table(title, rates):
    table = Table(title, ["jobs a second", "least", "most"])
    for name, found in rates.items():
        table.add(name, int(median(found)), int(min(found)), int(max(found)))
    return table
