"""Emails go through a real SMTP server: encryption, login, refusals, hangs and deaths, and what a mailbox makes of them."""

import json
import re
import threading
import time
import uuid
from urllib.parse import quote

import pytest
from conftest import running_stack
from harness.smtp import PASSWORD, USER, Authority, MailServer
from harness.tables import Tables
from harness.waiting import wait_until

# aiosmtpd warns of what these tests are about.
pytestmark = pytest.mark.filterwarnings("ignore")

LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@"


@pytest.fixture(scope="module")
def stack(request):
    """One engine is enough: emails are jobs like others."""
    yield from running_stack("sqlite", request)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def shop(stack):
    return stack.tenant("Bücher & Töne")


class Post:
    """The worker with an SMTP server of the test's choice."""

    def __init__(self, stack, authority):
        self.stack = stack
        self.authority = authority
        self.server = None
        self.tables = Tables(stack.environment["DATABASE_URL"])

    def serve(self, tls=None, login=False, trusted=True, name="127.0.0.1", **settings):
        self.server = MailServer(self.authority, tls, login, name)
        scheme = "smtps" if tls == "smtps" else "smtp"
        url = f"{scheme}://{LOGIN if login else ''}127.0.0.1:{self.server.port}"
        self.restart(SMTP_URL=url, SSL_CERT_FILE=self.authority.file if trusted else None, **settings)
        return self.server

    def restart(self, **settings):
        worker = self.stack.worker
        worker.stop()
        settings = {"EMAIL_FROM": "no-reply@mail.example.com", **settings}
        worker.environment = {**self.stack.environment, **{key: value for key, value in settings.items() if value}}
        worker.start()

    def send(self, shop, kind="receipt", to=None, order=None, **values):
        """Stores the job; the recipient is one that no other test uses."""
        to = to or f"{uuid.uuid4().hex}@example.org"
        payload = {"kind": kind, "to": to, "livemode": False, "created": 1_795_338_724, "values": values}
        payload = json.dumps({**payload, **({"order": order} if order else {})}).replace("'", "''")
        now = int(time.time() * 1e6)
        self.tables.execute(
            "INSERT INTO jobs (kind, tenant_id, priority, payload, state, attempt, max_attempts, failures, crashes, "
            f"run_at, created_at) VALUES ('send_email', '{shop.id}', 2, '{payload}', 'ready', 0, 25, 0, 0, {now}, {now});"
        )
        return to

    def job(self, to):
        rows = self.tables.rows(
            f"SELECT id, state, failures, last_error FROM jobs WHERE kind = 'send_email' AND payload LIKE '%{to}%'"
        )
        return dict(zip(("id", "state", "failures", "error"), rows[0]))

    def wait_for(self, to, state, failures=None):
        def reached():
            job = self.job(to)
            return job if job["state"] == state and failures in (None, int(job["failures"])) else None

        return wait_until(reached, f"the email to {to} is {state}", 30)

    def close(self):
        self.stack.worker.stop()
        # What a test has left to be tried again is nobody's business any more.
        self.tables.execute("DELETE FROM jobs WHERE kind = 'send_email'; DELETE FROM queue_breakers;")
        if self.server:
            self.server.close()


@pytest.fixture
def post(stack, authority):
    post = Post(stack, authority)
    try:
        yield post
    finally:
        post.close()


def test_a_mailbox_reads_what_was_meant(post, shop):
    server = post.serve()
    said = "Zwölf Bücher „Über Töne“ " + "und noch eines dazu, " * 20 + "zu 100 % <b>gelesen</b>\n.\nEnde"
    to = post.send(shop, amount="19,99 EUR", description=said)
    taken = server.wait_for(to)[0]
    job = post.wait_for(to, "done")["id"]
    assert (taken.sender, taken.recipients) == ("no-reply@mail.example.com", [to])
    assert all(len(line) <= 76 and line.isascii() for line in taken.raw.split(b"\r\n"))
    assert b"\n" not in taken.raw.replace(b"\r\n", b"")

    message = taken.message
    assert message.defects == []
    assert message["Message-ID"] == f"<job_{job}.{shop.id}@mail.example.com>"
    assert message["Date"].datetime.timestamp() == 1_795_338_724
    sender = message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Bücher & Töne", "no-reply@mail.example.com")
    assert str(message["To"]) == to
    assert str(message["Subject"]) == "Your order at Bücher & Töne"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"

    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content_charset() == html.get_content_charset() == "utf-8"
    assert said in text.get_content().replace("\r\n", "\n")
    assert "19,99 EUR" in text.get_content()
    assert "<b>" not in html.get_content()
    assert "zu 100 % &lt;b&gt;gelesen&lt;/b&gt;" in html.get_content()
    assert "Zwölf Bücher „Über Töne“" in html.get_content()


@pytest.mark.parametrize("tls", [None, "starttls", "smtps"])
@pytest.mark.parametrize("login", [False, True])
def test_encryption_and_login(post, shop, tls, login):
    server = post.serve(tls, login)
    to = post.send(shop)
    taken = server.wait_for(to)[0]
    assert taken.is_encrypted == (tls is not None)
    assert taken.login == (USER if login else None)
    assert post.wait_for(to, "done")["failures"] == "0"


def test_a_wrong_password_is_tried_again_and_told(post, shop):
    server = post.serve("starttls", login=True)
    post.restart(
        SMTP_URL=f"smtp://{LOGIN.replace('word', 'hidden')}127.0.0.1:{server.port}",
        SSL_CERT_FILE=post.authority.file,
    )
    to = post.send(shop)
    failed = post.wait_for(to, "scheduled", failures=1)
    assert "535" in failed["error"]
    assert server.received == []
    for said in (failed["error"], post.stack.worker.output()):
        assert "hidden" not in said
    post.restart(SMTP_URL=f"smtp://{LOGIN}127.0.0.1:{server.port}", SSL_CERT_FILE=post.authority.file)
    assert len(server.wait_for(to)) == 1


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
@pytest.mark.parametrize("fault", ["unknown authority", "other name"])
def test_a_certificate_that_proves_nothing_gets_no_email(post, shop, tls, fault):
    other = "mail.other.example" if fault == "other name" else "127.0.0.1"
    server = post.serve(tls, trusted=fault == "other name", name=other)
    to = post.send(shop)
    error = post.wait_for(to, "scheduled", failures=1)["error"]
    assert re.search("certificate", error)
    assert server.received == []


def test_a_4yz_is_tried_again_with_the_same_message(post, shop):
    server = post.serve()
    to = f"{uuid.uuid4().hex}@example.org"
    server.recipient_answers[to] = ["451 4.7.1 Greylisted, come again"]
    post.send(shop, to=to)
    assert post.wait_for(to, "scheduled", failures=1)["error"].endswith("answered: 451 4.7.1 Greylisted, come again")
    server.message_answers.append("452 4.3.1 No room")
    first, second = server.wait_for(to, 2)
    assert post.wait_for(to, "done")["failures"] == "2"
    assert first.raw == second.raw


def test_a_5yz_goes_to_the_dead_letters_with_the_servers_words(post, shop):
    server = post.serve()
    to = f"{uuid.uuid4().hex}@example.org"
    server.recipient_answers[to] = ["550 5.1.1 No such mailbox"]
    post.send(shop, to=to)
    dead = post.wait_for(to, "dead")
    assert dead["error"].endswith("answered: 550 5.1.1 No such mailbox")
    assert to not in post.stack.worker.output()
    post.stack.ctl("jobs", "retry", f"job_{dead['id']}")
    assert server.wait_for(to)[0].message["Message-ID"].startswith(f"<job_{dead['id']}.")


def test_a_server_that_hangs_is_given_up_and_tried_again(post, shop):
    server = post.serve(SMTP_TIMEOUT_SECONDS="1")
    server.hold = threading.Event()
    to = post.send(shop)
    assert server.reached.wait(20)
    assert "took no email" in post.wait_for(to, "scheduled", failures=1)["error"]
    server.hold.set()
    server.wait_for(to)
    post.wait_for(to, "done")


def test_a_server_that_dies_after_the_message_gets_it_again_under_the_same_id(post, shop):
    server = post.serve()
    server.message_answers.append(None)
    to = post.send(shop)
    assert "may have been taken" in post.wait_for(to, "scheduled", failures=1)["error"]
    first, second = server.wait_for(to, 2)
    assert first.answer is None
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw == second.raw


def test_a_server_that_is_not_there_gets_the_email_when_it_is(post, shop):
    server = post.serve()
    server.stop()
    to = post.send(shop)
    assert "took no email" in post.wait_for(to, "scheduled", failures=1)["error"]
    server.start()
    server.wait_for(to)


def test_a_worker_that_is_told_to_stop_does_not_wait_for_a_server_that_hangs(post, shop):
    server = post.serve(SHUTDOWN_GRACE_SECONDS="4")
    server.hold = threading.Event()
    to = post.send(shop)
    assert server.reached.wait(20)
    began = time.monotonic()
    assert post.stack.worker.terminate(40) == 0
    # The server would be waited for for a minute.
    assert time.monotonic() - began < 20
    assert post.job(to)["state"] == "ready"
    server.hold.set()
    post.stack.worker.start()
    server.wait_for(to)


@pytest.mark.parametrize("to", ["a@example.org\r\nBcc: b@example.org", "jürgen@example.org", "<a@example.org>"])
def test_an_address_that_is_none_is_a_dead_letter(post, shop, to):
    server = post.serve()
    post.send(shop, to=to)
    rows = "SELECT last_error FROM jobs WHERE kind = 'send_email' AND state = 'dead'"
    dead = wait_until(lambda: post.tables.rows(rows), "the email is given up")
    assert "The email address has" in dead[0][0]
    assert server.received == []


def test_without_a_server_emails_are_logged(post, shop):
    post.restart()
    to = post.send(shop, to=f"buyer.{uuid.uuid4().hex}@example.org")
    post.wait_for(to, "done")
    line = next(one for one in map(json.loads, post.stack.worker.output().splitlines()) if "not sent" in one["message"])
    assert "Your order at Bücher & Töne" in json.dumps(line, ensure_ascii=False)
    assert "receipt" in json.dumps(line)
    assert "b…@example.org" in json.dumps(line, ensure_ascii=False)
    assert to not in post.stack.worker.output()


def test_a_tenants_own_sender_and_words(post, stack):
    server = post.serve()
    shop = stack.tenant("Own")
    post.tables.execute(
        f"UPDATE tenants SET email_from = 'hallo@töne.example', email_name = 'Töne' WHERE id = '{shop.id}';"
        "INSERT INTO email_templates (tenant_id, kind, subject, text, html, updated_at) VALUES "
        f"('{shop.id}', 'receipt', 'Danke für {{{{amount}}}}', '{{{{shop}}}}', '<p>{{{{description}}}}', 1);"
    )
    message = server.wait_for(post.send(shop, amount="1 €", description="<3"))[0].message
    assert str(message["From"]) == "Töne <hallo@xn--tne-sna.example>"
    assert message["Message-ID"].endswith("@xn--tne-sna.example>")
    assert str(message["Subject"]) == "Danke für 1 €"
    assert message.get_body(("plain",)).get_content() == "Töne"
    assert message.get_body(("html",)).get_content() == "<p>&lt;3"
    other = server.wait_for(post.send(shop, kind="trial_ending"))[0].message
    assert str(other["Subject"]) == "Your trial at Töne ends soon"


def test_a_buyer_who_has_paid_is_not_told_to_try_again(post, shop):
    server = post.serve()
    order = shop.start_payment()
    shop.pay(order)
    shop.wait_status(order["id"], "active")
    to = post.send(shop, kind="payment_failed", order=order["id"])
    post.wait_for(to, "done")
    assert server.taken(to) == []
    waiting = shop.start_payment()
    to = post.send(shop, kind="payment_failed", order=waiting["id"], reason="Your card was declined.")
    text = server.wait_for(to)[0].message.get_body(("plain",)).get_content()
    assert f"{shop.stack.api.url}/pay/{waiting['id']}#client_secret={waiting['client_secret']}" in text
    assert "Your card was declined." in text


def test_a_paid_order_gets_its_receipt_once(post, shop):
    server = post.serve()
    to = f"{uuid.uuid4().hex}@example.org"
    order = shop.start_payment(1999, "eur", customer_email=to, description="Zwei Bücher")
    shop.pay(order)
    shop.wait_status(order["id"], "active")
    message = server.wait_for(to)[0].message
    text = message.get_body(("plain",)).get_content()
    for said in ("19.99 EUR", "Zwei Bücher", order["id"], "This was a test"):
        assert said in text
    for event in post.stack.ctl("events", "list", "--json", "--limit", "10")["data"]:
        if event["tenant"] == shop.id:
            post.stack.ctl("events", "replay", event["id"], "--reason", "again")
    unfinished = "SELECT COUNT(*) FROM jobs WHERE state NOT IN ('done', 'dead', 'discarded')"
    wait_until(lambda: post.tables.number(unfinished) == 0, "every job is done")
    assert len(server.taken(to)) == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SMTP_URL", "mail.example.com"),
        ("SMTP_URL", "smtp://user:hidden"),
        ("SMTP_URL", "smtp://user:hid%den@mail.example.com"),
        ("EMAIL_FROM", "Shop <shop@example.com>"),
        ("SMTP_TIMEOUT_SECONDS", "0"),
    ],
)
def test_a_wrong_setting_is_told_on_start(stack, setting, value):
    from test_programs import KEYS, run

    done = run("fulfillment-worker", **{"CHECKOUT_MASTER_KEYS": KEYS, setting: value})
    assert done.returncode not in (0, 132, 133, 134, 139)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert setting in lines[0]
    assert "hid" not in lines[0]
