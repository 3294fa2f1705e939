"""Durable ingest beside the same server that only verifies, in rounds that alternate."""

from measure.report import Aim, Table, median
from measure.stacks import shop, stack, wrk

# An event that becomes a job, stored in the same transaction; and one that is kept and needs none.
WITH_JOB, WITHOUT_JOB = "payment_intent.succeeded", "customer.updated"


def ingest(bench):
    with stack(bench, "sqlite") as one:
        # What is measured is the router: a worker would have work now, and the same cores to do it on.
        one.worker.stop()
        figures = compared(bench, one)
    table = Table("Ingest of fresh events of 2 KB, SQLite", ["events a second", "p50 ms", "p99 ms"])
    for name, found in figures.items():
        table.add(name, int(found["rate"]), found["p50"], found["p99"])
    durable, without, verifying = figures.values()
    table.aims += [
        Aim("ingest: durable, with a job / verifying only", durable["rate"] / verifying["rate"], 0.6, at_least=True),
        Aim("ingest: p99 of durable, with a job, ms", durable["p99"], 60),
        Aim(
            "ingest: durable, without a job / verifying only", without["rate"] / verifying["rate"], 0.6, at_least=True,
            beside=True,
        ),
    ]  # fmt: skip
    return table


def compared(bench, one):
    from harness.program import Program, free_port

    made = shop(one, storefront=False)
    port = free_port()
    environment = {**one.environment, "WEBHOOK_ROUTER_LISTEN": f"127.0.0.1:{port}"}
    verifying = Program("verify-only-router", environment, one.folder, port).start()
    path = made.webhook_url.split("/webhooks", 1)[1]
    targets = {
        "durable, an event and its job": (made.webhook_url, WITH_JOB),
        "durable, an event without a job": (made.webhook_url, WITHOUT_JOB),
        "verifying only": (f"{verifying.url}/webhooks{path}", WITH_JOB),
    }
    rounds = {name: [] for name in targets}
    connections = bench.arguments.connections
    try:
        for url, event in targets.values():
            wrk(url, min(2, bench.seconds), connections, event)
        for number in range(bench.rounds):
            for name, (url, event) in targets.items():
                rounds[name].append(wrk(url, bench.seconds, connections, event))
            latest = "; ".join(f"{name}: {found[-1]['rate']:,.0f}" for name, found in rounds.items())
            bench.say(f"round {number + 1} of {bench.rounds}, events a second: {latest}")
    finally:
        verifying.stop()
    return {
        name: {figure: median([one[figure] for one in results]) for figure in ("rate", "p50", "p99")}
        for name, results in rounds.items()
    }
