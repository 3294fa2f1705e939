"""The dashboard in a real browser: log in, watch it change, log out."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import WebDriverWait


class DashboardPage:
    def __init__(self, driver, shop):
        self.driver = driver
        self.shop = shop
        self.wait = WebDriverWait(driver, 20)

    def open(self):
        self.driver.get(f"{self.shop.stack.api.url}/dashboard")
        return self

    def log_in(self, key=None):
        self.open()
        self.see("#key").send_keys(key or self.shop.api_key, Keys.ENTER)
        return self

    def see(self, selector):
        return self.wait.until(expected.visibility_of_element_located((By.CSS_SELECTOR, selector)))

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def refresh(self):
        """What happens by itself every ten seconds, and whenever the page comes into view."""
        self.driver.execute_script("document.dispatchEvent(new Event('visibilitychange'))")

    def wait_text(self, selector, text):
        def shown(_):
            self.refresh()
            return text in self.find(selector).text

        self.wait.until(shown, f"{selector} never said {text}")

    def complaints(self, expected_status=None):
        entries = [one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]
        return [text for text in entries if not expected_status or f"status of {expected_status}" not in text]


@pytest.fixture
def own(shop):
    """A tenant whose figures no other test changes."""
    return shop.stack.tenant("Bücher & Töne")


@pytest.fixture
def dashboard(driver, own):
    return DashboardPage(driver, own)


def pay(shop, amount=1999, currency="eur"):
    order = shop.start_payment(amount, currency, description="Two mugs")
    shop.pay(order)
    return shop.wait_status(order["id"], "active")


def test_figures_change_before_the_readers_eyes_and_nothing_else_does(dashboard, own):
    dashboard.log_in()
    dashboard.see("[data-dashboard]")
    assert "Bücher & Töne" in dashboard.find("header").text
    assert "No orders yet." in dashboard.find("[data-part=orders]").text
    assert "No charges yet." in dashboard.find("[data-part=charges]").text
    # The reader stands on a button, and marks what must not be replaced.
    script = """
        document.querySelector('#pause').focus();
        window.mark = document.querySelector('[data-part=subscriptions]').firstChild;
        window.changes = 0;
        new MutationObserver((all) => { window.changes += all.length }).observe(
            document.querySelector('[data-part=subscriptions]'), { childList: true, subtree: true });
    """
    dashboard.driver.execute_script(script)
    pay(own, 500, "jpy")
    dashboard.wait_text("[data-part=charges]", "500 JPY")
    dashboard.wait_text("[data-status=active]", "1")
    dashboard.wait_text("[data-currency=JPY]", "JPY")
    assert dashboard.driver.execute_script("return document.activeElement.id") == "pause"
    assert dashboard.driver.execute_script("return [window.mark.isConnected, window.changes]") == [True, 0]
    assert dashboard.complaints() == []


def test_it_refreshes_by_itself(dashboard, own):
    dashboard.log_in()
    dashboard.see("[data-dashboard]")
    pay(own)
    dashboard.wait.until(lambda _: "19.99 EUR" in dashboard.find("[data-part=charges]").text, "it never changed")


def test_updates_can_be_paused(dashboard, own):
    dashboard.log_in()
    dashboard.see("#pause").click()
    assert dashboard.find("#pause").get_attribute("aria-pressed") == "true"
    pay(own)
    for _ in range(5):
        dashboard.refresh()
    assert "No charges yet." in dashboard.find("[data-part=charges]").text
    dashboard.find("#pause").click()
    dashboard.wait_text("[data-part=charges]", "19.99 EUR")


def test_the_keyboard_alone_is_enough(dashboard, own):
    dashboard.open()
    assert dashboard.driver.switch_to.active_element.get_attribute("id") == "key"
    dashboard.driver.switch_to.active_element.send_keys(own.api_key, Keys.TAB, Keys.ENTER)
    dashboard.see("[data-dashboard]")
    order = []
    for _ in range(3):
        dashboard.find("body").send_keys(
            Keys.TAB
        ) if not order else dashboard.driver.switch_to.active_element.send_keys(Keys.TAB)
        order.append(dashboard.driver.switch_to.active_element.text)
    assert order == ["Skip to the figures", "Log out", "Pause updates"]
    dashboard.find("header button").send_keys(Keys.ENTER)
    assert dashboard.see("#key").get_attribute("value") == ""
    dashboard.open()
    dashboard.see("#key")
    assert dashboard.complaints() == []


def test_a_wrong_key_says_so_beside_the_field(dashboard, own):
    dashboard.log_in(own.publishable_key)
    assert "no secret key" in dashboard.see("[role=alert]").text
    assert "problem" in dashboard.find("#key").get_attribute("aria-describedby").split()
    assert own.publishable_key not in dashboard.driver.page_source
    assert dashboard.complaints(expected_status=403) == []


def test_a_session_that_ended_leads_to_the_form(dashboard, own):
    made = own.stack.ctl("key", "create", own.id, "--scope", "dashboard:read", "--json")
    dashboard.log_in(made["api_key"])
    dashboard.see("[data-dashboard]")
    own.stack.ctl("key", "revoke", own.id, made["id"])
    dashboard.refresh()
    assert "Your session has ended" in dashboard.see("[role=alert]").text


def test_figures_that_are_stale_say_so(dashboard):
    dashboard.log_in()
    dashboard.see("[data-dashboard]")
    offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    dashboard.driver.execute_cdp_cmd("Network.enable", {})
    dashboard.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": True, **offline})
    dashboard.refresh()
    dashboard.wait.until(lambda _: "not up to date" in dashboard.find("#refresh").text, "nothing was said")
    dashboard.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": False, **offline})
    dashboard.wait.until(lambda _: dashboard.refresh() or dashboard.find("#refresh").text == "", "it never recovered")


@pytest.mark.parametrize("driver", [(320, 640), (1280, 900)], indirect=True)
def test_it_fits_in_light_and_in_dark(dashboard, own):
    pay(own, 99_999_999, "jpy")
    pay(own, 123_456, "eur")
    dashboard.open()
    assert_fits(dashboard)
    dashboard.log_in()
    dashboard.wait_text("[data-part=charges]", "1234.56 EUR")
    grounds = set()
    for scheme in ("light", "dark"):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        dashboard.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        assert_fits(dashboard)
        grounds.add(
            dashboard.driver.execute_script("return getComputedStyle(document.documentElement).backgroundColor")
        )
    assert len(grounds) == 2


def assert_fits(dashboard):
    wide, view = dashboard.driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide <= view
    outside = "return [...document.querySelectorAll('.panel')].filter((panel) => panel.scrollWidth > panel.clientWidth).length"
    assert dashboard.driver.execute_script(outside) == 0


def test_screen_readers_are_told_what_is_what(dashboard, own):
    pay(own)
    dashboard.open()
    unnamed = (
        "return [...document.querySelectorAll('input, button')]"
        ".filter((one) => !(one.labels?.length || one.textContent.trim())).map((one) => one.outerHTML)"
    )
    assert dashboard.driver.execute_script(unnamed) == []
    dashboard.log_in()
    dashboard.see("[data-dashboard]")
    assert dashboard.driver.execute_script(unnamed) == []
    counted = "return ['h1', 'main', 'section:not([aria-labelledby])', 'th:not([scope])'].map((s) => document.querySelectorAll(s).length)"
    assert dashboard.driver.execute_script(counted) == [1, 1, 0, 0]
    assert dashboard.driver.execute_script("return document.documentElement.lang") == "en"
