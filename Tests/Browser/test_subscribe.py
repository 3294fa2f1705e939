"""A buyer subscribes on the hosted page, previews an upgrade on the shop's, and is billed exactly that."""

import time
import uuid

import pytest
from account_page import AccountPage, money
from harness.waiting import wait_until
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import WebDriverWait
from shop_page import shop_page

# Dear enough that every second of a month costs cents: what is reckoned from another second is another amount.
SILVER, GOLD = 900, 9_000_000


@pytest.fixture
def account():
    return AccountPage()


@pytest.fixture
def origin(account):
    """A shop where buyers come back to."""
    with shop_page(account=account.answer) as origin:
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


class Subscriber:
    """A buyer before the browser. No page scrolls sideways, and none has the shop's secret."""

    def __init__(self, driver, club):
        self.driver = driver
        self.secret = club.api_key
        self.wait = WebDriverWait(driver, 20)

    def open(self, url):
        self.driver.get(url)
        self.look()

    def look(self):
        wide, view = self.driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide <= view
        assert self.secret not in self.driver.page_source

    def see(self, selector):
        return self.wait.until(expected.visibility_of_element_located((By.CSS_SELECTOR, selector)))

    def pay(self, back):
        card = {"number": "4242424242424242", "expiry": "1234", "cvc": "123"}
        for name, text in {"email": "ada@example.com", "name": "Ada", **card}.items():
            self.see(f"#{name}").send_keys(text)
        self.press("#submit")
        self.wait.until(lambda driver: driver.current_url.startswith(back), "the buyer never came back")

    def press(self, selector):
        button = self.driver.find_element(By.CSS_SELECTOR, selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()


@pytest.mark.parametrize("driver", [(1280, 900), (320, 640)], indirect=True, ids=["desktop", "narrow"])
def test_an_upgrade_costs_what_its_preview_said(driver, club, origin, account):
    silver, account.offer = plan(club, SILVER), plan(club, GOLD)
    wanted = {"mode": "subscription", "price": silver, "success_url": f"{origin}/thanks", "cancel_url": origin}
    order = post(club, "/v1/checkout_sessions", wanted)
    buyer = Subscriber(driver, club)
    buyer.open(order["url"])
    buyer.pay(f"{origin}/thanks")
    active = club.wait_status(order["id"], "active")
    assert (active["amount"], active["currency"]) == (SILVER, "eur")
    account.tenant, account.subscription = club, active["subscription"]

    buyer.open(f"{origin}/account")
    assert buyer.see("#price").text == "9.00 EUR per month"
    buyer.press("button[value=preview]")
    due = buyer.see("#due").text
    cells = [cell.text for cell in driver.find_elements(By.CSS_SELECTOR, "#lines td")]
    shown = list(zip(cells[::2], cells[1::2]))
    buyer.look()
    assert len(shown) == 2
    # Nothing is billed by looking; and who thinks about it for a while pays no other amount.
    invoices = {"subscription": active["subscription"], "limit": 10}
    assert len(club.stripe.v1.invoices.list(invoices).data) == 1
    date = account.previewed["proration_date"]
    wait_until(lambda: time.time() > date + 2, "a while")
    buyer.press("button[value=confirm]")
    assert buyer.see("#price").text == "90000.00 EUR per month"
    buyer.look()

    bill, _ = club.stripe.v1.invoices.list(invoices).data
    assert (bill.status, money(bill.amount_paid)) == ("paid", due)
    assert [(line.description, money(line.amount)) for line in bill.lines.data] == shown
    assert {line.period.start for line in bill.lines.data} == {date}
    assert [one for one in driver.get_log("browser") if one["level"] == "SEVERE"] == []

    def counted():
        shown = club.call("GET", "/v1/dashboard").json()["active_subscriptions"]
        return shown == {"count": 1, "capped": False}

    wait_until(counted, "the subscription counts")
