"""The dashboard: what a business sees of itself, with Stripe there and with Stripe away."""

import json
import re

import pytest
import requests
import stripe
from harness.waiting import wait_until


@pytest.fixture(scope="module")
def shop(stack):
    return stack.tenant("Corner & Co")


def dashboard(shop):
    answer = shop.call("GET", "/v1/dashboard")
    assert answer.status_code == 200, answer.text
    return answer.json()


def paid(shop, amount=1999, currency="eur", **fields):
    order = shop.start_payment(amount, currency, **fields)
    shop.pay(order)
    return shop.wait_status(order["id"], "active")


def test_balances_and_charges_are_shown_in_each_currencys_own_decimals(shop):
    first = paid(shop, 1999, "eur", description="Two mugs")
    paid(shop, 500, "jpy")
    declined = shop.start_payment(2500, "usd")
    with pytest.raises(stripe.CardError):
        shop.pay(declined, "pm_card_chargeDeclined")
    shop.wait_status(declined["id"], "failed")
    shown = dashboard(shop)
    theirs = shop.stripe.v1.balance.retrieve()
    for part in ("available", "pending"):
        wanted = sorted((money.currency, money.amount) for money in theirs[part])
        assert sorted((money["currency"], money["amount"]) for money in shown["balance"][part]) == wanted
    texts = {money["currency"]: money["text"] for money in shown["balance"]["available"] + shown["balance"]["pending"]}
    assert re.fullmatch(r"-?\d+ JPY", texts["jpy"])
    assert re.fullmatch(r"-?\d+\.\d\d EUR", texts["eur"])
    charges = shown["charges"]["data"]
    assert [(one["text"], one["status"]) for one in charges] == [
        ("25.00 USD", "failed"),
        ("500 JPY", "succeeded"),
        ("19.99 EUR", "succeeded"),
    ]
    assert charges[0]["failure"]["code"] == "card_declined"
    assert (charges[2]["order"], charges[2]["description"]) == (first["id"], "Two mugs")
    assert (charges[2]["card"]["brand"], charges[2]["card"]["last4"]) == ("visa", "4242")
    assert (shown["orders"]["active"]["count"], shown["orders"]["failed"]["count"]) == (2, 1)
    assert shown["missing"] == []


def test_a_storefront_that_refuses_shows_as_dead_letters_of_its_own_tenant(own_stack):
    shop, other = own_stack.tenant("Gone"), own_stack.tenant("Other")
    shop.storefront.answers.append((410, {}))
    order = shop.start_payment()
    shop.pay(order)
    shop.wait_status(order["id"], "paid")
    wait_until(lambda: dashboard(shop)["dead_letters"]["count"] == 1, "the delivery was given up")
    assert dashboard(shop)["dead_letters"]["by_kind"] == {"deliver_to_storefront": 1}
    mine = dashboard(other)
    assert (mine["dead_letters"]["count"], mine["queue"]["depth"], mine["charges"]["data"]) == (0, 0, [])
    own_stack.worker.stop()
    other.start_payment()
    waiting = other.start_payment()
    other.pay(waiting)
    wait_until(lambda: dashboard(other)["queue"]["depth"] > 0, "events wait")
    assert dashboard(other)["queue"]["by_kind"]["apply_stripe_event"] > 0
    wait_until(lambda: dashboard(other)["queue"]["oldest_age"] >= 1, "they wait longer and longer")


def test_with_stripe_away_the_rest_is_there(own_stack):
    shop = own_stack.tenant()
    paid(shop)
    own_stack.sandbox.stop()
    shown = dashboard(shop)
    assert (shown["balance"], shown["charges"]) == (None, None)
    assert [(one["part"], one["code"]) for one in shown["missing"]] == [
        ("balance", "stripe_unavailable"),
        ("charges", "stripe_unavailable"),
    ]
    assert shown["orders"]["active"]["count"] == 1
    page = Browser(shop).log_in()
    assert page.text.count("Stripe did not tell") == 2
    assert 'data-status="active"' in page.text


def test_a_key_that_stripe_refuses_is_said_so(own_stack):
    shop = own_stack.tenant()
    own_stack.fault(match={"key": shop.stripe_key}, action="status", status=401, times=4)
    assert {one["code"] for one in dashboard(shop)["missing"]} == {"stripe_authentication"}


class Browser:
    """The page without its script."""

    def __init__(self, shop):
        self.shop = shop
        self.url = f"{shop.stack.api.url}/dashboard"
        self.session = requests.Session()

    def log_in(self, key=None, **options):
        return self.session.post(self.url, {"key": key or self.shop.api_key}, timeout=30, **options)

    def get(self):
        return self.session.get(self.url, timeout=30)


def test_a_session_is_opened_with_a_key_and_is_not_the_key(shop):
    browser = Browser(shop)
    assert "Secret key" in browser.get().text
    page = browser.log_in()
    assert "Corner &amp; Co" in page.text
    [cookie] = browser.session.cookies
    assert cookie.value != shop.api_key
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly")) == ("/", True)
    assert shop.call("GET", "/v1/orders", key=cookie.value).status_code == 403
    assert browser.session.post(f"{browser.url}/logout", timeout=30).status_code == 200
    again = requests.get(browser.url, cookies={"checkout_dashboard": cookie.value}, timeout=30)
    assert "data-dashboard" not in again.text
    output = shop.stack.api.output()
    assert shop.api_key not in output
    assert cookie.value not in output


def test_revoking_the_key_ends_the_session(shop):
    made = shop.stack.ctl("key", "create", shop.id, "--scope", "dashboard:read", "--json")
    browser = Browser(shop)
    assert "data-dashboard" in browser.log_in(made["api_key"]).text
    shop.stack.ctl("key", "revoke", shop.id, made["id"])
    assert "Your session has ended" in browser.get().text


def test_no_secret_of_anybody_is_on_the_page(shop):
    text = Browser(shop).log_in().text + json.dumps(dashboard(shop))
    for secret in (shop.api_key, shop.stripe_key, shop.created["fulfillment_secret"], "client_secret"):
        assert secret not in text
