"""A buyer subscribes on the hosted page; the shop previews an upgrade and has exactly that."""

import uuid

import pytest
from harness.waiting import wait_until
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import WebDriverWait
from shop_page import shop_page


@pytest.fixture
def origin():
    """A shop where buyers come back to."""
    with shop_page() as origin:
        yield origin


@pytest.fixture
def club(shop, origin):
    return shop.stack.tenant("Beans club", arguments=["--origin", origin])


def post(club, path, body):
    answer = club.call("POST", path, body, idempotency_key=str(uuid.uuid4()))
    assert answer.status_code < 300, answer.text
    return answer.json()


def plan(club, amount):
    product = post(club, "/v1/products", {"name": "Beans every month"})
    wanted = {"product": product["id"], "unit_amount": amount, "currency": "eur", "recurring": {"interval": "month"}}
    return post(club, "/v1/prices", wanted)["id"]


def pay_on_page(driver, order, back):
    driver.get(order["url"])
    wait = WebDriverWait(driver, 20)
    fields = {"email": "ada@example.com", "number": "4242424242424242", "expiry": "1234", "cvc": "123", "name": "Ada"}
    for name, text in fields.items():
        wait.until(expected.visibility_of_element_located((By.ID, name))).send_keys(text)
    button = driver.find_element(By.ID, "submit")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    wait.until(lambda _: driver.current_url.startswith(back), "the buyer never came back")


def test_an_upgrade_costs_what_its_preview_said(driver, club, origin):
    silver, gold = plan(club, 900), plan(club, 2900)
    wanted = {"mode": "subscription", "price": silver, "success_url": f"{origin}/thanks", "cancel_url": origin}
    order = post(club, "/v1/checkout_sessions", wanted)
    pay_on_page(driver, order, f"{origin}/thanks")
    active = club.wait_status(order["id"], "active")
    assert (active["amount"], active["currency"]) == (900, "eur")
    path = f"/v1/subscriptions/{active['subscription']}"

    preview = post(club, f"{path}/preview", {"price": gold})
    assert preview["amount_due"] > 0
    change = {"price": gold, "proration_date": preview["proration_date"]}
    changed = post(club, path, change)
    assert changed["items"]["data"][0]["price"]["id"] == gold
    bill = club.stripe.v1.invoices.list({"subscription": active["subscription"], "limit": 1}).data[0]
    assert (bill.status, bill.amount_paid) == ("paid", preview["amount_due"])
    assert [line.amount for line in bill.lines.data] == [line["amount"] for line in preview["lines"]["data"]]

    def counted():
        shown = club.call("GET", "/v1/dashboard").json()["active_subscriptions"]
        return shown == {"count": 1, "capped": False}

    wait_until(counted, "the subscription counts")
