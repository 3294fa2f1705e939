"""Thin events: verified, stored, their object fetched, applied; beside their snapshot twins they act once."""

import time

import pytest
from harness.tables import Tables
from harness.thin import register_thin


@pytest.mark.parametrize("snapshots", [True, False], ids=["beside snapshots", "alone"])
def test_a_thin_event_makes_an_order_active_once(stack, snapshots):
    shop = stack.tenant()
    register_thin(stack, shop, "payment_intent.succeeded")
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
