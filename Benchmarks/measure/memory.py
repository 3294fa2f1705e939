"""What router and worker hold in memory over a million events: the router as it takes them in, the worker after that."""

import sqlite3
import time

from measure.processes import resident_mebibytes
from measure.report import Aim, Table
from measure.stacks import shop, stack, wrk

# Of a payment that is not ours: the worker reads the event, looks for its order, and marks the event.
EVENT = "payment_intent.succeeded"
# Seconds without one event more.
STALLED = 60


def memory(bench):
    early, late = bench.count(100_000), bench.count(1_000_000)
    with stack(bench, "sqlite") as one:
        made = shop(one, storefront=False)
        one.worker.stop()
        router = router_sizes(bench, one, made, early, late)
        one.worker.start()
        worker = worker_sizes(bench, one, early, late)
    table = Table("Resident memory, MiB, SQLite", [f"at {early:,} events", f"at {late:,} events", "growth %"])
    for name, (before, after) in (("router", router), ("worker", worker)):
        growth = (after / before - 1) * 100
        table.add(name, before, after, growth)
        table.aims.append(Aim(f"memory: growth of the {name}, %", growth, 10))
    return table


def router_sizes(bench, one, made, early, late):
    total, sizes = 0, []
    for goal in (early, late):
        while total < goal:
            total += wrk(made.webhook_url, 5, bench.arguments.connections, EVENT)["count"]
            bench.say(f"router: {total:,} events, {resident_mebibytes(one.router):.1f} MiB")
        sizes.append(resident_mebibytes(one.router))
    return sizes


def worker_sizes(bench, one, early, late):
    sizes, most, since = [], -1, time.monotonic()
    # The router took in a little more than asked for.
    for goal in (early, late):
        while (done := finished(one)) < goal:
            bench.say(f"worker: {done:,} events, {resident_mebibytes(one.worker):.1f} MiB")
            if done > most:
                most, since = done, time.monotonic()
            elif time.monotonic() > since + STALLED:
                raise SystemExit(f"the worker stopped at {done:,} of {late:,} events: none more within {STALLED} s")
            time.sleep(5)
        sizes.append(resident_mebibytes(one.worker))
    return sizes


def finished(one):
    path = one.environment["DATABASE_URL"].removeprefix("sqlite:")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute("SELECT COUNT(*) FROM jobs WHERE state IN ('done', 'discarded')").fetchone()[0]
    finally:
        connection.close()
