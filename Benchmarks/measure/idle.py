"""What a worker with nothing to do uses."""

import contextlib
import time

from measure.latency import ENGINES
from measure.processes import cpu_shares
from measure.report import Aim, Table
from measure.stacks import stack


def idle(bench):
    seconds = 5 if bench.arguments.quick else 20
    table = Table(f"Idle fulfillment-worker over {seconds} s, % of a core", ["user and system"])
    with contextlib.ExitStack() as kept:
        workers = [kept.enter_context(stack(bench, engine)).worker for engine in ENGINES]
        # Past what they do as they start.
        time.sleep(3)
        shares = cpu_shares(workers, seconds)
    for name, share in zip(ENGINES.values(), shares):
        table.add(name, share)
        table.aims.append(Aim(f"idle: % of a core on {name}", share, 1))
        bench.say(f"{name}: {share:.2f} %")
    return table
