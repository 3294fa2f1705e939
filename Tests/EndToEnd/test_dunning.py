"""Subscriptions go through time: renewals that fail, trials that end, pauses, and endpoints of an old version."""

import itertools

import pytest
import requests
from conftest import ENGINES, running_stack
from harness.billing import DAY, HOUR, START, seconds
from harness.subscriber import ORIGIN, Subscriber
from harness.tables import Tables
from harness.waiting import wait_until

# aiosmtpd warns of what these tests are about.
pytestmark = pytest.mark.filterwarnings("ignore")

APRIL = seconds("2026-04-01 12:00:00")
OLD = "2024-06-20"


@pytest.fixture(scope="module", params=ENGINES)
def stack(request, mail_server):
    yield from running_stack(request.param, request, SMTP_URL=f"smtp://127.0.0.1:{mail_server.port}")


@pytest.fixture
def shop(stack):
    return stack.tenant("Club", arguments=["--origin", ORIGIN])


def subjects(mail_server, buyer):
    return [str(one.message["Subject"]) for one in mail_server.taken(buyer.email)]


def newest(mail_server, buyer, count):
    """The text of the newest of so many emails."""
    return mail_server.wait_for(buyer.email, count)[-1].message.get_body(("plain",)).get_content()


def tables(shop):
    return Tables(shop.stack.environment["DATABASE_URL"])


def captured(shop, buyer):
    return tables(shop).number(f"SELECT amount_captured FROM orders WHERE id = '{buyer.order}'")


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


def test_a_renewal_that_fails_is_dunned_and_its_retry_heals_it(shop, mail_server):
    buyer = Subscriber(shop)
    buyer.replace_card("pm_card_chargeCustomerFail")
    buyer.advance(APRIL + HOUR)
    buyer.becomes("past_due")
    [told] = buyer.told("subscription.past_due")
    assert (told["status"], told["amount"], told["subscription"]) == ("past_due", 3000, buyer.id)
    assert buyer.shown()["status"] == "past_due"
    invoice = buyer.invoice()
    text = newest(mail_server, buyer, 2)
    for said in ("30.00 EUR", invoice.hosted_invoice_url, invoice.number, "try again on 4 April 2026"):
        assert said in text
    page = requests.get(invoice.hosted_invoice_url, timeout=20)
    assert (page.status_code, invoice.number in page.text) == (200, True)

    buyer.replace_card("pm_card_visa")
    buyer.advance(invoice.next_payment_attempt)
    buyer.becomes("active")
    buyer.told("subscription.updated")
    shop.settle()
    assert (buyer.shown()["status"], captured(shop, buyer)) == ("active", 6000)
    steps = [status for status, _ in itertools.groupby(shop.history(buyer.order))]
    assert steps[-3:] == ["active", "past_due", "active"]
    assert len(shop.storefront.events("order.activated", buyer.order)) == 1
    assert len(shop.storefront.events("subscription.past_due", buyer.order)) == 1
    assert subjects(mail_server, buyer) == ["Your order at Club", "The payment for your subscription at Club failed"]


def test_a_renewal_that_no_retry_heals_ends_the_subscription(shop, mail_server):
    buyer = Subscriber(shop)
    buyer.replace_card("pm_card_chargeCustomerFail")
    at = APRIL + HOUR
    for tries, (gap, following) in enumerate([(0, "4 April"), (3, "9 April"), (5, "16 April")], start=1):
        at += gap * DAY
        buyer.advance(at)
        assert f"try again on {following} 2026" in newest(mail_server, buyer, 1 + tries)
    buyer.becomes("past_due")
    buyer.advance(at + 7 * DAY)
    assert buyer.becomes("ended")["amount_refunded"] == 0
    assert [order["status"] for order in buyer.told("subscription.ended")] == ["ended"]
    newest(mail_server, buyer, 5)
    shop.settle()
    dunned = "The payment for your subscription at Club failed"
    ended = "Your subscription at Club was canceled"
    assert subjects(mail_server, buyer) == ["Your order at Club", dunned, dunned, dunned, ended]
    assert len(buyer.told("subscription.past_due")) == len(buyer.told("subscription.ended")) == 1
    # What is over is over: neither a late event nor a storefront takes it back, and no preview makes it cost nothing.
    shop.stack.ctl("events", "replay", "--tenant", shop.id, "--reason", "again")
    shop.settle()
    assert (shop.order(buyer.order)["status"], captured(shop, buyer)) == ("ended", 3000)
    assert len(subjects(mail_server, buyer)) == 5
    refused(shop.call("POST", f"{buyer.path}/reactivate"), 400, "subscription_ended")
    for path in (f"{buyer.path}/preview", buyer.path):
        answer = shop.call("POST", path, {"quantity": 2})
        assert (answer.status_code, "amount_due" in answer.text) == (400, False), answer.text


def test_a_trial_is_announced_to_end_and_then_charged(shop, mail_server):
    buyer = Subscriber(shop, trial_period_days=14)
    end = START + 14 * DAY
    assert (buyer.shown()["status"], buyer.shown()["trial_end"], captured(shop, buyer)) == ("trialing", end, 0)
    shop.settle()
    assert len(subjects(mail_server, buyer)) == 1
    buyer.advance(end - 3 * DAY)
    assert "It ends on 15 March 2026." in newest(mail_server, buyer, 2)
    buyer.advance(end + HOUR)
    wait_until(lambda: captured(shop, buyer) == 3000, "the first month is paid")
    buyer.told("subscription.updated")
    shop.settle()
    assert (buyer.shown()["status"], shop.order(buyer.order)["status"]) == ("active", "active")
    assert shop.history(buyer.order)[-1] == "active"
    assert subjects(mail_server, buyer)[1:] == ["Your trial at Club ends soon"]
    back = buyer.post("/v1/refunds", {"order": buyer.order}, 201)
    assert (back["amount"], back["status"]) == (3000, "succeeded")
    # Of a short one Stripe says so at once, maybe before it says that there is an order.
    short = Subscriber(shop, trial_period_days=2)
    newest(mail_server, short, 2)
    shop.settle()
    assert sorted(subjects(mail_server, short)) == ["Your order at Club", "Your trial at Club ends soon"]


def test_a_trial_that_is_canceled_costs_nothing(shop, mail_server):
    buyer = Subscriber(shop, trial_period_days=14)
    end = START + 14 * DAY
    ending = buyer.post(f"{buyer.path}/cancel")
    assert (ending["status"], ending["cancel_at"]) == ("trialing", end)
    buyer.advance(end - DAY)
    shop.settle()
    assert shop.order(buyer.order)["status"] == "active"
    buyer.advance(end + HOUR)
    buyer.becomes("ended")
    buyer.told("subscription.ended")
    newest(mail_server, buyer, 2)
    shop.settle()
    # Whoever has canceled is not warned that it will cost.
    assert subjects(mail_server, buyer)[1:] == ["Your subscription at Club was canceled"]
    assert captured(shop, buyer) == 0


def test_a_pause_holds_the_order_until_the_storefront_resumes_it(shop):
    buyer = Subscriber(shop)
    buyer.v1.subscriptions.pause(buyer.id, {"type": "subscription"})
    buyer.becomes("past_due")
    assert buyer.shown()["status"] == "paused"
    [told] = buyer.told("subscription.past_due")
    assert told["status"] == "past_due"
    buyer.advance(START + 10 * DAY)
    assert buyer.post(f"{buyer.path}/reactivate")["status"] == "active"
    buyer.becomes("active")
    buyer.told("subscription.updated")
    shop.settle()
    assert shop.storefront.events("subscription.ended", buyer.order) == []
    assert len(shop.storefront.events("order.activated", buyer.order)) == 1
    rows = tables(shop).rows(f"SELECT type FROM events WHERE tenant_id = '{shop.id}' AND state = 'applied'")
    assert {("customer.subscription.paused",), ("customer.subscription.resumed",)} <= set(rows)


def test_an_endpoint_of_an_old_version_is_understood(shop, mail_server):
    v1 = shop.stripe.v1
    [today] = v1.webhook_endpoints.list().data
    old = v1.webhook_endpoints.create(
        {"url": today.url, "enabled_events": list(today.enabled_events), "api_version": OLD}
    )
    v1.webhook_endpoints.update(today.id, {"disabled": True})
    shop.stack.ctl("tenant", "webhook", "add-secret", shop.id, old.secret)
    buyer = Subscriber(shop)
    shop.settle()
    # What a paid invoice and an end say is final: nothing is read again, so the old places are all there is.
    for path in ("/v1/invoices/*", "/v1/subscriptions/*"):
        shop.stack.fault(
            match={"method": "GET", "path": path, "key": shop.stripe_key}, action="status", status=500, times="always"
        )
    try:
        buyer.advance(APRIL + HOUR)
        wait_until(lambda: captured(shop, buyer) == 6000, "the renewal is paid")
        intent = v1.payment_intents.list({"customer": buyer.customer.id, "limit": 1}).data[0].id
        v1.subscriptions.cancel(buyer.id)
        buyer.becomes("ended")
    finally:
        shop.stack.clear_faults()
    seen = tables(shop)
    payments = seen.pairs(
        f"SELECT payment_intent, amount_captured FROM order_payments WHERE order_id = '{buyer.order}'"
    )
    assert (len(payments), payments[intent]) == (2, "3000")
    period = seen.rows(f"SELECT current_period_start, current_period_end FROM subscriptions WHERE id = '{buyer.id}'")
    assert period == [(str(APRIL), str(seconds("2026-05-01 12:00:00")))]

    other = Subscriber(shop)
    other.replace_card("pm_card_chargeCustomerFail")
    other.advance(APRIL + HOUR)
    other.becomes("past_due")
    assert other.invoice().hosted_invoice_url in newest(mail_server, other, 2)
    other.replace_card("pm_card_visa")
    other.advance(other.invoice().next_payment_attempt)
    other.becomes("active")
    assert seen.rows(f"SELECT DISTINCT api_version FROM events WHERE tenant_id = '{shop.id}'") == [(OLD,)]
