"""A buyer is sent to Stripe's page by the shop, pays there, and comes back."""

import pytest
from selenium.webdriver.support import expected_conditions as expected

CARD = {"number": "4242424242424242", "expiry": "1250", "cvc": "123", "name": "Ada Buyer"}


@pytest.fixture(scope="session")
def checkout_shop(shop):
    """Its pages are the API's own documentation: all that matters is that they are there."""
    origin = shop.stack.api.url
    shop = shop.stack.tenant("Page shop", arguments=["--origin", origin])
    mug = {"sku": "mug", "name": "Stoneware mug", "unit_amount": 1450, "currency": "eur"}
    assert shop.call("POST", "/v1/catalog_items", mug).status_code == 201
    shop.thanks, shop.basket = f"{origin}/docs?session={{CHECKOUT_SESSION_ID}}", f"{origin}/docs#basket"
    return shop


def start(shop, mode="payment", **fields):
    body = {"mode": mode, "success_url": shop.thanks, "cancel_url": shop.basket, **fields}
    answer = shop.call("POST", "/v1/checkout_sessions", body, key=shop.publishable_key if "items" in fields else None)
    assert answer.status_code == 201, answer.text
    return answer.json()


def fill_in(page, **fields):
    for name, text in {"email": "ada@example.com", **CARD, **fields}.items():
        box = page.see(f"#{name}")
        if not box.get_attribute("readonly"):
            box.clear()
            box.send_keys(text)


def submit(page):
    button = page.see("#submit")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def came_back(page, shop, order):
    url = shop.thanks.replace("{CHECKOUT_SESSION_ID}", order["checkout_session"])
    page.wait.until(expected.url_to_be(url))


def test_a_buyer_pays_on_stripes_page_and_the_order_turns_active(page, checkout_shop):
    order = start(checkout_shop, items=[{"sku": "mug", "quantity": 2}])
    page.driver.get(order["url"])
    assert "Stoneware mug" in page.see("#summary").text
    assert "29.00 EUR" in page.find("#summary").text
    fill_in(page)
    submit(page)
    came_back(page, checkout_shop, order)
    active = checkout_shop.wait_status(order["id"], "active")
    assert (active["amount"], active["customer_email"]) == (2900, "ada@example.com")
    assert len(checkout_shop.storefront.events("order.activated", order["id"])) == 1
    for program in checkout_shop.stack.programs:
        assert CARD["number"] not in program.output()


def test_a_declined_card_and_then_3d_secure(page, checkout_shop):
    order = start(checkout_shop, items=[{"sku": "mug"}])
    page.driver.get(order["url"])
    fill_in(page, number="4000000000000002")
    submit(page)
    page.wait.until(lambda _: "declined" in page.find("#problem").text)
    assert checkout_shop.order(order["id"])["status"] == "pending"
    fill_in(page, number="4000002500003155")
    submit(page)
    page.see("#test-source-authorize-3ds").click()
    came_back(page, checkout_shop, order)
    checkout_shop.wait_status(order["id"], "active")


def test_a_buyer_subscribes_with_a_trial(page, checkout_shop):
    stripe = checkout_shop.stripe.v1
    product = stripe.products.create({"name": "Beans club"})
    price = stripe.prices.create(
        {"product": product.id, "currency": "eur", "unit_amount": 900, "recurring": {"interval": "month"}}
    )
    order = start(checkout_shop, "subscription", price=price.id, trial_period_days=14, customer_email="ada@example.com")
    page.driver.get(order["url"])
    assert page.see("#email").get_attribute("value") == "ada@example.com"
    fill_in(page)
    submit(page)
    came_back(page, checkout_shop, order)
    active = checkout_shop.wait_status(order["id"], "active")
    assert stripe.subscriptions.retrieve(active["subscription"]).status == "trialing"


def test_a_buyer_who_turns_back_has_paid_nothing(page, checkout_shop):
    order = start(checkout_shop, items=[{"sku": "mug"}])
    page.driver.get(order["url"])
    page.see("a.back").click()
    page.wait.until(expected.url_to_be(checkout_shop.basket))
    assert checkout_shop.order(order["id"])["status"] == "pending"
