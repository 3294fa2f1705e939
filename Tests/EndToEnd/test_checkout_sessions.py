"""A storefront sends buyers to Stripe's page, and the order follows what they do there."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from harness.checkout import CheckoutPage

ORIGIN = "https://shop.example"
SUCCESS = f"{ORIGIN}/thanks?session={{CHECKOUT_SESSION_ID}}"
MUG = {"sku": "mug", "name": "Stoneware mug", "unit_amount": 1450, "currency": "eur"}


@pytest.fixture(scope="module")
def shop(stack):
    return new_shop(stack)


def new_shop(stack, name="Shop"):
    shop = stack.tenant(name, arguments=["--origin", ORIGIN])
    assert shop.call("POST", "/v1/catalog_items", MUG).status_code == 201
    return shop


def check_out(shop, mode="payment", key=None, idempotency_key=None, **fields):
    body = {"mode": mode, "success_url": SUCCESS, "cancel_url": f"{ORIGIN}/basket", **fields}
    if mode == "payment" and "price" not in fields:
        body.setdefault("items", [{"sku": "mug", "quantity": 2}])
    return shop.call(
        "POST", "/v1/checkout_sessions", body, key=key, idempotency_key=idempotency_key or str(uuid.uuid4())
    )


def started(shop, *arguments, **fields):
    answer = check_out(shop, *arguments, **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def page_of(order):
    return CheckoutPage(SimpleNamespace(url=order["url"]))


def price(shop, amount=900, **recurring):
    product = shop.stripe.v1.products.create({"name": "Beans club"})
    wanted = {"product": product.id, "currency": "eur", "unit_amount": amount}
    return shop.stripe.v1.prices.create({**wanted, **({"recurring": recurring} if recurring else {})})


def refused(answer, status, code, param=None):
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code), answer.text
    assert param is None or error["param"] == param


def test_a_buyer_pays_on_the_page_and_the_order_is_delivered_once(shop):
    order = started(shop, metadata={"cart": "7"}, customer_email="ann@example.com", description="Two mugs")
    assert (order["status"], order["amount"], order["currency"], order["kind"]) == ("pending", 2900, "eur", "payment")
    session = shop.stripe.v1.checkout.sessions.retrieve(order["checkout_session"])
    assert (session.client_reference_id, session.metadata["checkout_order"]) == (order["id"], order["id"])
    assert (session.metadata["cart"], session.customer_email) == ("7", "ann@example.com")
    paid = page_of(order).pay(email="ann@example.com")
    assert paid == {"url": SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id)}
    delivered = shop.storefront.wait_for("order.activated", order["id"])["data"]["object"]
    assert (delivered["amount"], delivered["metadata"]) == (2900, {"cart": "7"})
    active = shop.wait_status(order["id"], "active")
    intent = shop.stripe.v1.payment_intents.retrieve(active["payment_intent"])
    assert (intent.status, intent.metadata["checkout_order"], intent.description) == (
        "succeeded",
        order["id"],
        "Two mugs",
    )
    assert len(shop.storefront.events("order.activated", order["id"])) == 1


def test_a_promotion_code_changes_what_the_order_costs(shop):
    coupon = shop.stripe.v1.coupons.create({"percent_off": 50, "duration": "once"})
    promotion = {"type": "coupon", "coupon": coupon.id}
    shop.stripe.v1.promotion_codes.create({"promotion": promotion, "code": f"HALF{uuid.uuid4().hex[:8].upper()}"})
    code = shop.stripe.v1.promotion_codes.list({"limit": 1}).data[0].code
    order = started(shop, allow_promotion_codes=True)
    page = page_of(order)
    assert "error" not in page.apply_code(code)
    page.pay()
    active = shop.wait_status(order["id"], "active")
    assert (active["amount"], active["amount_refunded"]) == (1450, 0)
    assert "amount_mismatch" not in shop.call("GET", f"/v1/orders/{order['id']}/history").text


def test_a_subscription_starts_with_a_trial(shop):
    monthly = price(shop, 900, interval="month")
    order = started(
        shop, "subscription", price=monthly.id, quantity=2, trial_period_days=14, metadata={"cart": "8"},
        subscription_metadata={"plan": "gold"}, customer_email="ann@example.com",
    )  # fmt: skip
    assert order["kind"] == "subscription"
    page_of(order).pay(email="ann@example.com")
    active = shop.wait_status(order["id"], "active")
    subscription = shop.stripe.v1.subscriptions.retrieve(active["subscription"])
    assert (subscription.status, subscription.metadata["plan"]) == ("trialing", "gold")
    assert subscription.metadata["checkout_order"] == order["id"]
    assert subscription["items"].data[0].quantity == 2
    assert active["customer"] == subscription.customer


@pytest.mark.parametrize("mode", ["payment", "subscription"])
def test_taxes_are_stripes_to_reckon(shop, mode):
    fields = {"price": price(shop, 900, interval="month").id} if mode == "subscription" else {}
    customer = shop.call("POST", "/v1/customers", {"email": "ann@example.com"}, idempotency_key=f"{mode} tax").json()
    # The customer has no address yet: Stripe takes this only with leave to note the one that the buyer gives.
    order = started(shop, mode, automatic_tax=True, customer=customer["id"], **fields)
    tax = shop.stripe.v1.checkout.sessions.retrieve(order["checkout_session"]).automatic_tax
    assert (tax.enabled, tax.status) == (True, "requires_location_inputs")
    page_of(order).pay(email="ann@example.com")
    shop.wait_status(order["id"], "active")
    tax = shop.stripe.v1.checkout.sessions.retrieve(order["checkout_session"]).automatic_tax
    assert tax.status == "complete"


def test_a_setup_leaves_a_card_that_is_charged_later(shop):
    order = started(shop, "setup", customer_email="ann@example.com")
    page_of(order).pay(email="ann@example.com")
    done = shop.wait_status(order["id"], "active")
    assert (done["amount"], done["payment_intent"]) == (0, None)
    saved = shop.call("GET", f"/v1/customers/{done['customer']}/payment_methods").json()["data"]
    assert [(one["card"]["brand"], one["card"]["last4"]) for one in saved] == [("visa", "4242")]
    charge = {"amount": 500, "currency": "eur", "customer": done["customer"], "payment_method": saved[0]["id"]}
    charged = shop.call("POST", "/v1/payment_intents/off_session", charge)
    assert charged.status_code == 201, charged.text
    shop.wait_status(charged.json()["id"], "active")


def test_what_fails_on_the_page_is_the_pages_affair(shop):
    order = started(shop)
    page = page_of(order)
    assert page.pay("4000000000000002")["error"]["code"] == "card_declined"
    page.pay_with_challenge("4000002500003155", "failed")
    page.pay_with_challenge("4000002500003155", "succeeded")
    shop.wait_status(order["id"], "active")
    assert "failed" not in shop.history(order["id"])
    assert shop.storefront.events("order.failed", order["id"]) == []


def test_a_page_that_is_left_expires(shop):
    order = started(shop, expires_at=int(time.time()) + 1860)
    shop.stripe.v1.checkout.sessions.expire(order["checkout_session"])
    shop.wait_status(order["id"], "expired")
    assert shop.storefront.events(order=order["id"]) == []
    refused(shop.call("POST", f"/v1/orders/{order['id']}/cancel"), 400, "order_not_cancelable")


def test_cancel_takes_the_page_away(shop):
    order = started(shop)
    canceled = shop.call("POST", f"/v1/orders/{order['id']}/cancel")
    assert (canceled.status_code, canceled.json()["status"]) == (200, "canceled")
    assert shop.stripe.v1.checkout.sessions.retrieve(order["checkout_session"]).status == "expired"
    assert page_of(order).pay()["error"]["code"] == "checkout_session_expired"
    shop.storefront.wait_for("order.canceled", order["id"])
    assert shop.order(order["id"])["status"] == "canceled"


def test_cancel_comes_too_late_for_a_buyer_who_paid(shop):
    order = started(shop)
    page_of(order).pay()
    refused(shop.call("POST", f"/v1/orders/{order['id']}/cancel"), 400, "order_already_paid")
    shop.wait_status(order["id"], "active")


@pytest.mark.parametrize("field", ["success_url", "cancel_url"])
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://shop.example.evil.example/", "url_origin_not_allowed"),
        ("https://evil.example/?https://shop.example", "url_origin_not_allowed"),
        ("http://shop.example/", "url_origin_not_allowed"),
        ("https://shop.example:8443/", "url_origin_not_allowed"),
        ("https://shop.example@evil.example/", "url_invalid"),
        ("https://shop.example\\@evil.example/", "url_invalid"),
        ("javascript:alert(1)", "url_invalid"),
    ],
)
def test_the_buyer_comes_back_to_the_shop_and_nowhere_else(shop, field, url, code):
    refused(check_out(shop, **{field: url}), 400, code, field)


def test_prices_of_others_and_of_the_wrong_kind_are_refused(stack, shop):
    other = stack.tenant("Other")
    monthly, once = price(shop, 900, interval="month"), price(shop)
    refused(check_out(shop, price=price(other).id), 404, "resource_missing", "price")
    refused(check_out(shop, price=monthly.id), 400, "price_recurring", "price")
    refused(check_out(shop, "subscription", price=once.id), 400, "price_not_recurring", "price")
    order = started(shop, price=once.id, quantity=3)
    assert order["amount"] == 2700
    page_of(order).pay()
    shop.wait_status(order["id"], "active")


def test_a_page_of_the_shop_sells_the_catalog_and_nothing_else(shop):
    order = started(shop, key=shop.publishable_key)
    assert order["amount"] == 2900
    for fields in ({"price": price(shop).id}, {"customer": "cus_1"}, {"allow_promotion_codes": True}):
        refused(check_out(shop, key=shop.publishable_key, **fields), 403, "permission_denied")
    refused(check_out(shop, "setup", key=shop.publishable_key), 403, "permission_denied")


def test_twenty_requests_with_one_key_make_one_session(shop):
    before = len(shop.stripe.v1.checkout.sessions.list({"limit": 100}).data)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: check_out(shop, idempotency_key="twenty"), range(20)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    waiting = [answer.json()["error"]["code"] for answer in answers if answer.status_code != 201]
    assert set(waiting) <= {"idempotency_key_in_use"}
    assert len(shop.stripe.v1.checkout.sessions.list({"limit": 100}).data) == before + 1
    assert check_out(shop, idempotency_key="twenty").json()["id"] in made


def test_tenants_do_not_see_each_others_checkouts(stack, shop):
    other = stack.tenant("Other")
    order = started(shop)
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/capture")):
        assert other.call(method, f"/v1/orders/{order['id']}{path}").status_code == 404


def test_a_revoked_key_is_its_tenants_alone(stack, shop):
    other = new_shop(stack, "Revoked")
    stack.fault(match={"key": other.stripe_key}, action="status", status=401, times=3)
    try:
        answer = check_out(other)
        refused(answer, 502, "stripe_authentication")
        assert "operator" in answer.json()["error"]["message"]
        started(shop)
    finally:
        stack.clear_faults()
    assert "Stripe refuses the key of a tenant" in stack.api.output()
