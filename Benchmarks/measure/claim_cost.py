"""What one claim costs with a million jobs waiting and a million done, beside a thousand and a thousand."""

import contextlib

from measure.latency import ENGINES
from measure.report import Aim, Table, median

BATCH = 100


def claim_cost(bench):
    many = bench.count(1_000_000)
    table = Table(f"A claim of {BATCH}, ms (median)", ["claim", "completion"])
    for engine, name in ENGINES.items():
        figures = measured(bench, engine, {"few": 1000, "many": many})
        for size, rows in (("few", 1000), ("many", many)):
            table.add(
                f"{name}, {rows:,} waiting, {rows:,} done", median(figures[size]["claim"]),
                median(figures[size]["complete"]),
            )  # fmt: skip
        ratio = median(figures["many"]["claim"]) / median(figures["few"]["claim"])
        table.aims.append(Aim(f"claim-cost: many / few on {name}", ratio, 1.5))
        bench.say(f"{name}: {ratio:.2f} times")
    return table


def measured(bench, engine, sizes):
    figures = {size: {"claim": [], "complete": []} for size in sizes}
    with contextlib.ExitStack() as kept:
        urls = {size: kept.enter_context(bench.database(engine)) for size in sizes}
        for size, rows in sizes.items():
            bench.say(f"{ENGINES[engine]}: storing {2 * rows:,} rows")
            bench.ours("fill-rows", urls[size], ready=rows, done=rows)
            if engine == "postgres":
                # As autovacuum would have by the time a table has grown so much.
                bench.postgres.sql("VACUUM ANALYZE", urls[size])
        for _ in range(bench.rounds):
            for size, url in urls.items():
                for what, times in bench.ours("claim-cost", url, samples=100, batch=BATCH).items():
                    figures[size][what] += times
    return figures
