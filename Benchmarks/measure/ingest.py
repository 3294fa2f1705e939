"""Durable ingest beside the same server that only verifies, in rounds that alternate."""

from measure.report import Aim, Table, median
from measure.stacks import shop, stack, wrk


def ingest(bench):
    with stack(bench, "sqlite") as one:
        figures = compared(bench, one)
    durable, verifying = figures["durable"], figures["verify only"]
    ratio = durable["rate"] / verifying["rate"]
    table = Table("Ingest of fresh events of 2 KB, SQLite", ["events a second", "p50 ms", "p99 ms"])
    table.add("durable", int(durable["rate"]), durable["p50"], durable["p99"])
    table.add("verifying only", int(verifying["rate"]), verifying["p50"], verifying["p99"])
    table.aims.append(Aim("ingest: durable / verifying only", ratio, 0.6, at_least=True))
    table.aims.append(Aim("ingest: p99, ms", durable["p99"], 60))
    return table


def compared(bench, one):
    from harness.program import Program, free_port

    made = shop(one, storefront=False)
    port = free_port()
    environment = {**one.environment, "WEBHOOK_ROUTER_LISTEN": f"127.0.0.1:{port}"}
    verifying = Program("verify-only-router", environment, one.folder, port).start()
    path = made.webhook_url.split("/webhooks", 1)[1]
    targets = {"durable": made.webhook_url, "verify only": f"{verifying.url}/webhooks{path}"}
    rounds = {name: [] for name in targets}
    seconds, connections = bench.arguments.seconds, bench.arguments.connections
    try:
        for url in targets.values():
            wrk(url, 2, connections)
        for number in range(bench.rounds):
            for name, url in targets.items():
                rounds[name].append(wrk(url, seconds, connections))
            latest = ", ".join(f"{name} {found[-1]['rate']:,.0f}" for name, found in rounds.items())
            bench.say(f"round {number + 1} of {bench.rounds}, events a second: {latest}")
    finally:
        verifying.stop()
    return {
        name: {figure: median([one[figure] for one in results]) for figure in ("rate", "p50", "p99")}
        for name, results in rounds.items()
    }
