"""A saved card was charged without its owner, its bank wants to see them, and they finish it on the recovery page."""

import pytest
from selenium.webdriver.common.keys import Keys


def demanded(shop, amount=1999, **fields):
    """The recovery page's address and the order, after a charge that the bank stopped."""
    customer = shop.call("POST", "/v1/customers", {"email": "ann@example.com"}).json()
    method = shop.stripe.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer["id"]})
    body = {"amount": amount, "currency": "eur", "customer": customer["id"], "payment_method": method.id, **fields}
    answer = shop.call("POST", "/v1/payment_intents/off_session", body)
    assert answer.status_code == 402, answer.text
    error = answer.json()["error"]
    return error["recovery_url"], error["order"]


def wait_state(page, *states):
    page.wait.until(lambda _: state(page) in states, f"the page never was {states}")


def state(page):
    return page.find("main").get_attribute("data-state")


def test_the_owner_confirms_and_the_order_turns_active(page, shop):
    url, order = demanded(shop, description="Refill")
    page.driver.get(url)
    wait_state(page, "confirm")
    assert page.find("#shop").text == "Corner shop"
    assert page.find("#amount").text == "€19.99"
    assert page.find("#description").text == "Refill"
    assert "asks you to confirm" in page.find("#state").text
    page.find("#confirm-submit").click()
    page.answer_challenge(confirm=True)
    wait_state(page, "done")
    assert "received" in page.find("#state").text
    assert page.focused("id") == "title"
    shop.wait_status(order["id"], "active")
    assert len(shop.storefront.events("order.activated", order["id"])) == 1
    assert page.severe() == []
    # A second look says so, and asks for nothing.
    page.driver.get("about:blank")
    page.driver.get(url)
    wait_state(page, "done")
    for program in shop.stack.programs[:-1]:
        assert order["client_secret"] not in program.output(), program.name


def test_who_does_not_confirm_may_try_again_or_pay_with_another_card(page, shop):
    url, order = demanded(shop)
    page.driver.get(url)
    wait_state(page, "confirm")
    for _ in range(2):
        page.find("#confirm-submit").click()
        page.answer_challenge(confirm=False)
        assert "not" in page.see("#notice").text
        assert state(page) == "confirm"
        page.wait.until(lambda _: page.find("#confirm-submit").is_enabled())
    page.find("#other-card").click()
    wait_state(page, "card")
    page.enter_card("5555555555554444")
    page.pay()
    wait_state(page, "done")
    assert shop.wait_status(order["id"], "active")["failure"] is None


def test_a_payment_that_was_begun_is_carried_out(page, shop):
    order = shop.start_payment(2500)
    shop.stripe.v1.payment_intents.confirm(
        order["payment_intent"], {"payment_method": "pm_card_threeDSecure2Required", "use_stripe_sdk": True}
    )
    page.driver.get(f"{shop.stack.api.url}/pay/{order['id']}#client_secret={order['client_secret']}")
    wait_state(page, "confirm")
    page.find("#confirm-submit").click()
    page.answer_challenge(confirm=True)
    wait_state(page, "done")
    shop.wait_status(order["id"], "active")


def test_a_declined_card_says_so_and_another_pays(page, shop):
    order = shop.start_payment(2500)
    page.driver.get(f"{shop.stack.api.url}/pay/{order['id']}#client_secret={order['client_secret']}")
    wait_state(page, "card")
    page.enter_card("4000000000000002")
    page.pay()
    assert "declined" in page.see("#notice").text
    page.enter_card("4242424242424242")
    page.pay()
    wait_state(page, "done")
    shop.wait_status(order["id"], "active")


def test_the_way_back_from_a_banks_page(page, shop):
    order = shop.start_payment(2500)
    shop.pay(order)
    secret = order["client_secret"]
    query = f"payment_intent={order['payment_intent']}&payment_intent_client_secret={secret}&redirect_status=succeeded"
    page.driver.get(f"{shop.stack.api.url}/pay/{order['id']}?{query}")
    wait_state(page, "done")
    assert page.driver.current_url == f"{shop.stack.api.url}/pay/{order['id']}#client_secret={secret}"


def test_the_keyboard_alone_is_enough(page, shop):
    url, order = demanded(shop)
    page.driver.get(url)
    wait_state(page, "confirm")
    page.tab_to("id", "confirm-submit", most=3)
    page.press(Keys.ENTER)
    page.answer_challenge(confirm=False)
    page.see("#notice")
    page.wait.until(lambda _: page.find("#confirm-submit").is_enabled())
    page.tab_to("id", "other-card", most=5)
    page.press(Keys.ENTER)
    wait_state(page, "card")
    page.wait.until(lambda _: page.find("#pay-submit").is_enabled())
    page.wait.until(lambda _: page.driver.switch_to.active_element.tag_name == "iframe")
    page.press("4242424242424242")
    page.press("1234")
    page.press("123")
    page.press(Keys.ENTER)
    wait_state(page, "done")
    shop.wait_status(order["id"], "active")


@pytest.mark.parametrize("page", [(320, 640)], indirect=True)
def test_a_narrow_screen_does_not_scroll_sideways(page, shop):
    url, _ = demanded(shop, 99999999, description="A very long description-without-any-place-to-break" * 4)
    page.driver.get(url)
    wait_state(page, "confirm")
    assert_fits(page)
    page.find("#other-card").click()
    wait_state(page, "card")
    page.wait.until(lambda _: page.find("#pay-submit").is_enabled())
    assert_fits(page)
    page.enter_card("4000000000000002")
    page.pay()
    page.see("#notice")
    assert_fits(page)


def assert_fits(page):
    wide, view = page.driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide <= view


def test_a_link_that_leads_nowhere_says_so(page, shop):
    order, other = shop.start_payment(), shop.start_payment()
    base = f"{shop.stack.api.url}/pay/{order['id']}"
    for link in (base, f"{base}#client_secret={other['client_secret']}", f"{base}#client_secret=x"):
        page.driver.get("about:blank")
        page.driver.get(link)
        wait_state(page, "problem")
        assert page.find("#notice").text.startswith("This link")
        assert not page.find("#amount").is_displayed()


def test_a_closed_payment_asks_for_nothing(page, shop):
    url, order = demanded(shop)
    assert shop.call("POST", f"/v1/orders/{order['id']}/cancel").status_code == 200
    page.driver.get(url)
    wait_state(page, "over")
    assert not page.find("#confirm").is_displayed()
