"""A buyer pays on the sandbox's hosted Checkout page in a real browser."""

import pytest
from harness.sandbox import Sandbox
from harness.stack import temporary_folder
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import WebDriverWait
from shop_page import shop_page

MUG = {"price_data": {"currency": "eur", "unit_amount": 1450, "product_data": {"name": "Stoneware mug"}}, "quantity": 2}


@pytest.fixture(scope="module")
def shop():
    """A page that any address of the shop answers."""
    with shop_page() as origin:
        yield origin


@pytest.fixture(scope="module")
def account():
    with temporary_folder() as folder:
        sandbox = Sandbox(folder)
        try:
            yield sandbox.start().account()
        finally:
            sandbox.close()


class Checkout:
    """The hosted page, as a buyer uses it."""

    def __init__(self, driver, account, shop):
        self.driver = driver
        self.account = account
        self.shop = shop
        self.wait = WebDriverWait(driver, 20)
        self.session = None

    def open(self, mode="payment", **fields):
        items = {} if mode == "setup" else {"line_items": [MUG]}
        urls = {
            "success_url": f"{self.shop}/thanks?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{self.shop}/basket",
        }
        self.session = self.account.v1.checkout.sessions.create({"mode": mode, **urls, **items, **fields})
        self.driver.get(self.session.url)
        return self

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def see(self, selector):
        return self.wait.until(expected.visibility_of_element_located((By.CSS_SELECTOR, selector)))

    def type(self, name, text):
        box = self.see(f"#{name}")
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(Keys.DELETE)
        box.send_keys(text)

    def fill(self, number="4242424242424242", email="ada@example.com"):
        for name, text in (("email", email), ("number", number), ("expiry", "1234"), ("cvc", "123"), ("name", "Ada")):
            if not self.find(f"#{name}").get_attribute("readonly"):
                self.type(name, text)
        return self

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def pay(self):
        button = self.find("#submit")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def wait_for_shop(self, path="/thanks"):
        self.wait.until(lambda driver: driver.current_url.startswith(f"{self.shop}{path}"), "the buyer never came back")

    def wait_text(self, selector, text):
        self.wait.until(lambda _: text in self.find(selector).text, f"{selector} never said {text}")

    def now(self, **options):
        return self.account.v1.checkout.sessions.retrieve(self.session.id, options)

    def complaints(self, expected_status=None):
        entries = [one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]
        return [text for text in entries if not expected_status or f"status of {expected_status}" not in text]


@pytest.fixture
def checkout(driver, account, shop):
    return Checkout(driver, account, shop)


def test_a_card_pays_and_the_buyer_is_back_in_the_shop(checkout):
    checkout.open()
    assert checkout.find(".total").text == "29.00 EUR"
    assert checkout.find("#number").get_attribute("autocomplete") == "cc-number"
    checkout.fill().pay()
    checkout.wait_for_shop()
    assert checkout.driver.current_url.endswith(f"?session={checkout.session.id}")
    done = checkout.now()
    assert (done.status, done.payment_status, done.customer_details.email) == ("complete", "paid", "ada@example.com")
    assert checkout.complaints() == []
    checkout.driver.get(checkout.session.url)
    assert "all done here" in checkout.see("h1").text
    assert "4242424242424242" not in checkout.account.sandbox.program.output()


def test_faults_are_shown_beside_their_fields_and_declines_above(checkout):
    checkout.open()
    checkout.pay()
    assert "email" in checkout.find("#email-error").text
    assert checkout.driver.switch_to.active_element.get_attribute("id") == "email"
    assert checkout.find("#email").get_attribute("aria-invalid") == "true"
    checkout.fill("4000000000000002").pay()
    checkout.wait_text("#problem", "Your card was declined.")
    assert checkout.driver.switch_to.active_element.get_attribute("id") == "problem"
    checkout.fill("4000000000000127").pay()
    checkout.wait_text("#cvc-error", "security code is incorrect")
    checkout.fill().pay()
    checkout.wait_for_shop()
    assert checkout.complaints(expected_status=402) == []


def test_3d_secure_failed_and_then_confirmed(checkout):
    checkout.open().fill("4000002500003155").pay()
    checkout.see("#test-source-fail-3ds").click()
    checkout.wait_text("#problem", "unable to authenticate")
    checkout.fill("4000002500003155").pay()
    checkout.see("#test-source-authorize-3ds").click()
    checkout.wait_for_shop()
    assert checkout.now().payment_status == "paid"


def test_a_promotion_code_is_taken_and_given_back_without_losing_what_was_typed(checkout):
    coupon = checkout.account.v1.coupons.create({"percent_off": 10})
    checkout.account.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "FALL20"})
    checkout.open(allow_promotion_codes=True).fill()
    checkout.type("code", "SPRING")
    checkout.press(Keys.ENTER)
    checkout.wait_text("#code-error", "This code is invalid.")
    checkout.type("code", "FALL20")
    checkout.press(Keys.ENTER)
    checkout.wait_text("#submit", "26.10")
    assert checkout.find("#number").get_attribute("value") == "4242 4242 4242 4242"
    checkout.see("[data-remove-code]").click()
    checkout.wait_text("#submit", "29.00")
    checkout.type("code", "FALL20")
    checkout.press(Keys.ENTER)
    checkout.wait_text("#submit", "26.10")
    checkout.pay()
    checkout.wait_for_shop()
    assert checkout.now().amount_total == 2610


def test_a_subscription_with_a_trial_says_what_follows(checkout):
    wanted = {"currency": "eur", "unit_amount": 900, "recurring": {"interval": "month"}}
    price = checkout.account.v1.products.create({"name": "Club", "default_price_data": wanted}).default_price
    checkout.open(
        "subscription",
        line_items=[{"price": price, "quantity": 1}],
        subscription_data={"trial_period_days": 7},
        customer_email="ada@example.com",
    )
    assert checkout.find(".recurrence").text == "7 days free, then 9.00 EUR per month"
    assert checkout.find("#submit").text == "Start trial"
    checkout.fill().pay()
    checkout.wait_for_shop()
    assert checkout.now(expand=["subscription"]).subscription.status == "trialing"


def test_a_bank_debit_is_on_its_way(checkout):
    checkout.open(allowed_payment_method_types=["card", "sepa_debit"])
    assert not checkout.find("#iban").is_displayed()
    checkout.find("input[value=sepa_debit]").click()
    assert not checkout.find("#number").is_displayed()
    for name, text in (("email", "ada@example.com"), ("iban", "DE89 3704 0044 0532 0130 00"), ("name", "Ada")):
        checkout.type(name, text)
    checkout.pay()
    checkout.wait_for_shop()
    assert checkout.now(expand=["payment_intent"]).payment_intent.status in ("processing", "succeeded")


def test_the_keyboard_alone_is_enough(checkout):
    checkout.open()
    checkout.see("#email").click()
    checkout.press("ada@example.com", Keys.TAB)
    checkout.press("4242424242424242", Keys.TAB, "1234", Keys.TAB, "123", Keys.TAB, "Ada", Keys.ENTER)
    checkout.wait_for_shop()
    assert checkout.now().payment_status == "paid"


def test_the_buyer_goes_back_or_comes_too_late(checkout):
    checkout.open()
    checkout.find("a.back").click()
    checkout.wait_for_shop("/basket")
    checkout.driver.get(checkout.session.url)
    checkout.fill()
    checkout.account.v1.checkout.sessions.expire(checkout.session.id)
    checkout.pay()
    checkout.wait_text("h1", "expired")
    assert checkout.find("a.back").get_attribute("href") == f"{checkout.shop}/basket"


@pytest.mark.parametrize("driver", [(320, 640)], indirect=True)
def test_a_narrow_screen_does_not_scroll_sideways(checkout):
    checkout.open(allow_promotion_codes=True, allowed_payment_method_types=["card", "sepa_debit"])
    assert checkout.driver.execute_script("return document.documentElement.scrollWidth") <= 320
    checkout.fill().pay()
    checkout.wait_for_shop()


def test_every_field_has_a_name_for_screen_readers(checkout):
    checkout.open(allow_promotion_codes=True, allowed_payment_method_types=["card", "sepa_debit"])
    unnamed = checkout.driver.execute_script(
        "return [...document.querySelectorAll('input, select, button')]"
        ".filter((one) => !(one.labels?.length || one.textContent.trim())).map((one) => one.outerHTML)"
    )
    assert unnamed == []
    assert checkout.driver.execute_script("return document.querySelectorAll('h1').length") == 1
