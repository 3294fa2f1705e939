"""The official SDK drives the sandbox: Checkout Sessions and their hosted page."""

import time

import pytest
import stripe
from harness.checkout import CheckoutPage
from harness.refusals import invalid
from harness.sandbox import Sandbox, answer_challenge
from harness.stack import temporary_folder
from harness.typed import misfits
from harness.waiting import wait_until

SUCCESS = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"
MUG = {"price_data": {"currency": "eur", "unit_amount": 1450, "product_data": {"name": "Stoneware mug"}}, "quantity": 2}


def open_session(account, mode="payment", **fields):
    items = {} if mode == "setup" else {"line_items": [MUG]}
    return account.v1.checkout.sessions.create(
        {"mode": mode, "success_url": SUCCESS, "cancel_url": "https://shop.example/basket", **items, **fields}
    )


def monthly(account, amount=900, **recurring):
    """A price of a subscription."""
    wanted = {"currency": "eur", "unit_amount": amount, "recurring": {"interval": "month", **recurring}}
    return account.v1.products.create({"name": "Beans club", "default_price_data": wanted}).default_price


def subscription_session(account, amount=900, **fields):
    return open_session(
        account, "subscription", line_items=[{"price": monthly(account, amount), "quantity": 1}], **fields
    )


def reread(account, session, **options):
    now = account.v1.checkout.sessions.retrieve(session.id, options)
    assert misfits(now) == []
    return now


def thanks(session):
    return SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id)


def types(account, *patterns):
    """The events of the account, oldest first."""
    listed = account.v1.events.list({"limit": 100, **({"types": list(patterns)} if patterns else {})})
    return [event.type for event in reversed(listed.data)]


def test_a_session_shows_its_items_and_waits_for_the_buyer(account):
    session = open_session(account, metadata={"cart": "7"}, client_reference_id="7", customer_email="ada@example.com")
    assert isinstance(session, stripe.checkout.Session)
    assert misfits(session) == []
    assert session.id.startswith("cs_test_")
    assert (session.status, session.payment_status, session.mode) == ("open", "unpaid", "payment")
    assert (session.amount_subtotal, session.amount_total, session.currency) == (2900, 2900, "eur")
    assert (session.payment_intent, session.customer, session.customer_creation) == (None, None, "if_required")
    assert session.customer_details.email == "ada@example.com"
    assert 86_390 <= session.expires_at - session.created <= 86_400
    items = account.v1.checkout.sessions.line_items.list(session.id)
    assert [(item.description, item.quantity, item.amount_total) for item in items.data] == [("Stoneware mug", 2, 2900)]
    assert misfits(items.data[0]) == []
    assert items.data[0].price.active is False
    whole = reread(account, session, expand=["line_items.data.price.product"])
    assert whole.line_items.data[0].price.product.name == "Stoneware mug"
    page = CheckoutPage(session).show()
    assert page.status_code == 200
    for text in ("Stoneware mug", "2 × 14.50 EUR", "29.00 EUR", "ada@example.com", "https://shop.example/basket"):
        assert text in page.text


def test_many_items_are_read_a_page_at_a_time(account):
    price = account.v1.prices.create({"currency": "eur", "unit_amount": 100, "product_data": {"name": "Bean"}})
    session = open_session(account, line_items=[{"price": price.id, "quantity": n} for n in range(1, 13)])
    assert len(reread(account, session, expand=["line_items"]).line_items.data) == 10
    listed = account.v1.checkout.sessions.line_items.list(session.id, {"limit": 5})
    assert [item.quantity for item in listed.auto_paging_iter()] == list(range(1, 13))


def test_a_card_pays_and_the_buyer_goes_to_the_shop(account):
    data = {"metadata": {"order": "7"}, "description": "Two mugs", "receipt_email": "r@example.com"}
    session = open_session(account, payment_intent_data=data, metadata={"cart": "7"})
    assert CheckoutPage(session).pay() == {"url": thanks(session)}
    done = reread(account, session, expand=["payment_intent.latest_charge"])
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert (done.customer_details.email, done.customer_details.name) == ("buyer@example.com", "Ada Buyer")
    assert (done.customer_details.address.country, done.customer) == ("DE", None)
    intent = done.payment_intent
    assert (intent.status, intent.amount, intent.metadata["order"]) == ("succeeded", 2900, "7")
    assert (intent.description, intent.receipt_email) == ("Two mugs", "r@example.com")
    assert intent.latest_charge.billing_details.email == "buyer@example.com"
    assert types(account) == [
        "product.created",
        "price.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    told = account.v1.events.list({"type": "checkout.session.completed"}).data[0].data.object
    assert (told.payment_status, told.metadata["cart"], told.payment_intent) == ("paid", "7", intent.id)
    assert account.v1.checkout.sessions.list({"payment_intent": intent.id}).data[0].id == session.id
    again = CheckoutPage(session).pay()
    assert again["error"]["code"] == "checkout_session_complete"
    assert "done here" in CheckoutPage(session).show().text


@pytest.mark.parametrize(
    ("number", "fields", "code", "param"),
    [
        ("4000000000000002", {}, "card_declined", None),
        ("4000000000000069", {}, "expired_card", "exp_month"),
        ("4242424242424241", {}, "incorrect_number", "card[number]"),
        ("4242424242424242", {"email": "nobody"}, "email_invalid", "email"),
    ],
)
def test_what_went_wrong_is_said_and_another_card_pays(account, number, fields, code, param):
    session = open_session(account)
    error = CheckoutPage(session).pay(number, **fields)["error"]
    assert (error["code"], error["param"]) == (code, param)
    assert reread(account, session).status == "open"
    assert CheckoutPage(session).pay() == {"url": thanks(session)}
    assert len(account.v1.payment_intents.list().data) == 1


def test_3d_secure_failed_and_then_passed(account):
    session = open_session(account)
    back = CheckoutPage(session).pay_with_challenge("4000002760003184", "failed")
    assert back.status_code == 200
    assert "unable to authenticate" in back.text
    assert reread(account, session).status == "open"
    back = CheckoutPage(session).pay_with_challenge("4000002760003184", "succeeded")
    assert (back.status_code, back.headers["Location"]) == (303, thanks(session))
    done = reread(account, session)
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert types(account, "payment_intent.*", "checkout.*") == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


@pytest.mark.parametrize(
    ("account_number", "last_event", "payment_status"),
    [
        ("000123456789", "checkout.session.async_payment_succeeded", "paid"),
        ("000222222227", "checkout.session.async_payment_failed", "unpaid"),
    ],
)
def test_a_bank_debit_is_paid_or_not_after_the_session(account, account_number, last_event, payment_status):
    mug = {**MUG, "price_data": {**MUG["price_data"], "currency": "usd"}}
    session = open_session(account, line_items=[mug], allowed_payment_method_types=["card", "us_bank_account"])
    assert session.payment_method_types == ["card", "us_bank_account"]
    url = CheckoutPage(session).debit("us_bank_account", routing_number="110000000", account_number=account_number)
    assert url == {"url": thanks(session)}
    told = account.v1.events.list({"type": "checkout.session.completed"}).data[0].data.object
    assert (told.status, told.payment_status) == ("complete", "unpaid")
    wait_until(lambda: last_event in types(account, "checkout.*"), last_event)
    assert types(account, "checkout.*") == ["checkout.session.completed", last_event]
    assert reread(account, session).payment_status == payment_status


@pytest.mark.parametrize(
    "fields",
    [
        {"payment_intent_data": {"capture_method": "manual"}},
        {"payment_method_options": {"card": {"capture_method": "manual"}}},
    ],
    ids=["all", "cards"],
)
def test_a_payment_that_is_only_held_is_paid_once_it_is_captured(account, fields):
    session = open_session(account, **fields)
    CheckoutPage(session).pay()
    held = reread(account, session)
    assert (held.status, held.payment_status) == ("complete", "unpaid")
    account.v1.payment_intents.capture(held.payment_intent)
    assert reread(account, session).payment_status == "paid"
    assert types(account, "checkout.*") == ["checkout.session.completed"]


@pytest.mark.parametrize(
    "fields",
    [{"customer_creation": "always"}, {"payment_intent_data": {"setup_future_usage": "off_session"}}],
    ids=["asked for", "needed"],
)
def test_a_customer_is_made_where_one_is_needed(account, fields):
    session = open_session(account, **fields)
    assert "error" in CheckoutPage(session).pay("4000000000000002")
    CheckoutPage(session).pay()
    done = reread(account, session, expand=["customer", "payment_intent"])
    assert (done.customer.email, done.customer.name) == ("buyer@example.com", "Ada Buyer")
    assert done.payment_intent.customer == done.customer.id
    assert len(account.v1.customers.list().data) == 1
    saved = account.v1.customers.payment_methods.list(done.customer.id).data
    assert len(saved) == (1 if "payment_intent_data" in fields else 0)


def test_a_known_customer_pays(account):
    customer = account.v1.customers.create({"email": "ada@example.com", "name": "Ada"})
    session = open_session(account, customer=customer.id)
    assert (session.customer_details.email, session.customer_creation) == ("ada@example.com", None)
    CheckoutPage(session).pay(email="other@example.com")
    done = reread(account, session, expand=["payment_intent"])
    assert (done.customer, done.payment_intent.customer) == (customer.id, customer.id)
    assert done.customer_details.email == "ada@example.com"
    assert account.v1.checkout.sessions.list({"customer": customer.id}).data[0].id == session.id


def test_setup_mode_saves_a_card(account):
    customer = account.v1.customers.create({"email": "ada@example.com"})
    session = open_session(
        account, "setup", currency="eur", customer=customer.id, setup_intent_data={"metadata": {"a": "1"}}
    )
    assert misfits(session) == []
    assert (session.payment_status, session.amount_total) == ("no_payment_required", None)
    setup = account.v1.setup_intents.retrieve(session.setup_intent)
    assert (setup.metadata["a"], setup.customer) == ("1", customer.id)
    assert CheckoutPage(session).pay("4000000000000002")["error"]["code"] == "card_declined"
    back = CheckoutPage(session).pay_with_challenge("4000002500003155", "succeeded")
    assert back.headers["Location"] == thanks(session)
    done = reread(account, session, expand=["setup_intent"])
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    saved = [method.id for method in account.v1.customers.payment_methods.list(customer.id).data]
    assert saved == [done.setup_intent.payment_method]
    assert account.pay(saved[0], customer=customer.id, off_session=True).status == "succeeded"
    assert types(account, "checkout.*", "setup_intent.*") == [
        "setup_intent.created",
        "setup_intent.setup_failed",
        "setup_intent.requires_action",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_promotion_code_makes_it_cheaper(account):
    coupon = account.v1.coupons.create({"percent_off": 25})
    code = account.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "FALL20"})
    session = open_session(account, allow_promotion_codes=True)
    page = CheckoutPage(session)
    assert page.apply_code("SPRING")["error"]["code"] == "promotion_code_invalid"
    assert page.apply_code("fall20") == {}
    assert "FALL20" in page.show().text
    now = reread(account, session)
    assert (now.amount_subtotal, now.amount_total, now.total_details.amount_discount) == (2900, 2175, 725)
    assert now.discounts[0].promotion_code == code.id
    assert page.apply_code("") == {}
    assert reread(account, session).amount_total == 2900
    page.apply_code("FALL20")
    page.pay()
    assert reread(account, session, expand=["payment_intent"]).payment_intent.amount == 2175
    assert account.v1.promotion_codes.retrieve(code.id).times_redeemed == 1
    assert account.v1.coupons.retrieve(coupon.id).times_redeemed == 1


def test_a_code_after_a_declined_card_counts_for_the_next(account):
    coupon = account.v1.coupons.create({"percent_off": 50})
    account.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"})
    session = open_session(account, allow_promotion_codes=True)
    page = CheckoutPage(session)
    assert page.pay("4000000000000002")["error"]["code"] == "card_declined"
    page.apply_code("HALF")
    page.pay()
    intent = reread(account, session, expand=["payment_intent"]).payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 1450)


def test_a_kind_of_payment_method_that_the_page_does_not_offer_is_refused(account):
    for session in (open_session(account), subscription_session(account)):
        error = CheckoutPage(session).debit("sepa_debit", iban="DE89370400440532013000")["error"]
        assert error["param"] == "method"
        assert reread(account, session).status == "open"


def test_a_coupon_for_an_amount_is_spread_over_the_items(account):
    coupon = account.v1.coupons.create({"amount_off": 1000, "currency": "eur"})
    one = {"price_data": {"currency": "eur", "unit_amount": 333, "product_data": {"name": "Bean"}}, "quantity": 1}
    session = open_session(account, line_items=[MUG, one], discounts=[{"coupon": coupon.id}])
    items = account.v1.checkout.sessions.line_items.list(session.id).data
    assert [item.amount_discount for item in items] == [897, 103]
    assert session.amount_total == 2900 + 333 - 1000
    assert CheckoutPage(session).apply_code("x")["error"]["message"]


def test_what_costs_nothing_needs_no_card(account):
    coupon = account.v1.coupons.create({"percent_off": 100})
    session = open_session(account, discounts=[{"coupon": coupon.id}])
    assert (session.amount_total, session.payment_status) == (0, "no_payment_required")
    assert 'name="number"' not in CheckoutPage(session).show().text
    assert CheckoutPage(session).agree() == {"url": thanks(session)}
    done = reread(account, session)
    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "no_payment_required", None)


def test_automatic_tax_is_nought_and_complete(account):
    session = open_session(account, automatic_tax={"enabled": True})
    assert session.automatic_tax.status == "requires_location_inputs"
    CheckoutPage(session).pay()
    done = reread(account, session)
    assert (done.automatic_tax.status, done.total_details.amount_tax) == ("complete", 0)
    customer = account.v1.customers.create()
    with invalid("customer_tax_location_invalid", "automatic_tax[enabled]"):
        open_session(account, automatic_tax={"enabled": True}, customer=customer.id)
    session = open_session(
        account, automatic_tax={"enabled": True}, customer=customer.id, customer_update={"address": "auto"}
    )
    CheckoutPage(session).pay()
    assert account.v1.customers.retrieve(customer.id).address.country == "DE"


def test_a_session_is_expired_by_a_call(account):
    session = open_session(account)
    CheckoutPage(session).pay("4000000000000002")
    expired = account.v1.checkout.sessions.expire(session.id)
    assert misfits(expired) == []
    assert (expired.status, expired.url) == ("expired", None)
    assert CheckoutPage(session).pay()["error"]["code"] == "checkout_session_expired"
    assert "expired" in CheckoutPage(session).show().text
    assert account.v1.payment_intents.retrieve(expired.payment_intent).status == "canceled"
    with invalid():
        account.v1.checkout.sessions.expire(session.id)
    assert types(account, "checkout.*") == ["checkout.session.expired"]


def test_a_session_expires_by_itself(account):
    session = open_session(account, expires_at=int(time.time()) + 1800)
    account.sandbox.post("/_sandbox/appointments/hurry?within=1900")
    wait_until(lambda: reread(account, session).status == "expired", "the end of the session")
    assert types(account, "checkout.*") == ["checkout.session.expired"]


def test_a_session_of_a_connected_account_has_its_platforms_fee(account):
    connected = account.v1.accounts.create({"business_profile": {"name": "Corner shop"}})
    options = {"stripe_account": connected.id}
    session = account.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": SUCCESS,
            "line_items": [MUG],
            "payment_intent_data": {"application_fee_amount": 145},
        },
        options,
    )
    assert "Corner shop" in CheckoutPage(session).show().text
    CheckoutPage(session).pay()
    done = account.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]}, options)
    assert misfits(done) == []
    charge = done.payment_intent.latest_charge
    assert (charge.application_fee_amount, charge.application) == (145, done.payment_intent.application)
    assert account.v1.application_fees.retrieve(charge.application_fee).amount == 145
    assert account.v1.checkout.sessions.list().data == []


def test_a_session_survives_a_sigkill():
    with temporary_folder() as folder:
        kept = Sandbox(folder, state=f"{folder}/state.db")
        try:
            account = kept.start().account()
            session = open_session(account)
            back = CheckoutPage(session)
            challenge = back.pay("4000002760003184")["url"]
            kept.program.kill()
            kept.start()
            answer_challenge(challenge, "succeeded")
            assert reread(account, session).payment_status == "paid"
        finally:
            kept.close()


def test_metadata_of_a_session_can_be_changed(account):
    session = open_session(account, metadata={"a": "1"})
    assert account.v1.checkout.sessions.update(session.id, {"metadata": {"b": "2"}}).metadata.to_dict() == {
        "a": "1",
        "b": "2",
    }


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", "payment_method_types"),
        ({"ui_mode": "elements"}, None, "ui_mode"),
        ({"ui_mode": "hosted"}, None, "ui_mode"),
        ({"mode": ""}, None, "mode"),
        ({"success_url": "shop.example"}, "url_invalid", "success_url"),
        ({"cancel_url": "javascript:alert(1)"}, "url_invalid", "cancel_url"),
        ({"return_url": "https://shop.example"}, None, "return_url"),
        ({"line_items": []}, "parameter_missing", "line_items"),
        ({"line_items": [{**MUG, "quantity": 0}]}, "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"line_items": [{"quantity": 1}]}, "parameter_missing", "line_items[0][price]"),
        ({"line_items": [{"price": "price_x", "quantity": 1}]}, "resource_missing", "line_items[0][price]"),
        ({"line_items": [{"price_data": MUG["price_data"]}]}, "parameter_missing", "line_items[0][quantity]"),
        ({"customer": "cus_x"}, "resource_missing", "customer"),
        ({"customer_email": "nobody"}, "email_invalid", "customer_email"),
        ({"expires_at": int(time.time()) + 60}, None, "expires_at"),
        ({"expires_at": int(time.time()) + 90_000}, None, "expires_at"),
        ({"subscription_data": {"trial_period_days": 3}}, None, "subscription_data"),
        ({"setup_intent_data": {"description": "x"}}, None, "setup_intent_data"),
        ({"allow_promotion_codes": True, "discounts": [{"coupon": "x"}]}, None, "allow_promotion_codes"),
        ({"discounts": [{"coupon": "none"}]}, "resource_missing", "discounts[0][coupon]"),
        ({"payment_intent_data": {"application_fee_amount": 1}}, None, "payment_intent_data[application_fee_amount]"),
        (
            {"allowed_payment_method_types": ["us_bank_account"]},
            None,
            "allowed_payment_method_types",
        ),
        ({"phone_number_collection": {"enabled": True}}, None, "phone_number_collection[enabled]"),
        ({"shipping_address_collection": {"allowed_countries": ["DE"]}}, None, "shipping_address_collection"),
    ],
)
def test_a_session_that_cannot_be_is_refused(account, fields, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        open_session(account, **fields)
    assert (refusal.value.http_status, refusal.value.param) == (400, param)
    if code:
        assert refusal.value.code == code
    assert account.v1.checkout.sessions.list().data == []


def test_prices_and_mode_must_go_together(account):
    month = [{"price": monthly(account), "quantity": 1}]
    once = account.v1.prices.create({"currency": "eur", "unit_amount": 100, "product_data": {"name": "Bean"}})
    dollars = {**MUG, "price_data": {**MUG["price_data"], "currency": "usd"}}
    for mode, items in (("payment", month), ("subscription", [MUG]), ("payment", [MUG, dollars])):
        with invalid(None, "line_items"):
            open_session(account, mode, line_items=items)
    with invalid("amount_too_small", "line_items"):
        open_session(account, line_items=[{**MUG, "price_data": {**MUG["price_data"], "unit_amount": 1}}])
    account.v1.prices.update(once.id, {"active": False})
    with invalid(None, "line_items[0][price]"):
        open_session(account, line_items=[{"price": once.id, "quantity": 1}])
    with invalid("parameter_missing", "currency"):
        open_session(account, "setup")
    with invalid(None, "line_items"):
        open_session(account, "setup", currency="eur", line_items=[MUG])


def test_a_subscription_begins_with_its_first_payment(account):
    data = {"metadata": {"order": "7"}, "description": "Beans"}
    session = subscription_session(account, subscription_data=data, metadata={"cart": "7"})
    assert misfits(session) == []
    assert (session.amount_total, session.customer_creation) == (900, "always")
    assert CheckoutPage(session).pay("4000000000000002")["error"]["code"] == "card_declined"
    assert account.v1.subscriptions.list({"status": "all"}).data == []
    assert CheckoutPage(session).pay() == {"url": thanks(session)}
    done = reread(account, session, expand=["subscription", "invoice", "customer"])
    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "paid", None)
    assert (done.subscription.status, done.subscription.metadata["order"]) == ("active", "7")
    assert (done.invoice.status, done.invoice.amount_paid) == ("paid", 900)
    assert (done.customer.email, done.subscription.customer) == ("buyer@example.com", done.customer.id)
    saved = account.v1.customers.payment_methods.list(done.customer.id).data
    assert [method.id for method in saved] == [done.subscription.default_payment_method]
    told = types(account)
    assert told[-1] == "checkout.session.completed"
    assert {"customer.subscription.created", "invoice.paid", "charge.succeeded", "customer.created"} <= set(told)
    assert account.v1.checkout.sessions.list({"subscription": done.subscription.id}).data[0].id == session.id


def test_a_subscription_waits_for_3d_secure(account):
    session = subscription_session(account)
    back = CheckoutPage(session).pay_with_challenge("4000002760003184", "failed")
    assert "unable to authenticate" in back.text
    assert reread(account, session).status == "open"
    back = CheckoutPage(session).pay_with_challenge("4000002500003155", "succeeded")
    assert back.headers["Location"] == thanks(session)
    done = reread(account, session, expand=["subscription.default_payment_method"])
    assert (done.status, done.payment_status, done.subscription.status) == ("complete", "paid", "active")
    method = done.subscription.default_payment_method
    assert (method.card.last4, method.customer) == ("3155", done.customer)
    assert len(account.v1.subscriptions.list({"status": "all"}).data) == 1


@pytest.mark.parametrize("number", ["4242424242424242", "4000002500003155"])
def test_a_trial_takes_a_card_and_no_money(account, number):
    session = subscription_session(account, subscription_data={"trial_period_days": 14})
    assert (session.amount_total, session.payment_status) == (0, "no_payment_required")
    assert "14 days free, then 9.00 EUR per month" in CheckoutPage(session).show().text
    if number.startswith("4242"):
        assert CheckoutPage(session).pay(number) == {"url": thanks(session)}
    else:
        back = CheckoutPage(session).pay_with_challenge(number, "succeeded")
        assert back.headers["Location"] == thanks(session)
    done = reread(account, session, expand=["subscription"])
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert done.subscription.status == "trialing"
    assert done.subscription.default_payment_method
    assert account.v1.charges.list().data == []


def test_a_trial_can_do_without_a_card(account):
    session = subscription_session(
        account,
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 14,
            "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
        },
    )
    assert CheckoutPage(session).agree() == {"url": thanks(session)}
    subscription = reread(account, session, expand=["subscription"]).subscription
    assert (subscription.status, subscription.default_payment_method) == ("trialing", None)
    assert subscription.trial_settings.end_behavior.missing_payment_method == "cancel"


def test_a_subscription_has_its_promotion_code(account):
    coupon = account.v1.coupons.create({"percent_off": 50, "duration": "forever"})
    account.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"})
    session = subscription_session(account, allow_promotion_codes=True)
    assert CheckoutPage(session).apply_code("HALF") == {}
    CheckoutPage(session).pay()
    done = reread(account, session, expand=["invoice"])
    assert (done.amount_total, done.invoice.amount_paid) == (450, 450)
    assert account.v1.coupons.retrieve(coupon.id).times_redeemed == 1
