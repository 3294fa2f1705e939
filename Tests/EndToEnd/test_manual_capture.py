"""Payments that are authorized first, and captured or given back later."""

import uuid
from types import SimpleNamespace

import pytest
import stripe
from harness.checkout import CheckoutPage

ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def shop(stack):
    shop = stack.tenant(arguments=["--origin", ORIGIN])
    shop.call("POST", "/v1/catalog_items", {"sku": "mug", "name": "Mug", "unit_amount": 2000, "currency": "eur"})
    return shop


def authorized(shop, amount=2000):
    order = shop.start_payment(amount, capture_method="manual")
    assert shop.pay(order).status == "requires_capture"
    return shop.wait_status(order["id"], "processing")


def capture(shop, order, key=None, **body):
    return shop.call("POST", f"/v1/orders/{order['id']}/capture", body, idempotency_key=key)


def intent(shop, order):
    return shop.stripe.v1.payment_intents.retrieve(order["payment_intent"])


def test_all_that_was_authorized_is_captured_once(shop):
    order = authorized(shop)
    key = str(uuid.uuid4())
    captured = capture(shop, order, key)
    assert captured.status_code == 200, captured.text
    assert captured.json()["status"] in ("paid", "active")
    assert capture(shop, order, key).json() == captured.json()
    shop.storefront.wait_for("order.activated", order["id"])
    shop.wait_status(order["id"], "active")
    assert intent(shop, order).amount_received == 2000
    again = capture(shop, order)
    assert (again.status_code, again.json()["error"]["code"]) == (400, "order_already_captured")
    assert shop.call("POST", f"/v1/orders/{order['id']}/cancel").json()["error"]["code"] == "order_already_paid"


def test_a_part_is_captured_and_the_rest_given_back(shop):
    order = authorized(shop)
    too_much = capture(shop, order, amount_to_capture=2001)
    assert too_much.status_code == 400
    assert too_much.json()["error"]["param"] == "amount_to_capture"
    assert capture(shop, order, amount_to_capture=750).status_code == 200
    shop.wait_status(order["id"], "active")
    assert (intent(shop, order).amount_received, intent(shop, order).amount) == (750, 2000)
    assert "amount_mismatch" not in shop.call("GET", f"/v1/orders/{order['id']}/history").text


def test_an_authorization_is_given_back(shop):
    order = authorized(shop)
    canceled = shop.call("POST", f"/v1/orders/{order['id']}/cancel")
    assert (canceled.status_code, canceled.json()["status"]) == (200, "canceled")
    assert intent(shop, order).status == "canceled"
    shop.storefront.wait_for("order.canceled", order["id"])
    assert capture(shop, order).json()["error"]["code"] == "order_not_capturable"


def test_what_is_captured_in_stripes_dashboard_is_paid_too(shop):
    order = authorized(shop)
    shop.stripe.v1.payment_intents.capture(order["payment_intent"])
    shop.wait_status(order["id"], "active")


def test_nothing_is_captured_that_was_not_authorized(shop):
    order = shop.start_payment(capture_method="manual")
    with pytest.raises(stripe.CardError):
        shop.pay(order, "pm_card_chargeDeclined")
    assert capture(shop, order).json()["error"]["code"] == "order_not_capturable"
    assert capture(shop, shop.start_payment()).json()["error"]["code"] == "order_not_capturable"
    assert shop.order(order["id"])["status"] in ("pending", "failed")


@pytest.mark.parametrize("end", ["capture", "cancel"])
def test_an_authorization_from_stripes_page(shop, end):
    body = {"mode": "payment", "items": [{"sku": "mug"}], "capture_method": "manual", "success_url": f"{ORIGIN}/thanks"}
    order = shop.call("POST", "/v1/checkout_sessions", body).json()
    CheckoutPage(SimpleNamespace(url=order["url"])).pay()
    order = shop.wait_status(order["id"], "processing")
    answer = shop.call("POST", f"/v1/orders/{order['id']}/{end}")
    assert answer.status_code == 200, answer.text
    shop.wait_status(order["id"], {"capture": "active", "cancel": "canceled"}[end])
    assert intent(shop, order).status == {"capture": "succeeded", "cancel": "canceled"}[end]


def test_an_authorized_off_session_charge_is_captured(shop):
    customer = shop.call("POST", "/v1/customers", {}).json()
    method = shop.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer["id"]}).id
    body = {"amount": 900, "currency": "eur", "customer": customer["id"], "payment_method": method}
    order = shop.call("POST", "/v1/payment_intents/off_session", {**body, "capture_method": "manual"})
    assert (order.status_code, order.json()["status"]) == (201, "processing")
    assert capture(shop, order.json()).status_code == 200
    shop.wait_status(order.json()["id"], "active")
