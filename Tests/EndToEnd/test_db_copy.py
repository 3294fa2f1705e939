"""checkoutctl db copy: a shop moves to the other engine, live, killed, refused, and goes on there."""

import base64
import contextlib
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import uuid
from contextlib import closing

import pytest
from harness.program import BINARIES, Program, free_port
from harness.stack import POSTGRES
from harness.tables import Tables
from harness.waiting import wait_until

needs_postgres = pytest.mark.skipif(not POSTGRES, reason="CHECKOUT_TEST_POSTGRES_URL is not set (make test)")
PAIRS = [
    pytest.param(("sqlite", "postgres"), id="sqlite-postgres", marks=needs_postgres),
    pytest.param(("postgres", "sqlite"), id="postgres-sqlite", marks=needs_postgres),
    pytest.param(("sqlite", "sqlite"), id="sqlite-sqlite"),
]
EVENTS = 3000


def psql(sql, url=POSTGRES):
    subprocess.run(["psql", "-qX", url, "-c", sql], check=True, capture_output=True, timeout=60)


@contextlib.contextmanager
def database(engine, folder, name):
    """The URL of a database that does not exist yet (SQLite) or is empty (PostgreSQL)."""
    if engine == "sqlite":
        yield f"sqlite:{folder / name}.db"
        return
    name = f"copy_{name}_{uuid.uuid4().hex}"
    psql(f"CREATE DATABASE {name}")
    try:
        yield POSTGRES.replace("/postgres?", f"/{name}?")
    finally:
        psql(f"DROP DATABASE {name} WITH (FORCE)")


def run(source, *arguments, stderr=subprocess.PIPE, **environment):
    return subprocess.run(
        [str(BINARIES / "checkoutctl"), *arguments],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": source, **environment},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        timeout=120,
    )


def copied(source, target):
    """A copy that works, and what it says."""
    done = run(source, "db", "copy", "--to", target, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def migrated(source, events=0):
    """A database with the schema, and events in it."""
    assert run(source, "migrate").returncode == 0
    add_events(source, 0, events)
    return source


def add_events(source, first, count):
    if count == 0:
        return
    rows = ", ".join(
        f"('ev_{number:06}', 'ten_{number % 3}', '1', 'evt_{number}', 'payment_intent.succeeded', {number}, {number}, "
        f"'we_1', 't=1,v1=💳', CAST('{'body' * (number % 500)}' AS {'BLOB' if source.startswith('sqlite') else 'BYTEA'}), "
        "'settled')"
        for number in range(first, first + count)
    )
    Tables(source).execute(
        "INSERT INTO events (id, tenant_id, livemode, stripe_event_id, type, created, received_at, endpoint_id, "
        f"signature, body, state) VALUES {rows};"
    )


@pytest.fixture(params=PAIRS)
def pair(request, tmp_path):
    """Two databases without a schema."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(database(engine, tmp_path, name))
            for engine, name in zip(request.param, ("source", "target"))
        ]


def test_a_copy_killed_again_and_again_goes_on(pair):
    source, target = pair
    migrated(source, EVENTS)
    held, at = [], 20
    while (done := run(source, "db", "copy", "--to", target, CHECKOUT_KILL_AT_STATEMENT=str(at))).returncode != 0:
        assert done.returncode == -signal.SIGKILL, done.stderr
        with contextlib.suppress(sqlite3.OperationalError, subprocess.CalledProcessError):
            held.append(Tables(target).number("SELECT count(*) FROM events"))
        at = at * 6 // 5
    assert "are equal" in done.stdout
    assert any(0 < count < EVENTS for count in held), held
    assert held == sorted(held)
    report = copied(source, target)
    (events,) = (table for table in report["tables"] if table["table"] == "events")
    assert events["source"] == events["target"]
    assert events["source"]["rows"] == EVENTS
    assert report["rows_written"] == 0


def test_a_target_with_data_of_its_own_is_refused(pair):
    source, target = pair
    migrated(source, 10)
    migrated(target, 3)
    refused = run(source, "db", "copy", "--to", target)
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    assert "events (3)" in refused.stderr
    assert Tables(target).number("SELECT count(*) FROM events") == 3


def test_a_target_that_services_write_to_is_never_written_over(pair):
    source, target = pair
    migrated(source, 10)
    copied(source, target)
    add_events(target, 100, 1)
    refused = run(source, "db", "copy", "--to", target, "--json")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "it is in use" in refused.stderr
    assert Tables(target).number("SELECT count(*) FROM events") == 11


def test_nobody_works_on_a_copy_before_it_is_finished_and_no_copy_where_somebody_works(pair, tmp_path):
    source, target = pair
    migrated(source, 10)
    at = 20
    while not all_events_are_there(target):
        killed = run(source, "db", "copy", "--to", target, CHECKOUT_KILL_AT_STATEMENT=str(at))
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        at += 20
    fault = "it holds a copy of another database that is not finished"
    for names in SERVICES:
        one = service(*names, target, tmp_path).start(wait=False)
        try:
            assert one.process.wait(20) == 1
        finally:
            one.stop()
        assert re.search(
            f"^DATABASE_URL: cannot open .*: {fault}; run that 'checkoutctl db copy' again", one.output(), re.M
        )
    refused = run(target, "orders", "list")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert fault in refused.stderr
    doctor = run(target, "doctor", "--json", STRIPE_API_BASE="http://127.0.0.1:1")
    (finding,) = (one for one in json.loads(doctor.stdout)["data"] if one["check"] == "database")
    assert finding["status"] == "wrong"
    assert fault in finding["detail"]
    assert "checkoutctl db copy" in finding["mend"]

    copied(source, target)
    # Under a name of its own.
    named = target if target.startswith("sqlite:") else target + "&application_name=shop"
    router = service("webhook-router", "WEBHOOK_ROUTER_LISTEN", named, tmp_path)
    try:
        router.start()
        refused = run(source, "db", "copy", "--to", target)
        assert refused.returncode == 1
        name = "webhook-router" if named == target else "shop"
        assert f"it is open in {name} (" in refused.stderr
    finally:
        router.stop()
    assert copied(source, target)["rows_written"] == 0


SERVICES = [
    ("checkout-api", "CHECKOUT_API_LISTEN"),
    ("webhook-router", "WEBHOOK_ROUTER_LISTEN"),
    ("fulfillment-worker", "FULFILLMENT_WORKER_LISTEN"),
]


def service(name, listen, url, folder):
    port = free_port()
    keys = "test:" + base64.b64encode(bytes(32)).decode()
    environment = {"DATABASE_URL": url, "CHECKOUT_MASTER_KEYS": keys, listen: f"127.0.0.1:{port}"}
    return Program(name, environment, folder, port)


def all_events_are_there(url):
    with contextlib.suppress(sqlite3.OperationalError, subprocess.CalledProcessError):
        return Tables(url).number("SELECT count(*) FROM events") == 10
    return False


@contextlib.contextmanager
def session(url, *statements):
    """A connection to PostgreSQL that has done its statements and stays."""
    psql = subprocess.Popen(["psql", "-qXAt", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        psql.stdin.write("".join(f"{statement};\n" for statement in (*statements, "SELECT 'there'")))
        psql.stdin.flush()
        assert psql.stdout.readline() == "there\n"
        yield
    finally:
        psql.communicate(timeout=20)


@needs_postgres
def test_what_changes_meanwhile_is_named_and_copied_by_the_next_run(tmp_path):
    with database("postgres", tmp_path, "target") as target:
        source = migrated(f"sqlite:{tmp_path / 'source.db'}", 10)
        copied(source, target)
        Tables(source).execute("INSERT INTO queue_shares VALUES ('ten_1', 2, NULL)")
        # Events come before shares; what is read may be read, so the copy stops when it writes the share.
        with session(target, "BEGIN", "LOCK TABLE queue_shares IN SHARE MODE"):
            copy = subprocess.Popen(
                [str(BINARIES / "checkoutctl"), "db", "copy", "--to", target],
                env={"PATH": os.environ["PATH"], "DATABASE_URL": source},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            wait_until(lambda: Tables(target).number(waiting) == 1, "the copy waits for the lock")
            add_events(source, 10, 1)
        output, errors = copy.communicate(timeout=60)
        assert copy.returncode == 1
        assert "differs from the source in events:" in errors
        assert "Stop the three services, run the same command again" in errors
        assert "DIFFERS" in output
        assert "queue_shares" not in errors
        assert copied(source, target)["rows_written"] == 1


@pytest.mark.parametrize(
    ("target", "status"), [("postgres://u:geheim@127.0.0.1:1/x", 1), ("postgres://u:ge/heim@h/x", 64), ("x.db", 64)]
)
def test_a_target_that_cannot_be_used_is_refused_without_its_password(tmp_path, target, status):
    source = migrated(f"sqlite:{tmp_path / 'source.db'}")
    refused = run(source, "db", "copy", "--to", target)
    assert refused.returncode == status
    assert refused.stderr.startswith("checkoutctl: ")
    assert "heim" not in refused.stdout + refused.stderr


def test_the_source_itself_is_bad_usage(tmp_path):
    source = migrated(f"sqlite:{tmp_path / 'source.db'}")
    (tmp_path / "link.db").symlink_to("source.db")
    for target in (source, f"sqlite:{tmp_path}/./source.db", f"sqlite:{tmp_path / 'link.db'}"):
        assert run(source, "db", "copy", "--to", target).returncode == 64
    assert run(source, "db", "copy").returncode == 64


def test_a_terminal_shows_progress_and_a_pipe_does_not(tmp_path):
    source = migrated(f"sqlite:{tmp_path / 'source.db'}", 600)
    assert run(source, "db", "copy", "--to", f"sqlite:{tmp_path / 'a.db'}").stderr == ""
    done, shown = run_on_terminal(source, "db", "copy", "--to", f"sqlite:{tmp_path / 'b.db'}")
    assert done.returncode == 0
    assert "0 of 600 rows of events copied" in shown
    assert "0 of 1200 rows of both sides checked" in shown
    assert "\x1b" not in done.stdout
    # JSON keeps to standard output, progress and advice stand beside it.
    with closing(sqlite3.connect(tmp_path / "source.db")) as reader:
        reader.execute("SELECT count(*) FROM events").fetchone()
        done, shown = run_on_terminal(source, "db", "copy", "--to", f"sqlite:{tmp_path / 'c.db'}", "--json")
    assert json.loads(done.stdout)["rows_written"] == 600
    assert "The source is open in " in shown
    assert "0 of 600 rows of events copied" in shown


def run_on_terminal(*arguments):
    """What ran, and what it showed on its standard error."""
    terminal, other_end = pty.openpty()
    os.set_blocking(terminal, False)
    try:
        done = run(*arguments, stderr=other_end)
        with contextlib.suppress(BlockingIOError):
            return done, os.read(terminal, 100_000).decode()
        return done, ""
    finally:
        os.close(other_end)
        os.close(terminal)


def test_a_shop_moves_with_its_orders_and_goes_on(own_stack, tmp_path):
    shop = own_stack.tenant()
    done = shop.start_payment()
    shop.pay(done)
    shop.wait_status(done["id"], "active")
    unpaid = shop.start_payment(description="Ünpaid 🧾", metadata={"cart": "9"})
    services = (own_stack.api, own_stack.router, *own_stack.workers)
    source = own_stack.environment["DATABASE_URL"]
    other = "sqlite" if own_stack.engine == "postgres" else "postgres"
    if other == "postgres" and not POSTGRES:
        pytest.skip("CHECKOUT_TEST_POSTGRES_URL is not set (make test)")
    with database(other, tmp_path, "target") as target:
        live = run(source, "db", "copy", "--to", target)
        assert live.returncode in (0, 1)
        name = "checkout-api" if own_stack.engine == "sqlite" else "checkout"
        assert "The source is open in" in live.stderr
        assert f"{name} (" in live.stderr
        for service in services:
            service.terminate()
        report = copied(source, target)
        assert report["equal"]
        assert report["source_open_in"] == []
        assert {table["table"]: table["source"]["rows"] for table in report["tables"]}["orders"] == 2
        if other == "sqlite":
            assert (tmp_path / "target.db").stat().st_mode & 0o777 == 0o600

        highest = Tables(target).number("SELECT max(id) FROM jobs")
        own_stack.environment["DATABASE_URL"] = target
        for service in services:
            service.environment = {**service.environment, "DATABASE_URL": target}
            service.start()
        assert shop.order(done["id"])["status"] == "active"
        kept = shop.order(unpaid["id"])
        assert (kept["description"], kept["metadata"]) == ("Ünpaid 🧾", {"cart": "9"})
        for order in (unpaid, shop.start_payment()):
            shop.pay(order)
            shop.wait_status(order["id"], "active")
        assert Tables(target).number("SELECT min(id) FROM jobs WHERE id > " + str(highest)) == highest + 1
        refused = run(source, "db", "copy", "--to", target)
        assert refused.returncode == 1
        for service in services:
            service.terminate()
        assert "it is in use" in run(source, "db", "copy", "--to", target).stderr
