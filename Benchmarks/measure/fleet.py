"""Several routers and workers on one database, the work that waits for them, and what each of them uses for it."""

import contextlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from measure import backlog
from measure.backlog import EVENT
from measure.paths import BENCHMARKS
from measure.processes import cpu_seconds, family_cpu_seconds, resident_mebibytes
from measure.stacks import SECRET, stack, wrk

ROUTERS, WORKERS, CLIENTS = 2, 4, 8
UNFINISHED = ("scheduled", "ready", "blocked", "suspect", "leased")


@dataclass
class Used:
    """What `count` events took."""

    count: int
    seconds: float
    # CPU seconds of our programs, and of PostgreSQL.
    own: float
    server: float
    # Of PostgreSQL: transactions that wrote, bytes of its log.
    writes: int
    log: int


@contextlib.contextmanager
def fleet(bench, engine):
    settings = {"RECONCILE_INTERVAL_SECONDS": "86400", "WORKER_LEASE_SECONDS": "30"}
    with (
        stack(bench, engine, routers=ROUTERS, workers=WORKERS, **settings) as one,
        storefront(0) as quick,
        storefront(100) as slow,
    ):
        yield Fleet(bench, one, quick, slow)


@contextlib.contextmanager
def storefront(milliseconds):
    """The URL of one that takes so long to answer."""
    command = [sys.executable, str(BENCHMARKS / "storefront.py"), str(milliseconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/fulfillment"
    finally:
        process.terminate()
        process.wait(10)


class Fleet:
    """All workers run at first; from the first `drain` on, those that drain."""

    def __init__(self, bench, one, quick, slow):
        from harness.tables import Tables

        self.bench = bench
        self.stack = one
        self.tables = Tables(one.environment["DATABASE_URL"])
        self.shops = {name: self._shop(url) for name, url in (("quick", quick), ("slow", slow))}
        # Of a worker, in MiB.
        self.heaviest = 0

    def _shop(self, url):
        # Calls to Stripe are not what is measured.
        made = self.stack.tenant(storefront=False, arguments=["--stripe-rate", "1000", "--fulfillment-url", url])
        self.stack.ctl("tenant", "webhook", "add-secret", made.id, SECRET)
        return made

    def rest(self):
        """No worker runs, and none will begin anything before `drain` says so."""
        for shop in self.shops.values():
            self.stack.ctl("queue", "pause", "--tenant", shop.id)
        for worker in self.stack.workers:
            worker.stop()

    def _clock(self, programs):
        own = sum(cpu_seconds(one) for one in programs)
        if self.stack.engine == "sqlite":
            return own, 0, 0, 0
        log = "SELECT pg_snapshot_xmax(pg_current_snapshot()), pg_current_wal_lsn() - '0/0'"
        writes, bytes_ = self.tables.rows(log)[0]
        return own, family_cpu_seconds(self.bench.postgres), int(writes), int(bytes_)

    @contextlib.contextmanager
    def _used(self, programs):
        """Fills in what is used until the end; the count and the seconds are the caller's."""
        used = Used(0, 0, 0, 0, 0, 0)
        before = self._clock(programs)
        yield used
        after = self._clock(programs)
        used.own, used.server, used.writes, used.log = (late - early for late, early in zip(after, before))

    def ingest(self, routers, connections):
        """Fresh events, each with a job, to so many routers."""
        chosen = self.stack.routers[:routers]
        path = "/webhooks" + self.shops["quick"].webhook_url.split("/webhooks", 1)[1]
        with self._used(chosen) as used, ThreadPoolExecutor() as pool:
            sent = pool.map(lambda one: wrk(one.url + path, self.bench.seconds, connections // routers, EVENT), chosen)
            results = list(sent)
        used.count = sum(result["count"] for result in results)
        used.seconds = used.count / sum(result["rate"] for result in results)
        return used

    def drain(self, count, workers, shop=None, places=16):
        """Lets so many workers apply `count` events: of orders of `shop`, each delivered, or of nobody's."""
        backlog.fill(self, count, self.shops[shop or "quick"], has_orders=shop is not None)
        crew = self.stack.workers[:workers]
        for worker in crew:
            worker.environment["WORKER_CONCURRENCY"] = str(places)
            worker.start(wait=False)
        for worker in crew:
            worker.wait_ready()
        began = time.time_ns() // 1000
        with self._used(crew) as used:
            self.stack.ctl("queue", "resume", "--tenant", self.shops[shop or "quick"].id)
            self._wait_until_done()
        # From the first job that ended to the last: the workers' start and the look whether they are done are left out.
        times = f"SELECT MIN(finished_at), MAX(finished_at) FROM jobs WHERE finished_at >= {began}"
        first, last = self.tables.rows(times)[0]
        used.count, used.seconds = count, (int(last) - int(first)) / 1e6
        self.heaviest = max(self.heaviest, *(resident_mebibytes(worker, peak=True) for worker in crew), 0)
        self.rest()
        return used

    def call(self, count, send):
        """`send(session, shop)` so often, by several clients, and what the API uses for it."""
        import requests

        def client(_):
            with requests.Session() as session:
                for _ in range(count // CLIENTS):
                    send(session, self.shops["quick"])

        count = max(CLIENTS, count // CLIENTS * CLIENTS)
        began = time.monotonic()
        with self._used([self.stack.api]) as used, ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(client, range(CLIENTS)))
        used.count, used.seconds = count, time.monotonic() - began
        backlog.forget_checks(self.tables)
        return used

    def _wait_until_done(self):
        # By the partial indexes: to count them would be work that is measured along.
        waiting = " OR ".join(f"EXISTS (SELECT 1 FROM jobs WHERE state = '{state}')" for state in UNFINISHED)
        end = time.monotonic() + 300
        while self.tables.number(f"SELECT CASE WHEN {waiting} THEN 1 ELSE 0 END"):
            if time.monotonic() > end:
                raise SystemExit("the workers did not do what waited within five minutes")
            time.sleep(0.2)
