"""Thin events of all kinds, alone and beside their snapshots: an order goes the same way, told and mailed once."""

import uuid
from collections import Counter
from types import SimpleNamespace

import pytest
from conftest import ENGINES, running_stack
from harness.checkout import CheckoutPage
from harness.smtp import MailServer
from harness.subscriber import ORIGIN, Subscriber
from harness.tables import Tables
from harness.thin import register_thin
from harness.waiting import wait_until

TYPES = [
    "charge.refunded", "checkout.session.completed", "customer.subscription.created", "customer.subscription.deleted",
    "customer.subscription.updated", "invoice.paid", "payment_intent.succeeded", "refund.created",
]  # fmt: skip
HOUR = 3600


@pytest.fixture(scope="module")
def mail():
    server = MailServer()
    yield server
    server.close()


@pytest.fixture(scope="module", params=ENGINES)
def stack(request, mail):
    yield from running_stack(request.param, request, SMTP_URL=f"smtp://127.0.0.1:{mail.port}")


@pytest.mark.parametrize("snapshots", [True, False], ids=["beside snapshots", "alone"])
def test_thin_events_do_what_their_snapshots_do_and_not_twice(stack, mail, snapshots):
    tables = Tables(stack.environment["DATABASE_URL"])
    shop = stack.tenant(arguments=["--origin", ORIGIN])
    register_thin(stack, shop, *TYPES)
    [endpoint] = shop.stripe.v1.webhook_endpoints.list().data
    shop.stripe.v1.webhook_endpoints.update(endpoint.id, {"enabled_events": TYPES, "disabled": not snapshots})
    shop.call("POST", "/v1/catalog_items", {"sku": "mug", "name": "Mug", "unit_amount": 2000, "currency": "eur"})

    body = {"mode": "payment", "items": [{"sku": "mug", "quantity": 1}], "success_url": f"{ORIGIN}/thanks"}
    order = shop.call("POST", "/v1/checkout_sessions", body, idempotency_key=str(uuid.uuid4())).json()
    buyer = f"{uuid.uuid4().hex}@example.org"
    CheckoutPage(SimpleNamespace(url=order["url"])).pay(email=buyer)
    paid = shop.wait_status(order["id"], "active")
    shop.stripe.v1.refunds.create({"payment_intent": paid["payment_intent"], "amount": 700})
    shop.wait_status(order["id"], "partially_refunded")
    member = Subscriber(shop, 900)
    member.advance(member.shown()["current_period_end"] + HOUR)
    payments = f"SELECT SUM(amount_captured) FROM order_payments WHERE order_id = '{member.order}'"
    wait_until(lambda: tables.rows(payments) == [("1800",)], "the renewal is a payment of the order")
    shop.stripe.v1.subscriptions.cancel(member.id)
    member.becomes("ended")

    wanted = {f"v1.{type_}" for type_ in TYPES} | (set(TYPES) if snapshots else set())
    settled = f"SELECT type, state, COUNT(*) FROM events WHERE tenant_id = '{shop.id}' GROUP BY type, state"
    wait_until(lambda: {type_ for type_, _, _ in tables.rows(settled)} == wanted, "an event of each type")
    waiting = f"SELECT COUNT(*) FROM jobs WHERE tenant_id = '{shop.id}' AND state <> 'done'"
    wait_until(lambda: tables.number(waiting) == 0, "everything that follows has happened")
    found = tables.rows(settled)
    # Ignored is what came before its order was known; what it says was written down.
    assert {state for _, state, _ in found} <= {"applied", "ignored"}
    counts = Counter()
    for type_, _, count in found:
        counts[type_] += int(count)
    assert not snapshots or [type_ for type_ in TYPES if counts[type_] != counts[f"v1.{type_}"]] == []

    told = [(event["type"], event["data"]["object"]["id"]) for _, event in shop.storefront.events()]
    for one in (
        ("order.activated", order["id"]), ("order.refunded", order["id"]),
        ("order.activated", member.order), ("subscription.ended", member.order),
    ):  # fmt: skip
        assert told.count(one) == 1, one
    assert tables.rows(payments) == [("1800",)]
    assert len(mail.taken(buyer)) == 1
    subjects = [one.message["subject"] for one in mail.taken(member.email)]
    assert len(subjects) == len(set(subjects)) == 2, subjects
