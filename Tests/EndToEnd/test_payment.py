"""A storefront takes a payment, and its order becomes active."""

import json

import pytest
import requests
import stripe


@pytest.fixture(scope="module")
def shop(stack):
    return stack.tenant()


def test_a_paid_order_is_delivered_once_and_active(shop):
    order = shop.start_payment(1999, "eur", metadata={"cart": "7"}, description="Two mugs")
    assert order["status"] == "pending"
    assert order["client_secret"].startswith(order["payment_intent"])
    assert order["publishable_key"].startswith("pk_test_")
    shop.pay(order)
    delivered = shop.storefront.wait_for("order.activated", order["id"])["data"]["object"]
    assert (delivered["amount"], delivered["currency"], delivered["metadata"]) == (1999, "eur", {"cart": "7"})
    assert "client_secret" not in delivered
    active = shop.wait_status(order["id"], "active")
    assert active["activated_at"] == delivered["activated_at"]
    assert shop.history(order["id"])[-2:] == ["paid", "active"]
    assert len(shop.storefront.events("order.activated", order["id"])) == 1
    assert shop.storefront.refused == []


def test_a_tenant_without_a_fulfillment_url_is_active_at_once(stack):
    shop = stack.tenant(storefront=False)
    order = shop.start_payment()
    shop.pay(order)
    assert shop.wait_status(order["id"], "active")["activated_at"] is not None


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("pm_card_chargeDeclined", "card_declined"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
    ],
)
def test_a_decline_fails_the_order_and_another_card_pays_it(shop, card, code):
    order = shop.start_payment()
    with pytest.raises(stripe.CardError) as refusal:
        shop.pay(order, card)
    assert refusal.value.code == code
    failed = shop.storefront.wait_for("order.failed", order["id"])["data"]["object"]
    assert failed["failure"]["message"]
    assert shop.wait_status(order["id"], "failed")["failure"]["code"]
    shop.pay(order)
    active = shop.wait_status(order["id"], "active")
    assert active["failure"] is None
    shop.storefront.wait_for("order.activated", order["id"])


@pytest.mark.parametrize(("outcome", "status"), [("succeeded", "active"), ("failed", "failed")])
def test_3d_secure(shop, outcome, status):
    order = shop.start_payment()
    intent = shop.pay(order, "pm_card_threeDSecure2Required")
    assert intent.status == "requires_action"
    shop.wait_status(order["id"], "requires_action")
    shop.storefront.wait_for("order.requires_action", order["id"])
    shop.answer_challenge(intent, outcome)
    shop.wait_status(order["id"], status)


def test_the_stream_tells_every_move_until_the_order_is_active(shop):
    order = shop.start_payment()
    url = f"{shop.stack.api.url}/v1/orders/{order['id']}/stream"
    seen = []
    with requests.get(url, headers={"Authorization": f"Bearer {shop.api_key}"}, stream=True, timeout=30) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        for line in stream.iter_lines(decode_unicode=True):
            if not line.startswith("data: "):
                continue
            status = json.loads(line[6:])["status"]
            if not seen:
                assert status == "pending"
                shop.pay(order)
            seen.append(status)
    # The end repeats the last state.
    assert seen[-2:] == ["active", "active"]
    assert seen[:-1] == sorted(set(seen), key=["pending", "requires_action", "processing", "paid", "active"].index)


def test_items_are_priced_by_the_catalog_and_a_publishable_key_sends_nothing_else(shop):
    item = {"sku": "mug", "name": "Mug", "unit_amount": 1250, "currency": "eur"}
    assert shop.call("POST", "/v1/catalog_items", item).status_code in (200, 201)
    answer = shop.call("POST", "/v1/payment_intents", {"items": [{"sku": "mug", "quantity": 3}]}, shop.publishable_key)
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert order["amount"] == 3750
    refused = shop.call("POST", "/v1/payment_intents", {"amount": 1, "currency": "eur"}, shop.publishable_key)
    assert refused.status_code == 403
    path = f"/v1/orders/{order['id']}"
    assert shop.call("GET", path, key=shop.publishable_key).status_code == 403
    secret = {"client_secret": order["client_secret"][:-1] + "~"}
    assert shop.call("GET", path, key=shop.publishable_key, params=secret).status_code == 404
    secret = {"client_secret": order["client_secret"]}
    assert shop.call("GET", path, key=shop.publishable_key, params=secret).status_code == 200
    assert shop.call("GET", "/v1/orders", key=shop.publishable_key).status_code == 403


def test_a_canceled_order_stays_canceled(shop):
    order = shop.start_payment()
    assert shop.call("POST", f"/v1/orders/{order['id']}/cancel").json()["status"] == "canceled"
    assert shop.stripe.v1.payment_intents.retrieve(order["payment_intent"]).status == "canceled"
    shop.storefront.wait_for("order.canceled", order["id"])


def test_tenants_do_not_see_each_other(stack, shop):
    other = stack.tenant("Other")
    order = shop.start_payment()
    for path in ("", "/history", "/stream", "/cancel"):
        method = "POST" if path == "/cancel" else "GET"
        answer = other.call(method, f"/v1/orders/{order['id']}{path}")
        assert answer.status_code == 404, path
        assert answer.json()["error"]["type"] == "invalid_request_error"
    assert order["id"] not in [one["id"] for one in other.call("GET", "/v1/orders?limit=100").json()["data"]]


def test_every_answer_names_its_request(shop):
    answer = requests.get(shop.stack.api.url + "/v1/orders", timeout=10)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"
    assert answer.json()["error"]["request_id"] == answer.headers["X-Request-Id"]
