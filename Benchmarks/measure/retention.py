"""How long a step of retention keeps other processes from writing, while a worker removes a month's events on SQLite."""

import contextlib
import sqlite3
import threading
import time

from measure.report import Aim, Table, median, percentile
from measure.stacks import stack

# Shorter spells are other writes of an idle product, not steps.
SHORTEST = 0.001
# Seconds, on the slowest disk.
LONGEST = 900


def retention(bench):
    events, failed = bench.count(200_000), bench.count(10_000)
    with stack(bench, "sqlite") as one:
        one.worker.stop()
        url = one.environment["DATABASE_URL"]
        bench.say(f"storing {events:,} old events and their jobs")
        bench.ours("fill-events", url, events=events, failed=failed)
        path = url.removeprefix("sqlite:")
        make_due(path)
        started = time.monotonic()
        with contextlib.closing(Watch(path)) as watch:
            one.worker.start()
            while (left := count(path)) > failed:
                bench.say(f"{left:,} events are left")
                if time.monotonic() > started + LONGEST:
                    raise SystemExit("the worker did not remove what is old")
                time.sleep(5)
        seconds = time.monotonic() - started
    spells = [spell * 1000 for spell in watch.spells if spell >= SHORTEST]
    table = Table(
        f"Retention of {events - failed:,} events and as many jobs, {failed:,} failed events before them, SQLite",
        ["median ms", "p99 ms", "worst ms", "steps", "events a second"],
    )
    worst = max(spells)
    table.add(
        "the writer is held", median(spells), percentile(spells, 0.99), worst, len(spells),
        int((events - failed) / seconds),
    )  # fmt: skip
    table.aims.append(Aim("retention: a step holds the writer, median, ms", median(spells), 20))
    table.aims.append(Aim("retention: a step holds the writer, worst, ms", worst, 20))
    return table


class Watch:
    """Asks for the write lock again and again, and notes how long it was not to be had."""

    def __init__(self, path):
        self.spells = []
        self.path = path
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        since = None
        while not self.ended.is_set():
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
                if since is not None:
                    self.spells.append(time.perf_counter() - since)
                since = None
            except sqlite3.OperationalError:
                since = since or time.perf_counter()
            time.sleep(0.0002)
        connection.close()

    def close(self):
        self.ended.set()
        self.thread.join()


def make_due(path):
    """The worker did it once already as the product started."""
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        connection.execute("DELETE FROM duties WHERE name = 'retention'")


def count(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute("SELECT COUNT(*) FROM events").fetchone()[0]
