"""A buyer pays on the demo storefront in a real browser, and the order turns active before their eyes."""

import pytest
from selenium.webdriver.common.keys import Keys


def newest_order(shop):
    return shop.call("GET", "/v1/orders?limit=1").json()["data"][0]


def test_a_card_pays_and_the_order_turns_active(page, shop):
    page.open()
    page.add("mug", 2)
    page.add("beans")
    assert page.find("#basket-amount").text == "€38.90"
    page.check_out()
    page.enter_card("4242424242424242")
    page.pay()
    page.wait_status("active")
    assert not page.find("#payment").is_displayed()
    order = newest_order(shop)
    assert (order["status"], order["amount"], order["currency"]) == ("active", 3890, "eur")
    assert len(shop.storefront.events("order.activated", order["id"])) == 1
    assert page.severe() == []
    for program in shop.stack.programs:
        assert "4242424242424242" not in program.output()


def test_a_declined_card_says_so_and_another_pays(page, shop):
    page.open()
    page.add("mug")
    page.check_out()
    page.enter_card("4000000000000002")
    page.pay()
    assert "declined" in page.see("#payment-error").text
    page.wait_status("failed")
    page.enter_card("5555555555554444")
    page.pay()
    page.wait_status("active")
    assert page.severe(expected_status=402) == []


def test_3d_secure_failed_and_then_confirmed(page, shop):
    page.open()
    page.add("beans", 3)
    page.check_out()
    page.enter_card("4000002500003155")
    page.pay()
    page.wait_status("requires_action")
    page.answer_challenge(confirm=False)
    assert page.see("#payment-error").text
    page.wait_status("failed")
    page.pay()
    page.answer_challenge(confirm=True)
    page.wait_status("active")
    assert newest_order(shop)["amount"] == 2970


def test_the_keyboard_alone_is_enough(page):
    page.open()
    page.see(".catalog-item")
    page.tab_to("data-action", "add")
    page.press(Keys.ENTER)
    page.tab_to("id", "pay-start")
    page.press(Keys.ENTER)
    page.see("#pay-submit")
    page.wait.until(lambda _: page.find("#pay-submit").is_enabled())
    assert page.focused("id") == "payment-title"
    page.press(Keys.TAB, Keys.TAB)
    page.press("4242424242424242")
    page.press("1234")
    page.press("123")
    page.press(Keys.ENTER)
    page.wait_status("active")


@pytest.mark.parametrize("page", [(320, 640), (360, 740)], indirect=True)
def test_a_narrow_screen_does_not_scroll_sideways(page):
    page.open()
    page.add("mug")
    assert_fits(page)
    page.check_out()
    assert_fits(page)
    page.enter_card("378282246310005", cvc="1234")
    page.pay()
    page.wait_status("active")
    assert_fits(page)


def assert_fits(page):
    wide, view = page.driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide <= view


def test_no_such_tenant_is_a_page_and_not_a_trace(page):
    page.url = page.url.rsplit("/", 1)[0] + "/ten_nobody"
    page.open()
    assert page.see("h1").text
    assert "ten_nobody" not in page.driver.page_source
