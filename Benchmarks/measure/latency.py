"""How long a job waits for its start: with idle workers, and beside another tenant's backlog."""

import signal
import subprocess
import threading
from typing import NamedTuple

from measure.report import Aim, Table, median, percentile

ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
# Jobs that are stored before the first one counts: until PostgreSQL has settled on its plans.
WARM_UPS = 10


class Wait(NamedTuple):
    """Of a job for its handler to begin, in ms."""

    since_commit: float
    since_call: float


def pickup(bench):
    samples = bench.samples(600)
    found = alternated(bench, lambda url: probe(bench, url, samples, pause=50))
    table = Table(
        f"Idle pick-up, commit to handler start, ms; medians of {bench.rounds} rounds of {samples} jobs",
        ["p50", "p99", "most of all", "p99 from the call"],
    )
    for engine, rounds in found.items():
        commits = [[wait.since_commit for wait in one] for one in rounds]
        calls = [[wait.since_call for wait in one] for one in rounds]
        p99 = median(percentile(one, 0.99) for one in commits)
        table.add(
            ENGINES[engine], median(map(median, commits)), p99, max(map(max, commits)),
            median(percentile(one, 0.99) for one in calls),
        )  # fmt: skip
        table.aims.append(Aim(f"pickup: p99 on {ENGINES[engine]}, ms", p99, 20))
    return table


def fairness(bench):
    backlog, samples = bench.count(100_000), bench.samples(50)

    def measured(url):
        bench.ours("fill-rows", url, ready=backlog, tenants=1)
        return probe(bench, url, samples, pause=150, takes=5)

    found = alternated(bench, measured)
    table = Table(
        f"One job beside another tenant's backlog of {backlog:,}, commit to start, ms; {bench.rounds} rounds of {samples}",
        ["p50", "most of a round", "most of all"],
    )
    for engine, rounds in found.items():
        commits = [[wait.since_commit for wait in one] for one in rounds]
        most = max(map(max, commits))
        table.add(ENGINES[engine], median(map(median, commits)), median(map(max, commits)), most)
        # Of all, not of the median round: no job is to wait longer.
        table.aims.append(Aim(f"fairness: most on {ENGINES[engine]}, ms", most, 100))
    return table


def alternated(bench, measured):
    """The waits that `measured(url)` finds on an empty database in every round, by engine."""
    found = {engine: [] for engine in ENGINES}
    for number in range(bench.rounds):
        for engine, rounds in found.items():
            with bench.database(engine) as url:
                rounds.append(measured(url))
        latest = "; ".join(f"{ENGINES[engine]}: {max(rounds[-1]).since_commit:.1f}" for engine, rounds in found.items())
        bench.say(f"round {number + 1} of {bench.rounds}, longest wait, ms: {latest}")
    return found


def probe(bench, url, samples, pause, takes=0):
    """How long each of `samples` jobs waited for its handler to begin in another process."""
    # Migrated before two processes want to.
    bench.ours("fill-rows", url)
    starts, begun = {}, threading.Event()
    worker = subprocess.Popen(
        [*bench.queue_benchmark("work", url), "--takes", str(takes)], stdout=subprocess.PIPE, text=True
    )

    def read():
        for line in worker.stdout:
            word, *numbers = line.split()
            if word == "start":
                starts[numbers[0]] = int(numbers[1])
            else:
                begun.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        if not begun.wait(30):
            raise SystemExit("queue-benchmark work did not start")
        commits = stored(bench, url, samples + WARM_UPS, pause)
        wait_for(lambda: len(starts) >= len(commits))
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
        reader.join()
    # A start may be noted a moment before the commit's return is.
    return [
        Wait(max(0, starts[job] - committed) / 1e6, (starts[job] - called) / 1e6)
        for job, called, committed in commits[WARM_UPS:]
    ]


def stored(bench, url, samples, pause):
    done = subprocess.run(
        [*bench.queue_benchmark("probe", url), "--samples", str(samples), "--pause", str(pause)],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines = (line.split() for line in done.stdout.splitlines())
    return [(job, int(called), int(committed)) for _, job, called, committed in lines]


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        threading.Event().wait(0.05)
    raise SystemExit("not every job was started within 30 s")
