"""What a worker with nothing to do uses."""

import contextlib
import time

from measure.latency import ENGINES
from measure.processes import cpu_shares
from measure.report import Aim, Table, median
from measure.stacks import stack


def idle(bench):
    seconds = bench.samples(25)
    table = Table(
        f"Idle fulfillment-worker, user and system time, % of a core; {bench.rounds} rounds of {seconds} s",
        ["median", "most of a round"],
    )
    with contextlib.ExitStack() as kept:
        workers = [kept.enter_context(stack(bench, engine)).worker for engine in ENGINES]
        # Past what they do as they start.
        time.sleep(3)
        # Both in the same seconds: neither can disturb the other by doing nothing.
        rounds = [cpu_shares(workers, seconds) for _ in range(bench.rounds)]
    for name, shares in zip(ENGINES.values(), zip(*rounds)):
        table.add(name, median(shares), max(shares))
        table.aims.append(Aim(f"idle: % of a core on {name}", median(shares), 1))
        bench.say(f"{name}: " + ", ".join(f"{share:.2f}" for share in shares) + " %")
    return table
