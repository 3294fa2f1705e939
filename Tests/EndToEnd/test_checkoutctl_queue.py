"""The operator's hand on the queue and the inbox: dead letters, pauses, shares, replays, and the log of it all."""

import contextlib
import getpass
import json
import os
import pty
import signal
import socket
import sqlite3
import subprocess
import threading

import pytest
from harness.program import BINARIES
from harness.tables import Tables
from harness.waiting import wait_until

EVENT_FIELDS = {"id", "stripe_event_id", "tenant", "type", "livemode", "state", "created", "received_at"}
JOB_FIELDS = {
    "id", "kind", "tenant", "state", "attempt", "run_at", "last_error", "subject", "priority", "max_attempts",
    "failures", "created", "finished_at",
}  # fmt: skip
DELIVER = "deliver_to_storefront"
APPLY = "apply_stripe_event"
SUCCEEDED = "payment_intent.succeeded"


@pytest.fixture(scope="module")
def stack(stack):
    """With a worker that gives a delivery up after its second try."""
    stack.worker.terminate()
    stack.worker.environment["DELIVERY_RETRY_SCHEDULE"] = "0.1"
    stack.worker.start()
    return stack


@pytest.fixture
def shop(stack):
    return stack.tenant()


def rows(stack, *arguments):
    answer = stack.ctl(*arguments, "--json")
    assert answer["object"] == "list"
    return answer["data"]


def jobs(shop, *arguments):
    return rows(shop.stack, "jobs", "list", "--tenant", shop.id, *arguments)


def events(shop, *arguments):
    return rows(shop.stack, "events", "list", "--tenant", shop.id, *arguments)


def audit(stack, subject):
    """(action, reason, actor, details) of everything done to it, oldest first."""
    sql = f"SELECT action, reason, actor, details FROM audit_log WHERE subject = '{subject}' ORDER BY id"
    return Tables(stack.environment["DATABASE_URL"]).rows(sql)


def paid(shop, **fields):
    order = shop.start_payment(**fields)
    shop.pay(order)
    return order


def active(shop, **fields):
    order = paid(shop, **fields)
    shop.wait_status(order["id"], "active")
    return order


def dead_delivery(shop, **fields):
    """A paid order whose storefront refused twice, and the dead letter."""
    known = {job["id"] for job in jobs(shop, "--state", "dead")}
    shop.storefront.answers.extend([(500, {}), (500, {})])
    order = paid(shop, **fields)
    new = wait_until(lambda: [job for job in jobs(shop, "--state", "dead") if job["id"] not in known], "a dead letter")
    return order, new[0]


def succeeded(shop, order):
    """The settled event that paid the order."""

    def found():
        for event in events(shop, "--type", SUCCEEDED, "--state", "applied"):
            if order["payment_intent"] in shop.stack.ctl("events", "show", event["id"], "--json")["body"]:
                return event
        return None

    return wait_until(found, f"the event of {order['id']} is applied")


# Dead letters


def test_a_dead_letter_is_looked_at_retried_and_delivered(stack, shop):
    order, dead = dead_delivery(shop, metadata={"client_secret": "hush-hush", "cart": "7"})
    assert set(dead) == JOB_FIELDS
    assert (dead["kind"], dead["tenant"], dead["state"], dead["attempt"]) == (DELIVER, shop.id, "dead", 2)
    assert "500" in dead["last_error"]

    shown = stack.ctl("jobs", "show", dead["id"], "--json")
    assert {field: shown[field] for field in JOB_FIELDS} == dead
    assert [attempt["attempt"] for attempt in shown["attempts"]] == [1, 2]
    assert all("500" in attempt["error"] for attempt in shown["attempts"])
    told = shown["payload"]["body"]["data"]["object"]
    assert (told["id"], told["metadata"]) == (order["id"], {"client_secret": "<secret>", "cart": "7"})
    text = stack.ctl("jobs", "show", dead["id"])
    assert order["id"] in text
    for secret in ("hush-hush", order["client_secret"], shop.stripe_key, shop.created["fulfillment_secret"]):
        assert secret not in json.dumps(shown)
        assert secret not in text

    said = stack.ctl("jobs", "retry", dead["id"], "--reason", "the shop is mended")
    assert f"1 of 1 job retried: {dead['id']}." in said
    shop.wait_status(order["id"], "active")
    done = wait_until(lambda: finished(stack, dead["id"]), "the job is done")
    assert (done["attempt"], len(done["attempts"])) == (1, 2)
    identifiers = {one["id"] for one in shop.storefront.deliveries}
    assert len(identifiers) == 1
    ((action, reason, actor, _),) = audit(stack, dead["id"])
    assert (action, reason) == ("job.retry", "the shop is mended")
    assert actor == f"{getpass.getuser()}@{socket.gethostname()}"


def finished(stack, job):
    shown = stack.ctl("jobs", "show", job, "--json")
    return shown if shown["state"] == "done" else None


def test_a_discarded_dead_letter_is_never_run_again(stack, shop):
    order, dead = dead_delivery(shop)
    stack.ctl("jobs", "discard", dead["id"], "--reason", "sold by telephone")
    assert stack.ctl("jobs", "show", dead["id"], "--json")["state"] == "discarded"
    refusal = stack.ctl("jobs", "retry", dead["id"], status=1)
    assert f"Job {dead['id']} is discarded, not dead; only a dead letter can be retried." in refusal
    assert shop.order(order["id"])["status"] == "paid"
    assert [entry[:2] for entry in audit(stack, dead["id"])] == [("job.discard", "sold by telephone")]


def test_one_that_is_refused_does_not_keep_the_others(stack, shop):
    first, dead = dead_delivery(shop)
    done = wait_until(lambda: jobs(shop, "--state", "done"), "a job is done")[0]
    told = stack.ctl("jobs", "retry", done["id"], dead["id"], "job_999999999", "--json", status=1)
    assert told["retried"] == [dead["id"]]
    assert told["refused"] == [
        f"Job {done['id']} is done, not dead; only a dead letter can be retried.",
        "There is no job job_999999999.",
    ]
    shop.wait_status(first["id"], "active")


def test_all_dead_letters_of_a_tenant_are_retried_and_no_others(stack, shop):
    orders = [dead_delivery(shop)[0] for _ in range(2)]
    other = stack.tenant()
    kept_order, kept = dead_delivery(other)
    told = stack.ctl("jobs", "retry", "--all-dead", "--tenant", shop.id, "--kind", DELIVER, "--json")
    assert (told["selected"], len(told["retried"]), told["refused"]) == (2, 2, [])
    for order in orders:
        shop.wait_status(order["id"], "active")
    assert stack.ctl("jobs", "show", kept["id"], "--json")["state"] == "dead"
    assert other.order(kept_order["id"])["status"] == "paid"
    said = stack.ctl("jobs", "discard", "--all-dead", "--tenant", shop.id)
    assert "no such dead letters" in said


def test_the_event_of_a_retried_job_waits_again_and_is_applied(stack, shop):
    stack.ctl("queue", "pause", "--tenant", shop.id, "--kind", APPLY)
    order = paid(shop)
    wait_until(lambda: events(shop, "--state", "pending", "--type", SUCCEEDED), "the event is here")
    account = shop.stripe.v1.accounts.create({"type": "standard"}).id
    stack.ctl("tenant", "update", shop.id, "--stripe-account", account)
    stack.ctl("queue", "resume", "--tenant", shop.id, "--kind", APPLY)
    (failed,) = wait_until(lambda: events(shop, "--state", "failed", "--type", SUCCEEDED), "the event failed")
    stack.ctl("tenant", "update", shop.id, "--stripe-account", "")
    stack.ctl("queue", "pause", "--tenant", shop.id)
    stack.ctl("jobs", "retry", "--all-dead", "--tenant", shop.id, "--kind", APPLY)
    assert failed["id"] in [event["id"] for event in events(shop, "--state", "pending")]
    stack.ctl("queue", "resume", "--tenant", shop.id)
    shop.wait_status(order["id"], "active")
    assert succeeded(shop, order)["id"] == failed["id"]


def test_a_list_of_jobs_goes_on_where_it_ended(stack, shop):
    active(shop)
    everything = [job["id"] for job in jobs(shop)]
    assert len(everything) >= 2
    assert sorted(everything, key=lambda job: -int(job[4:])) == everything
    first = stack.ctl("jobs", "list", "--tenant", shop.id, "--limit", "1", "--json")
    assert ([job["id"] for job in first["data"]], first["has_more"]) == (everything[:1], True)
    assert [job["id"] for job in jobs(shop, "--starting-after", everything[0])] == everything[1:]
    assert everything[0] in stack.ctl("jobs", "list", "--tenant", shop.id)


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_limit_out_of_bounds_is_bad_usage(stack, limit):
    stack.ctl("jobs", "list", "--limit", limit, status=64)


def test_what_does_not_exist_is_said_and_ends_with_1(stack):
    assert "'job_999999999'" in stack.ctl("jobs", "show", "job_999999999", status=1)
    for command in (
        ["jobs", "list", "--tenant", "ten_x"], ["jobs", "retry", "--all-dead", "--tenant", "ten_x"],
        ["queue", "pause", "--tenant", "ten_x"], ["queue", "resume", "--tenant", "ten_x"],
        ["queue", "share", "--tenant", "ten_x", "--weight", "2"],
        ["events", "replay", "--tenant", "ten_x", "--reason", "x"],
    ):  # fmt: skip
        assert "'ten_x'" in stack.ctl(*command, status=1)
    for command in (["queue", "pause", "--kind", "email"], ["jobs", "list", "--kind", "email"]):
        said = stack.ctl(*command, status=64)
        assert DELIVER in said
        assert APPLY in said


# Pauses and shares


def test_a_paused_tenant_waits_while_others_go_on(stack, shop):
    other = stack.tenant()
    pause = ["queue", "pause", "--tenant", shop.id, "--kind", DELIVER]
    assert stack.ctl(*pause, "--reason", "their shop moves", "--json")["changed"] is True
    assert "paused already" in stack.ctl(*pause)
    (paused,) = [one for one in stack.ctl("queue", "stats", "--json")["paused"] if one["tenant"] == shop.id]
    assert (paused["kind"], set(paused)) == (DELIVER, {"tenant", "kind", "since"})

    waiting = paid(shop)
    shop.wait_status(waiting["id"], "paid")
    active(other)
    assert [job["state"] for job in jobs(shop, "--kind", DELIVER)] == ["ready"]
    assert shop.order(waiting["id"])["status"] == "paid"
    counted = [row for row in stack.ctl("queue", "stats", "--json")["data"] if row["kind"] == DELIVER]
    assert sum(row["count"] for row in counted if row["state"] == "ready") >= 1

    wider = stack.ctl("queue", "resume", "--tenant", shop.id)
    assert "there is no pause of" in wider
    assert f"Still paused: {DELIVER} jobs of {shop.id}" in wider
    assert shop.order(waiting["id"])["status"] == "paid"
    stack.ctl("queue", "resume", "--tenant", shop.id, "--kind", DELIVER)
    shop.wait_status(waiting["id"], "active")
    assert shop.id not in stack.ctl("queue", "stats")
    log = audit(stack, f"{DELIVER} jobs of {shop.id}")
    assert [entry[:2] for entry in log] == [("queue.pause", "their shop moves"), ("queue.resume", None)]


def test_a_share_keeps_what_is_not_named(stack, shop):
    share = ["queue", "share", "--tenant", shop.id]
    assert stack.ctl(*share, "--weight", "3", "--json") == {"tenant": shop.id, "weight": 3, "limit": None}
    assert stack.ctl(*share, "--limit", "2", "--json") == {"tenant": shop.id, "weight": 3, "limit": 2}
    shares = stack.ctl("queue", "stats", "--json")["shares"]
    assert {"tenant": shop.id, "weight": 3, "limit": 2} in shares
    assert "as many jobs at once" in stack.ctl(*share, "--limit", "none", "--reason", "they paid for it")
    assert [json.loads(entry[3])["limit"] for entry in audit(stack, shop.id)] == [None, 2, None]
    active(shop)


def test_an_open_breaker_is_shown(stack, shop):
    shop.storefront.close()
    for _ in range(3):
        paid(shop)
    breaker = wait_until(
        lambda: [one for one in stack.ctl("queue", "stats", "--json")["breakers"] if one["tenant"] == shop.id],
        "the breaker is open",
    )[0]
    assert (breaker["kind"], breaker["failures"] >= 5) == (DELIVER, True)
    assert shop.id in stack.ctl("queue", "stats")


# Events and replays


def test_one_event_is_replayed_and_changes_nothing_twice(stack, shop):
    order = active(shop)
    event = succeeded(shop, order)
    assert set(event) == EVENT_FIELDS
    stack.ctl("queue", "pause", "--tenant", shop.id)
    told = stack.ctl("events", "replay", event["id"], "--reason", "a look at replays", "--json")
    assert (told["selected"], told["replayed"], told["skipped"], told["dry_run"]) == (1, 1, 0, False)
    assert [one["id"] for one in events(shop, "--state", "pending")] == [event["id"]]
    (job,) = jobs(shop, "--kind", APPLY, "--state", "ready")
    assert job["priority"] == "low"
    again = stack.ctl("events", "replay", event["id"], "--reason", "once more")
    assert "1 left alone" in again
    stack.ctl("queue", "resume", "--tenant", shop.id)
    wait_until(lambda: finished(stack, job["id"]), "the job is done")
    assert succeeded(shop, order)["id"] == event["id"]
    assert shop.order(order["id"])["status"] == "active"
    assert len(shop.storefront.events("order.activated", order["id"])) == 1
    (first, second) = audit(stack, event["id"])
    assert first[:2] == ("event.replay", "a look at replays")
    details = json.loads(first[3])
    assert (details["events"], details["replayed"]) == ([event["id"]], 1)
    assert json.loads(second[3])["replayed"] == 0


def test_events_are_replayed_by_type_and_by_time(stack, shop):
    orders = [active(shop) for _ in range(3)]
    found = [succeeded(shop, order) for order in orders]
    yesterday = found[1]["received_at"] - 86_400
    Tables(stack.environment["DATABASE_URL"]).execute(
        f"UPDATE events SET received_at = {yesterday}000001 WHERE id = '{found[1]['id']}'"
    )
    stack.ctl("queue", "pause", "--tenant", shop.id)
    choice = ["--tenant", shop.id, "--type", SUCCEEDED]
    counted = stack.ctl("events", "replay", *choice, "--dry-run", "--json")
    assert (counted["selected"], counted["replayed"], counted["dry_run"]) == (3, 3, True)
    assert events(shop, "--state", "pending") == []

    window = ["--since", str(yesterday), "--until", str(yesterday + 1)]
    assert [event["id"] for event in events(shop, *window)] == [found[1]["id"]]
    assert events(shop, "--until", str(yesterday)) == []
    told = stack.ctl("events", "replay", "--tenant", shop.id, *window, "--reason", "the hour of the fault", "--json")
    assert (told["selected"], told["replayed"]) == (1, 1)
    assert [event["id"] for event in events(shop, "--state", "pending")] == [found[1]["id"]]

    told = stack.ctl("events", "replay", *choice, "--reason", "all of them", "--json")
    assert (told["selected"], told["replayed"], told["skipped"]) == (3, 2, 1)
    ((action, reason, _, details),) = audit(stack, f"events of tenant {shop.id}, type {SUCCEEDED}")
    assert (action, reason, json.loads(details)["replayed"]) == ("event.replay", "all of them", 2)
    stack.ctl("queue", "resume", "--tenant", shop.id)
    wait_until(lambda: not events(shop, "--state", "pending"), "all are applied again")
    for order in orders:
        assert shop.order(order["id"])["status"] == "active"
        assert len(shop.storefront.events("order.activated", order["id"])) == 1


def test_a_replay_that_cannot_be_is_refused(stack, shop):
    event = succeeded(shop, active(shop))
    assert "--reason" in stack.ctl("events", "replay", event["id"], status=64)
    assert "--since" in stack.ctl("events", "replay", "--reason", "x", status=64)
    assert "'whe_x'" in stack.ctl("events", "replay", event["id"], "whe_x", "--reason", "x", status=1)
    assert events(shop, "--state", "pending") == []
    said = stack.ctl("events", "replay", "--tenant", shop.id, "--type", "no.such", "--reason", "x")
    assert "no such events" in said
    assert audit(stack, event["id"]) == []


def test_a_client_secret_in_an_event_is_not_shown(stack, shop):
    order = active(shop)
    event = succeeded(shop, order)
    shown = stack.ctl("events", "show", event["id"], "--json")["body"]
    assert json.loads(shown)["data"]["object"]["client_secret"] == "<secret>"
    for output in (shown, stack.ctl("events", "show", event["id"])):
        assert order["payment_intent"] in output
        assert order["client_secret"] not in output


def test_a_long_replay_shows_progress_stops_at_ctrl_c_and_goes_on(stack, shop):
    event = succeeded(shop, active(shop))
    numbers = range(300)
    Tables(stack.environment["DATABASE_URL"]).copy(
        "events", "id", event["id"],
        {"id": [f"{event['id']}{n:03}" for n in numbers], "stripe_event_id": [f"{shop.id}_{n}" for n in numbers]},
    )  # fmt: skip
    choice = ["events", "replay", "--tenant", shop.id, "--type", SUCCEEDED, "--reason", "the long one"]
    with Terminal(stack, *choice) as terminal:
        with writes_held_up(stack):
            terminal.go()
            terminal.wait_for("0 of 301 events")
            terminal.process.send_signal(signal.SIGINT)
            terminal.wait_for("Stopping")
        assert terminal.process.wait(60) == 1
        said = terminal.wait_for("--after whe_")
    assert "200 of 301 events were done, 200 of them replayed" in said
    after = said.split("--after ")[1].split(".")[0].strip()
    rest = stack.ctl(*choice, "--after", after, "--json")
    assert (rest["selected"], rest["replayed"]) == (101, 101)


class Terminal:
    """checkoutctl with a terminal for its words to people."""

    def __init__(self, stack, *arguments):
        self.stack = stack
        self.arguments = arguments
        self.text = b""
        self.arrived = threading.Condition()
        self.process = None

    def __enter__(self):
        self.ours, self.theirs = pty.openpty()
        return self

    def go(self):
        self.process = subprocess.Popen(
            [str(BINARIES / "checkoutctl"), *self.arguments],
            env={"PATH": os.environ["PATH"], **self.stack.environment},
            stdout=subprocess.DEVNULL,
            stderr=self.theirs,
        )
        os.close(self.theirs)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        # The end of the last process that writes to it is an error on Linux.
        with contextlib.suppress(OSError):
            while part := os.read(self.ours, 4096):
                with self.arrived:
                    self.text += part
                    self.arrived.notify_all()

    def wait_for(self, text):
        with self.arrived:
            assert self.arrived.wait_for(lambda: text.encode() in self.text, 30), self.text
            return self.text.decode()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self.ours)


@contextlib.contextmanager
def writes_held_up(stack):
    """Another process holds the lock that a replay's writes need."""
    url = stack.environment["DATABASE_URL"]
    if url.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect(url[len("sqlite:") :], timeout=30, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("ROLLBACK")
        return
    with subprocess.Popen(["psql", "-qXAt", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdin.write("BEGIN; LOCK TABLE events IN SHARE MODE; SELECT 'held';\n")
        holder.stdin.flush()
        assert holder.stdout.readline().strip() == "held"
        yield
        holder.stdin.close()
