"""With the router off, all that happens at Stripe is found by the workers alone: nobody runs a command."""

import re
import sqlite3
from contextlib import closing

import pytest
import requests
from conftest import ENGINES, running_stack
from harness.subscriber import ORIGIN, Subscriber
from harness.tables import Tables
from harness.waiting import wait_until

HOUR = 3600
# Longer than a sweep leaves an event to its webhook.
OUTAGE = 90


@pytest.fixture(params=ENGINES)
def stack(request):
    yield from running_stack(request.param, request, RECONCILE_INTERVAL_SECONDS="1")


def pass_time(stack, seconds):
    """Whatever happened at Stripe happened longer ago. The worker is away meanwhile, or it would find Stripe gone."""
    assert stack.worker.terminate() == 0
    stack.sandbox.kill()
    older = f"json_set(body, '$.created', json_extract(body, '$.created') - {seconds})"
    with closing(sqlite3.connect(stack.folder / "sandbox.db")) as records, records:
        assert records.execute(f"UPDATE records SET body = {older} WHERE kind = 'event'").rowcount > 0
    stack.sandbox.start(wait=False)
    stack.sandbox.wait_ready("/healthz")
    stack.worker.start()


def metric(stack, shop):
    text = requests.get(stack.worker.url + "/metrics", timeout=10).text
    found = re.search(rf'^missed_webhooks{{tenant="{shop.id}"}} (\S+)$', text, re.MULTILINE)
    return int(float(found[1])) if found else None


def dashboard(shop):
    return shop.call("GET", "/v1/dashboard").json()["missed_webhooks"]["count"]


def test_an_hour_without_the_router_heals_by_itself(stack):
    shop = stack.tenant(arguments=["--origin", ORIGIN])
    tables = Tables(stack.environment["DATABASE_URL"])
    returned = shop.start_payment(1999)
    shop.pay(returned)
    shop.wait_status(returned["id"], "active")
    renewing, leaving = Subscriber(shop, 3000), Subscriber(shop, 900)
    wait_until(lambda: metric(stack, shop) == 0, "a sweep that missed nothing")
    last = renewing.last_event()

    stack.router.kill()
    bought = [shop.start_payment(1000 + number) for number in range(2)]
    for order in bought:
        shop.pay(order)
    shop.stripe.v1.refunds.create({"payment_intent": returned["payment_intent"], "amount": 700})
    before = renewing.shown()
    renewing.advance(before["current_period_end"] + HOUR)
    shop.stripe.v1.subscriptions.cancel(leaving.id)
    stack.hurry_stripe()
    wanted = set(shop.stripe.v1.webhook_endpoints.list().data[0].enabled_events)
    happened = [
        event.id
        for event in shop.stripe.v1.events.list({"limit": 100, "ending_before": last}).auto_paging_iter()
        if event.type in wanted
    ]
    assert len(happened) >= 7
    pass_time(stack, OUTAGE)

    for order in bought:
        shop.wait_status(order["id"], "active")
    assert shop.wait_status(returned["id"], "partially_refunded")["amount_refunded"] == 700
    leaving.becomes("ended")
    paid = f"SELECT COUNT(*) FROM order_payments WHERE order_id = '{renewing.order}'"
    wait_until(lambda: tables.number(paid) == 2, "the renewal was paid")
    assert renewing.told("subscription.updated")
    row = f"SELECT current_period_start FROM subscriptions WHERE id = '{renewing.id}'"
    wait_until(lambda: tables.number(row) == before["current_period_end"], "the next period has begun")
    assert leaving.told("subscription.ended")
    held = f"SELECT stripe_event_id FROM events WHERE tenant_id = '{shop.id}' AND endpoint_id = 'sweep'"
    wait_until(lambda: {row[0] for row in tables.rows(held)} == set(happened), "each missed event is held")
    assert (dashboard(shop), metric(stack, shop)) == (len(happened), len(happened))

    # The webhooks come after all, and say nothing new.
    told = len(shop.storefront.events())
    stack.router.start()
    stack.await_webhooks()
    idle = "SELECT COUNT(*) FROM jobs WHERE kind <> 'reconcile_account' AND state NOT IN ('done', 'discarded')"
    wait_until(lambda: tables.number(idle) == 0, "nothing is left to do")
    assert {row[0] for row in tables.rows(held)} == set(happened)
    assert (dashboard(shop), metric(stack, shop)) == (len(happened), len(happened))
    assert len(shop.storefront.events()) == told
    for order in bought:
        assert len(shop.storefront.events("order.activated", order["id"])) == 1
