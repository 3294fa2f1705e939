"""How long a job waits for its start: with idle workers, and beside another tenant's backlog."""

import signal
import subprocess
import threading

from measure.report import Aim, Table, median, percentile

ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
# Jobs that are stored before the first one counts.
WARM_UPS = 5


def pickup(bench):
    table = Table("Idle pick-up, commit to handler start, ms", ["p50", "p99", "most", "p99 from the call"])
    for engine, name in ENGINES.items():
        with bench.database(engine) as url:
            waits = probe(bench, url, samples=bench.count(600), pause=50)
        since_commit = [wait for wait, _ in waits]
        p99 = percentile(since_commit, 0.99)
        table.add(
            f"{name}, {len(waits)} jobs", median(since_commit), p99, max(since_commit),
            percentile([wait for _, wait in waits], 0.99),
        )  # fmt: skip
        table.aims.append(Aim(f"pickup: p99 on {name}, ms", p99, 20))
        bench.say(f"{name}: p50 {median(since_commit):.1f} ms, p99 {p99:.1f} ms")
    return table


def fairness(bench):
    backlog, samples = bench.count(100_000), bench.count(20)
    table = Table(
        f"One job beside another tenant's backlog of {backlog:,}, commit to start, ms", ["p50", "most", "samples"]
    )
    for engine, name in ENGINES.items():
        with bench.database(engine) as url:
            bench.ours("fill-rows", url, ready=backlog, tenants=1)
            waits = [wait for wait, _ in probe(bench, url, samples=samples, pause=250, takes=5)]
        table.add(name, median(waits), max(waits), len(waits))
        table.aims.append(Aim(f"fairness: most on {name}, ms", max(waits), 100))
        bench.say(f"{name}: p50 {median(waits):.1f} ms, most {max(waits):.1f} ms")
    return table


def probe(bench, url, samples, pause, takes=0):
    """(ms from the commit, ms from the call) until each job's handler began in another process."""
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
        (max(0, starts[job] - committed) / 1e6, (starts[job] - called) / 1e6)
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
