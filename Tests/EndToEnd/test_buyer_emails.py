"""Every kind of email from what leads to it to the buyer's mailbox: each once, in the tenant's own name and words."""

import itertools
import uuid
from collections import Counter

import pytest
import requests
import stripe
from conftest import running_stack
from harness.billing import DAY, HOUR, START
from harness.subscriber import ORIGIN, Subscriber
from harness.waiting import wait_until

# aiosmtpd warns of what these tests are about.
pytestmark = pytest.mark.filterwarnings("ignore")

KINDS = [
    "receipt", "payment_failed", "invoice_payment_failed", "action_required", "subscription_canceled", "trial_ending",
]  # fmt: skip


@pytest.fixture(scope="module")
def stack(request, mail_server):
    """One engine is enough: emails are jobs like others."""
    yield from running_stack("sqlite", request, SMTP_URL=f"smtp://127.0.0.1:{mail_server.port}")


@pytest.fixture
def shop(stack):
    """A tenant whose events all come twice, with a sender of its own and a subject of its own for every kind."""
    shop = stack.tenant(
        "Shop 7",
        arguments=["--origin", ORIGIN, "--email-from", "hallo@ahorn.example", "--email-name", "Töpferei Ahorn"],
    )
    for kind in KINDS:
        stack.ctl("tenant", "email", "set", shop.id, kind, "--subject", f"{kind} – {{{{shop}}}}")
    account = shop.stripe.v1.accounts.retrieve_current().id
    stack.fault(webhooks={"account": account, "mode": "duplicate", "times": "always"})
    return shop


def mail(mail_server, to, kind):
    """The one email of this kind to a buyer, and its text."""

    def come():
        return [one.message for one in mail_server.taken(to) if str(one.message["Subject"]).startswith(f"{kind} ")]

    [message] = wait_until(come, f"an email {kind} to {to}")
    assert str(message["Subject"]) == f"{kind} – Töpferei Ahorn"
    sender = message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Töpferei Ahorn", "hallo@ahorn.example")
    text, html = (message.get_body((part,)).get_content() for part in ("plain", "html"))
    assert "Töpferei Ahorn" in text
    assert "Töpferei Ahorn" in html
    return text


def pay_at_the_second_try(shop, mail_server):
    to = f"{uuid.uuid4().hex}@example.org"
    order = shop.start_payment(1999, customer_email=to, description="Zwei Bücher")
    with pytest.raises(stripe.CardError):
        shop.pay(order, "pm_card_chargeDeclinedInsufficientFunds")
    text = mail(mail_server, to, "payment_failed")
    page = f"{shop.stack.api.url}/pay/{order['id']}#client_secret={order['client_secret']}"
    for said in ("19.99 EUR", "Zwei Bücher", "insufficient funds", page):
        assert said in text
    shop.pay(order)
    text = mail(mail_server, to, "receipt")
    assert "19.99 EUR" in text
    assert "/pay/" not in text
    return {(to, "payment_failed"), (to, "receipt")}


def be_charged_while_away(shop, mail_server):
    to = f"{uuid.uuid4().hex}@example.org"
    made = shop.call("POST", "/v1/customers", {"email": to}, idempotency_key=str(uuid.uuid4())).json()
    card = shop.stripe.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": made["id"]})
    charge = {
        "amount": 700, "currency": "eur", "customer": made["id"], "payment_method": card.id, "customer_email": to,
    }  # fmt: skip
    answer = shop.call("POST", "/v1/payment_intents/off_session", charge, idempotency_key=str(uuid.uuid4()))
    assert answer.status_code == 402, answer.text
    order = answer.json()["error"]["order"]
    text = mail(mail_server, to, "action_required")
    page = f"{shop.stack.api.url}/pay/{order['id']}#client_secret={order['client_secret']}"
    assert "7.00 EUR" in text
    assert page in text
    shown = requests.get(page.split("#")[0], timeout=20)
    assert shown.status_code == 200
    return {(to, "action_required")}


def subscribe_and_be_declined(shop, mail_server):
    buyer = Subscriber(shop, trial_period_days=14)
    end = START + 14 * DAY
    mail(mail_server, buyer.email, "receipt")
    buyer.replace_card("pm_card_authenticationRequired")
    buyer.advance(end - 3 * DAY)
    assert "15 March 2026" in mail(mail_server, buyer.email, "trial_ending")
    buyer.advance(end + HOUR)
    buyer.becomes("past_due")
    invoice = buyer.invoice()
    for kind in ("action_required", "invoice_payment_failed"):
        text = mail(mail_server, buyer.email, kind)
        for said in ("30.00 EUR", invoice.number, invoice.hosted_invoice_url):
            assert said in text
    buyer.v1.subscriptions.cancel(buyer.id)
    buyer.becomes("ended")
    mail(mail_server, buyer.email, "subscription_canceled")
    return {(buyer.email, kind) for kind in KINDS if kind != "payment_failed"}


def test_every_kind_is_sent_once_though_every_event_comes_twice(stack, shop, mail_server):
    expected = set(
        itertools.chain(
            pay_at_the_second_try(shop, mail_server),
            be_charged_while_away(shop, mail_server),
            subscribe_and_be_declined(shop, mail_server),
        )
    )
    assert {kind for _, kind in expected} == set(KINDS)
    shop.settle()

    def all_came_twice():
        tries = requests.get(stack.sandbox.url + "/_sandbox/webhooks", timeout=20).json()["data"]
        tries = Counter(one["event"] for one in tries if one["account"] == account)
        return tries and set(tries.values()) == {2}

    account = shop.stripe.v1.accounts.retrieve_current().id
    wait_until(all_came_twice, "every event has come twice")
    stack.ctl("events", "replay", "--tenant", shop.id, "--reason", "a third time")
    shop.settle()
    sent = Counter(
        (one.recipients[0], str(one.message["Subject"]).split(" ")[0])
        for one in list(mail_server.received)
        if one.sender == "hallo@ahorn.example"
    )
    assert sent == dict.fromkeys(expected, 1)
    identifiers = [str(one.message["Message-ID"]) for one in list(mail_server.received)]
    assert len(set(identifiers)) == len(identifiers)
    assert sum(one.endswith("@ahorn.example>") for one in identifiers) == len(expected)


def test_anybodys_page_sends_no_words_of_its_own_and_no_heap_of_emails(shop, mail_server):
    """What a page's key may start is enough to fail for any address."""
    mug = {"sku": "mug", "name": "Steingut-Tasse", "unit_amount": 1450, "currency": "eur"}
    assert shop.call("POST", "/v1/catalog_items", mug).status_code == 201
    to = f"{uuid.uuid4().hex}@example.org"
    windows = set()
    for address in (to, to.upper().replace("EXAMPLE.ORG", "example.org")):
        wanted = {
            "items": [{"sku": "mug", "quantity": 2}], "customer_email": address,
            "description": "You won! https://evil.example", "metadata": {"note": "https://evil.example"},
        }  # fmt: skip
        answer = shop.call(
            "POST", "/v1/payment_intents", wanted, key=shop.publishable_key, idempotency_key=str(uuid.uuid4())
        )
        assert answer.status_code == 201, answer.text
        order = answer.json()
        with pytest.raises(stripe.CardError):
            shop.pay({"payment_intent": order["client_secret"].split("_secret_")[0]}, "pm_card_chargeDeclined")
        shop.wait_status(order["id"], "failed")
        history = shop.call("GET", f"/v1/orders/{order['id']}/history").json()["data"]
        windows.add(next(step["created"] for step in history if step["to"] == "failed") // 600)
    text = mail(mail_server, to, "payment_failed")
    shop.settle()
    # One in ten minutes; mostly both fell into the same.
    sent = [one for one in mail_server.received if one.recipients[0].lower() == to]
    assert len(sent) == len(windows)
    assert "2 × Steingut-Tasse" in text
    for one in sent:
        assert all("evil" not in one.message.get_body((part,)).get_content() for part in ("plain", "html"))


def test_another_tenant_has_its_own_name_and_the_standard_words(stack, shop, mail_server):
    other = stack.tenant("Anna & Söhne")
    to = f"{uuid.uuid4().hex}@example.org"
    other.pay(other.start_payment(500, customer_email=to))
    message = mail_server.wait_for(to)[0].message
    sender = message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Anna & Söhne", "no-reply@localhost")
    assert str(message["Subject"]) == "Your order at Anna & Söhne"
    assert "Anna &amp; Söhne" in message.get_body(("html",)).get_content()
