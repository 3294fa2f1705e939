"""Thin events: verified, stored, their object fetched, applied; beside their snapshot twins they act once."""

import json
import time

import pytest
import requests
from harness.tables import Tables


def register_thin(stack, shop):
    """A destination for thin events at the tenant's own webhook URL."""
    answer = requests.post(
        stack.sandbox.url + "/v2/core/event_destinations",
        data=json.dumps(
            {
                "name": "thin", "type": "webhook_endpoint", "event_payload": "thin",
                "enabled_events": ["v1.payment_intent.succeeded"],
                "webhook_endpoint": {"url": shop.webhook_url},
                "include": ["webhook_endpoint.signing_secret"],
            }
        ),
        headers={
            "Authorization": f"Bearer {shop.stripe_key}", "Stripe-Version": "2026-10-28.endive",
            "Content-Type": "application/json",
        },
        timeout=20,
    )  # fmt: skip
    assert answer.status_code < 300, answer.text
    secret = answer.json()["webhook_endpoint"]["signing_secret"]
    stack.ctl("tenant", "webhook", "add-secret", shop.id, secret)
    return answer.json()["id"]


@pytest.mark.parametrize("snapshots", [True, False], ids=["beside snapshots", "alone"])
def test_a_thin_event_makes_an_order_active_once(stack, snapshots):
    shop = stack.tenant()
    register_thin(stack, shop)
    if not snapshots:
        for endpoint in shop.stripe.v1.webhook_endpoints.list().data:
            shop.stripe.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    order = shop.start_payment()
    shop.pay(order)
    shop.wait_status(order["id"], "active")
    tables = Tables(stack.environment["DATABASE_URL"])
    end = time.monotonic() + 20
    wanted = {"v1.payment_intent.succeeded"} | ({"payment_intent.succeeded"} if snapshots else set())
    settled = set()
    while not wanted <= settled and time.monotonic() < end:
        settled = {
            kind for (kind,) in tables.rows(
                f"SELECT type FROM events WHERE tenant_id = '{shop.id}' AND state = 'applied'"
            )
        }  # fmt: skip
    assert wanted <= settled
    assert len(shop.storefront.events("order.activated", order["id"])) == 1
