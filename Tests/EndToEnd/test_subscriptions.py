"""Subscriptions from the hosted page on: what is previewed is what is done, and the order follows."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from harness.checkout import CheckoutPage
from harness.waiting import wait_until

ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def shop(stack):
    return new_shop(stack)


def new_shop(stack, name="Club", **fields):
    return stack.tenant(name, arguments=["--origin", ORIGIN], **fields)


def post(shop, path, body=None, status=200, **options):
    options.setdefault("idempotency_key", str(uuid.uuid4()))
    answer = shop.call("POST", path, body, **options)
    assert answer.status_code == status, answer.text
    return answer.json()


def get(shop, path, status=200):
    answer = shop.call("GET", path)
    assert answer.status_code == status, answer.text
    return answer.json()


def price(shop, amount, interval="month", currency="eur"):
    product = post(shop, "/v1/products", {"name": "Beans club"}, 201)
    wanted = {"product": product["id"], "unit_amount": amount, "currency": currency}
    return post(shop, "/v1/prices", {**wanted, "recurring": {"interval": interval}}, 201)


def subscribed(shop, plan, quantity=1, card="4242424242424242", **fields):
    """An order whose buyer subscribed on the page, and its subscription."""
    order = post(
        shop,
        "/v1/checkout_sessions",
        {
            "mode": "subscription",
            "price": plan["id"],
            "quantity": quantity,
            "success_url": f"{ORIGIN}/thanks",
            **fields,
        },
        201,
    )
    answer = CheckoutPage(SimpleNamespace(url=order["url"])).pay(card)
    assert "error" not in answer, answer
    active = shop.wait_status(order["id"], "active")
    return active, get(shop, f"/v1/subscriptions/{active['subscription']}")


def invoices(shop, subscription):
    return shop.stripe.v1.invoices.list({"subscription": subscription["id"], "limit": 100}).data


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


def test_products_and_prices_are_the_tenants_own(shop, stack):
    made = price(shop, 900)
    assert (made["unit_amount"], made["recurring"]) == (900, {"interval": "month", "interval_count": 1})
    at_stripe = shop.stripe.v1.prices.retrieve(made["id"])
    assert at_stripe.metadata["checkout_tenant"] == shop.id
    assert "checkout_tenant" not in str(get(shop, f"/v1/products/{made['product']}"))
    assert made["id"] in [one["id"] for one in get(shop, "/v1/prices?limit=100")["data"]]
    other = new_shop(stack, "Other", stripe_key=shop.stripe_key)
    get(other, f"/v1/prices/{made['id']}", 404)
    get(other, f"/v1/products/{made['product']}", 404)
    assert get(other, "/v1/products?limit=100")["data"] == []
    refused(
        other.call("POST", "/v1/prices", {"product": made["product"], "unit_amount": 1, "currency": "eur"}),
        404,
        "resource_missing",
    )


def test_an_upgrade_costs_exactly_what_was_previewed(shop):
    gold = price(shop, 3000)
    order, subscription = subscribed(shop, price(shop, 900))
    assert (subscription["status"], subscription["order"]) == ("active", order["id"])
    assert subscription["items"]["data"][0]["price"]["unit_amount"] == 900
    path = f"/v1/subscriptions/{subscription['id']}"
    preview = post(shop, f"{path}/preview", {"price": gold["id"], "quantity": 2})
    assert preview["amount_due"] == sum(line["amount"] for line in preview["lines"]["data"]) > 0
    assert all(line["proration"] for line in preview["lines"]["data"])
    assert preview["currency"] == "eur"
    assert len(invoices(shop, subscription)) == 1
    change = {"price": gold["id"], "quantity": 2, "proration_date": preview["proration_date"]}
    changed = post(shop, path, change)
    assert changed["items"]["data"][0]["price"]["id"] == gold["id"]
    assert changed["items"]["data"][0]["quantity"] == 2
    latest = invoices(shop, subscription)[0]
    assert (latest.amount_paid, latest.total) == (preview["amount_due"], preview["total"])
    wait_until(lambda: shop.storefront.events("subscription.updated", order["id"]), "the change was told")


def test_a_downgrade_is_a_credit_and_never_less_than_nothing(shop):
    _, subscription = subscribed(shop, price(shop, 3000), quantity=3)
    preview = post(shop, f"/v1/subscriptions/{subscription['id']}/preview", {"quantity": 1})
    assert preview["amount_due"] == 0
    assert preview["total"] < 0
    body = {"quantity": 1, "proration_date": preview["proration_date"]}
    changed = post(shop, f"/v1/subscriptions/{subscription['id']}", body)
    assert changed["items"]["data"][0]["quantity"] == 1
    assert invoices(shop, subscription)[0].total == preview["total"]


def test_prorations_can_wait_for_the_next_invoice_or_not_be(shop):
    _, subscription = subscribed(shop, price(shop, 3000))
    path = f"/v1/subscriptions/{subscription['id']}"
    later = post(shop, f"{path}/preview", {"quantity": 2, "proration_behavior": "create_prorations"})
    assert later["amount_due"] > 6000
    never = post(shop, f"{path}/preview", {"quantity": 2, "proration_behavior": "none"})
    assert (never["amount_due"], never["proration_date"]) == (6000, None)
    post(shop, path, {"quantity": 2, "proration_behavior": "none"})
    assert len(invoices(shop, subscription)) == 1


def test_a_preview_that_fails_is_an_error(shop, stack):
    _, subscription = subscribed(shop, price(shop, 900))
    path = f"/v1/subscriptions/{subscription['id']}/preview"
    once = post(
        shop,
        "/v1/prices",
        {"product": subscription["items"]["data"][0]["price"]["product"], "unit_amount": 5, "currency": "eur"},
        201,
    )
    for body in ({"price": once["id"]}, {"price": price(shop, 900, currency="usd")["id"]}):
        answer = shop.call("POST", path, body)
        assert answer.status_code == 400, answer.text
        assert "amount_due" not in answer.text
    refused(shop.call("POST", path, {"price": "price_none"}), 404, "resource_missing")
    stack.fault(
        match={"path": "/v1/invoices/create_preview", "key": shop.stripe_key}, action="status", status=500, times=3
    )
    refused(shop.call("POST", path, {"quantity": 2}), 502, "stripe_unavailable")


def test_an_upgrade_whose_card_is_declined_changes_nothing(shop):
    _, subscription = subscribed(shop, price(shop, 900))
    card = shop.stripe.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": subscription["customer"]})
    shop.stripe.v1.subscriptions.update(subscription["id"], {"default_payment_method": card.id})
    answer = shop.call("POST", f"/v1/subscriptions/{subscription['id']}", {"quantity": 5})
    assert answer.status_code == 402, answer.text
    now = get(shop, f"/v1/subscriptions/{subscription['id']}")
    assert (now["items"]["data"][0]["quantity"], now["status"]) == (1, "active")


def test_it_ends_with_its_period_and_can_be_taken_back(shop):
    order, subscription = subscribed(shop, price(shop, 900))
    path = f"/v1/subscriptions/{subscription['id']}"
    ending = post(shop, f"{path}/cancel")
    assert (ending["status"], ending["cancel_at_period_end"]) == ("active", True)
    assert ending["cancel_at"] == subscription["current_period_end"]
    assert shop.order(order["id"])["status"] == "active"
    kept = post(shop, f"{path}/reactivate")
    assert (kept["cancel_at_period_end"], kept["cancel_at"]) == (False, None)
    assert post(shop, f"{path}/reactivate")["status"] == "active"


def test_ended_at_once_it_is_over(shop):
    order, subscription = subscribed(shop, price(shop, 900))
    path = f"/v1/subscriptions/{subscription['id']}"
    key = str(uuid.uuid4())
    over = post(shop, f"{path}/cancel", {"at_period_end": False}, idempotency_key=key)
    assert over["status"] == "canceled"
    assert post(shop, f"{path}/cancel", {"at_period_end": False}, idempotency_key=key) == over
    assert post(shop, f"{path}/cancel", {"at_period_end": False})["status"] == "canceled"
    shop.wait_status(order["id"], "ended")
    shop.storefront.wait_for("subscription.ended", order["id"])
    refused(shop.call("POST", f"{path}/reactivate"), 400, "subscription_ended")
    assert subscription["id"] not in [one["id"] for one in get(shop, "/v1/subscriptions?limit=100")["data"]]
    assert subscription["id"] in [one["id"] for one in get(shop, "/v1/subscriptions?limit=100&status=canceled")["data"]]


def test_all_pages_are_listed_also_of_what_began_elsewhere(stack):
    shop = new_shop(stack, "Many")
    customer = shop.stripe.v1.customers.create({"payment_method": "pm_card_visa"})
    method = shop.stripe.v1.payment_methods.list({"customer": customer.id}).data[0].id
    plan = price(shop, 900)

    def subscribe(_):
        wanted = {"customer": customer.id, "items": [{"price": plan["id"]}], "default_payment_method": method}
        return shop.stripe.v1.subscriptions.create(wanted).id

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(subscribe, range(23)))
    seen, after = [], ""
    while True:
        page = get(shop, f"/v1/subscriptions?limit=10{after}")
        seen += [one["id"] for one in page["data"]]
        if not page["has_more"]:
            break
        after = f"&starting_after={seen[-1]}"
    assert len(seen) == 23
    assert set(seen) == made
    assert len(get(shop, f"/v1/subscriptions?limit=100&customer={customer.id}")["data"]) == 23


def test_another_tenants_is_not_there_though_they_share_an_account(shop, stack):
    order, subscription = subscribed(shop, price(shop, 900))
    other = new_shop(stack, "Neighbour", stripe_key=shop.stripe_key)
    path = f"/v1/subscriptions/{subscription['id']}"
    get(other, path, 404)
    calls = [("", {"quantity": 2}), ("/preview", {"quantity": 2}), ("/cancel", {}), ("/reactivate", {})]
    for below, body in calls:
        refused(other.call("POST", path + below, body), 404, "resource_missing")
    refused(other.call("POST", f"{path}/cancel", {"at_period_end": False}), 404, "resource_missing")
    assert get(other, "/v1/subscriptions?status=all")["data"] == []
    assert get(shop, path)["status"] == "active"
    assert shop.order(order["id"])["status"] == "active"


def test_the_newest_payment_of_a_subscription_is_refunded(shop):
    order, subscription = subscribed(shop, price(shop, 900))
    back = post(shop, "/v1/refunds", {"order": order["id"]}, 201)
    assert (back["amount"], back["status"]) == (900, "succeeded")
    assert shop.order(order["id"])["status"] == "partially_refunded"
    assert get(shop, f"/v1/subscriptions/{subscription['id']}")["status"] == "active"
