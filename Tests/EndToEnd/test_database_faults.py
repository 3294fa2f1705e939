"""The database stopped, cut off, full, locked or stuck while events flow: the router says 503 to what it cannot store,
nothing is half-stored, and once the fault is over all goes on by itself."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest
import requests
from harness.audit import Audit
from harness.disk import Quota, small_disk
from harness.flow import place
from harness.postgres import Postgres
from harness.waiting import wait_until

LOCKED_SECONDS = 10
# The router waits 5 s for the lock, and an event may first wait as long for those before it.
LONGEST_ANSWER = 15


@pytest.fixture
def postgres():
    """A server that the test may ill-treat."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def events_flowing(here, padding=0, **options):
    """Events of two shops, about two hundred a second. At the end all of them have arrived and were applied once, by
    the same processes that were there in the beginning."""
    with here.flow(shops=2, connections=8, pause=0.03, **options) as flow:
        flow.make_orders(160, padding)
        sent = flow.send()
        wait_until(lambda: flow.sender.answers[200] > 20, "events are stored")
        yield flow
        sent.result(120)
        Audit(flow).everything()
        assert [program.name for program in here.stack.programs if program.process.poll() is not None] == []
        for program in (here.stack.api, here.stack.router, here.stack.worker):
            program.wait_ready()


def wait_for_refusals(flow, count=20):
    """The router goes on answering, and says when to come again."""
    before = flow.sender.answers[503]
    wait_until(lambda: flow.sender.answers[503] - before >= count or not flow.sender.unsettled, "refusals", 30)
    assert flow.sender.unsettled, f"all events were stored in spite of the fault: {flow.sender.answers}"
    assert requests.get(flow.stack.router.url + "/healthz", timeout=5).status_code == 200


def assert_only(flow, *answers):
    assert set(flow.sender.answers) <= {200, *answers}, flow.sender.answers


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["shut down", "crashed"])
def test_a_postgres_that_restarts(postgres, how):
    with place("postgres", postgres=postgres.url) as here, events_flowing(here) as flow:
        for _ in range(2):
            with postgres.down(how):
                wait_for_refusals(flow)
                assert requests.get(here.stack.router.url + "/readyz", timeout=10).status_code == 503
            stored = flow.sender.answers[200]
            wait_until(lambda before=stored: flow.sender.answers[200] > before + 20, "events are stored again", 30)
    assert_only(flow, 503)


def test_a_postgres_that_cuts_all_connections(postgres):
    with place("postgres", postgres=postgres.url) as here, events_flowing(here) as flow:
        for _ in range(20):
            stored = flow.sender.answers[200]
            assert postgres.cut(here.stack.database_name) > 0
            wait_until(lambda before=stored: flow.sender.answers[200] > before + 10, "events are stored again")
    assert_only(flow, 503)


def test_a_postgres_whose_backends_are_stuck(postgres):
    """The router cannot know, so it does not answer: Stripe gives up, and sends again what may be stored by then."""
    with place("postgres", postgres=postgres.url) as here, events_flowing(here, seconds=1) as flow:
        stuck = postgres.backends(here.stack.database_name)
        try:
            for pid in stuck:
                os.kill(pid, signal.SIGSTOP)
            wait_until(lambda: flow.sender.answers["TimeoutError"] >= 24, "tries are given up")
        finally:
            for pid in stuck:
                os.kill(pid, signal.SIGCONT)
    assert_only(flow, 503, "TimeoutError")


def test_a_postgres_whose_disk_is_full(postgres):
    with small_disk(16) as disk:
        postgres.put_tables_in(disk.folder)
        try:
            with place("postgres", postgres=postgres.url) as here, events_flowing(here) as flow:
                disk.fill()
                wait_for_refusals(flow)
                Audit(flow).stored()
                disk.free()
        finally:
            # It holds files open there.
            postgres.stop()
    assert_only(flow, 503)


def test_a_postgres_whose_log_has_no_room(postgres):
    """It cannot go on without its log and ends; it comes back when there is room and somebody starts it."""
    with small_disk(96) as disk:
        postgres.put_log_in(disk.folder)
        try:
            with place("postgres", postgres=postgres.url) as here, events_flowing(here) as flow:
                disk.fill()
                postgres.use_up_log()
                wait_for_refusals(flow)
                assert requests.get(here.stack.router.url + "/readyz", timeout=10).status_code == 503
                disk.free()
                postgres.start_again()
                Audit(flow).stored()
        finally:
            # It holds files open there.
            postgres.stop()
    assert_only(flow, 503)


def test_a_sqlite_whose_disk_is_full():
    # The log has some megabytes that it writes again and again: the events are long, to need more.
    with small_disk(32) as disk, place("sqlite", data=disk.folder) as here, events_flowing(here, 20_000) as flow:
        disk.fill()
        wait_for_refusals(flow)
        Audit(flow).stored()
        disk.free()
    assert_only(flow, 503)


def test_a_sqlite_whose_file_may_not_grow():
    """As above, also where no file system can be mounted; only the router's writes fail."""
    with place("sqlite") as here, events_flowing(here) as flow:
        quota = Quota(here.stack.router)
        quota.fill()
        wait_for_refusals(flow)
        Audit(flow).stored()
        quota.free()
    assert_only(flow, 503)


LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_sqlite_that_another_process_locks():
    with place("sqlite") as here, events_flowing(here) as flow:
        command = [sys.executable, "-c", LOCK, str(here.stack.data / "checkout.db")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout.readline() == "locked\n"
            stored, end = flow.sender.answers[200], time.monotonic() + LOCKED_SECONDS
            wait_for_refusals(flow, 8)
            wait_until(lambda: time.monotonic() > end, "the lock was held long enough")
            # What was committed just before may have been answered after.
            assert flow.sender.answers[200] <= stored + flow.sender.connections
            Audit(flow).stored()
            other.stdin.close()
    assert_only(flow, 503)
    assert flow.sender.slowest < LONGEST_ANSWER
