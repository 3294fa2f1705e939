"""The demo storefront as a buyer uses it."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import WebDriverWait


class DemoPage:
    def __init__(self, driver, url):
        self.driver = driver
        self.url = url
        self.wait = WebDriverWait(driver, 20)
        self.complaints = []

    def open(self):
        self.driver.get(self.url)
        return self

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def see(self, selector):
        return self.wait.until(expected.visibility_of_element_located((By.CSS_SELECTOR, selector)))

    def add(self, sku, times=1):
        self.see(f".catalog-item[data-sku={sku}]")
        button = self.find(f".catalog-item[data-sku={sku}] button[data-action=add]")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        for _ in range(times):
            button.click()

    def check_out(self):
        self.wait.until(expected.element_to_be_clickable((By.ID, "pay-start"))).click()
        self.wait.until(expected.element_to_be_clickable((By.ID, "pay-submit")))

    def enter_card(self, number, expiry="12 / 34", cvc="123"):
        frame = (By.CSS_SELECTOR, "#payment-element iframe")
        self.wait.until(expected.frame_to_be_available_and_switch_to_it(frame))
        for name, text in (("number", number), ("expiry", expiry), ("cvc", cvc)):
            box = self.see(f"input[name={name}]")
            box.send_keys(Keys.CONTROL, "a")
            box.send_keys(Keys.DELETE)
            box.send_keys(text)
        self.driver.switch_to.default_content()

    def pay(self):
        self.wait.until(expected.element_to_be_clickable((By.ID, "pay-submit"))).click()

    def answer_challenge(self, confirm):
        frame = (By.CSS_SELECTOR, "dialog[data-stripe-challenge] iframe")
        self.wait.until(expected.frame_to_be_available_and_switch_to_it(frame))
        self.see("#test-source-authorize-3ds" if confirm else "#test-source-fail-3ds").click()
        self.driver.switch_to.default_content()

    def wait_status(self, *statuses):
        def reached(_):
            return self.find("#order-status").get_attribute("data-status") in statuses

        self.wait.until(reached, f"the page never showed {statuses}")

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self, attribute):
        return self.driver.switch_to.active_element.get_attribute(attribute)

    def tab_to(self, attribute, value, most=40):
        for _ in range(most):
            self.press(Keys.TAB)
            if self.focused(attribute) == value:
                return
        raise AssertionError(f"no element with {attribute}={value} is reached by the keyboard")

    def severe(self, expected_status=None):
        """What the browser complained of, but for the answer status that the test provoked."""
        entries = [one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]
        return [text for text in entries if not expected_status or f"status of {expected_status}" not in text]
