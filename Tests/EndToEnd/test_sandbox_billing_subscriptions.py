"""The official SDK drives subscriptions: how they begin, what they are changed to, how they end."""

import pytest
import stripe
from harness.billing import DAY, START, Billing, lines, period, seconds
from harness.typed import misfits


@pytest.fixture
def billing(account):
    return Billing(account)


def test_a_subscription_begins_with_a_paid_invoice(billing):
    subscription = billing.subscribe(
        metadata={"order": "ord_1"}, description="Gold plan", expand=["latest_invoice.payments", "customer"]
    )
    assert misfits(subscription) == []
    assert (subscription.status, subscription.currency) == ("active", "eur")
    assert (subscription.created, subscription.start_date, subscription.billing_cycle_anchor) == (START,) * 3
    assert period(subscription) == (START, seconds("2026-04-01 12:00:00"))
    assert subscription.billing_mode.type == "flexible"
    assert subscription.metadata.to_dict() == {"order": "ord_1"}
    assert subscription.customer.email == "buyer@example.com"
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.billing_reason) == ("paid", "subscription_create")
    assert (invoice.amount_due, invoice.amount_paid, invoice.amount_remaining) == (3000, 3000, 0)
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata.to_dict() == {"order": "ord_1"}
    assert lines(invoice) == [(3000, False)]
    assert invoice.lines.data[0].period.end == period(subscription)[1]
    payment = invoice.payments.data[0]
    assert misfits(payment) == []
    assert (payment.status, payment.amount_paid, payment.payment.type) == ("paid", 3000, "payment_intent")
    intent = billing.v1.payment_intents.retrieve(payment.payment.payment_intent, {"expand": ["latest_charge"]})
    assert (intent.status, intent.amount, intent.customer) == ("succeeded", 3000, billing.customer.id)
    assert intent.latest_charge.payment_method == billing.method.id
    assert billing.events()[-10:] == [
        "customer.subscription.created", "invoice.created", "payment_intent.created", "invoice.finalized",
        "charge.succeeded", "payment_intent.succeeded", "invoice_payment.paid", "invoice.updated", "invoice.paid",
        "invoice.payment_succeeded", "customer.subscription.updated",
    ][-10:]  # fmt: skip
    updated = billing.event("customer.subscription.updated")
    assert updated.data.previous_attributes.to_dict() == {"status": "incomplete"}
    assert updated.data.object.status == "active"


def test_every_page_of_a_list_has_what_is_asked_for(billing):
    price, other = billing.price(), billing.price(500)
    made = [billing.subscribe(price).id for _ in range(5)] + [billing.subscribe(other).id]
    billing.v1.subscriptions.cancel(made[0])
    trial = billing.subscribe(price, trial_period_days=7).id
    assert billing.account.pages("subscriptions") == [trial, *reversed(made[1:])]
    assert billing.account.pages("subscriptions", status="all") == [trial, *reversed(made)]
    assert billing.account.pages("subscriptions", status="canceled") == [made[0]]
    assert billing.account.pages("subscriptions", status="ended") == [made[0]]
    assert billing.account.pages("subscriptions", status="trialing") == [trial]
    assert billing.account.pages("subscriptions", price=other.id) == [made[5]]
    assert billing.account.pages("subscriptions", customer=billing.v1.customers.create().id) == []
    ends = {"gt": seconds("2026-03-20 00:00:00")}
    assert billing.account.pages("subscriptions", current_period_end=ends) == list(reversed(made[1:]))


@pytest.mark.parametrize(
    ("interval", "count", "start", "ends"),
    [
        ("month", 1, "2027-10-31 08:30:15", ["2027-11-30 08:30:15", "2027-12-31 08:30:15", "2028-01-31 08:30:15"]),
        ("month", 1, "2028-01-31 00:00:00", ["2028-02-29 00:00:00", "2028-03-31 00:00:00"]),
        ("month", 3, "2026-11-30 00:00:00", ["2027-02-28 00:00:00", "2027-05-30 00:00:00"]),
        ("year", 1, "2028-02-29 10:00:00", ["2029-02-28 10:00:00", "2030-02-28 10:00:00"]),
        ("week", 2, "2026-03-01 12:00:00", ["2026-03-15 12:00:00", "2026-03-29 12:00:00"]),
        ("day", 1, "2026-03-01 12:00:00", ["2026-03-02 12:00:00", "2026-03-03 12:00:00"]),
    ],
)
def test_periods_follow_the_calendar_from_the_anchor_on(account, interval, count, start, ends):
    billing = Billing(account, start=seconds(start))
    subscription = billing.subscribe(billing.price(interval=interval, interval_count=count))
    seen = [period(subscription)[1]]
    for end in ends[:-1]:
        billing.advance(seconds(end))
        seen.append(period(billing.subscription(subscription))[1])
    assert seen == [seconds(end) for end in ends]


def test_a_declined_first_payment_leaves_an_incomplete_subscription_that_another_card_pays(account):
    billing = Billing(account, card="pm_card_chargeCustomerFail")
    subscription = billing.subscribe(expand=["latest_invoice.confirmation_secret"])
    assert misfits(subscription) == []
    invoice = subscription.latest_invoice
    assert (subscription.status, invoice.status) == ("incomplete", "open")
    assert (invoice.attempted, invoice.attempt_count, invoice.next_payment_attempt) == (True, 1, None)
    assert "invoice.payment_failed" in billing.events()
    secret = invoice.confirmation_secret.client_secret
    paid = billing.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa", "expand": ["payments"]})
    assert misfits(paid) == []
    assert paid.status == "paid"
    assert secret.startswith(paid.payments.data[0].payment.payment_intent)
    assert billing.subscription(subscription).status == "active"


def test_what_is_not_paid_within_a_day_expires(account):
    billing = Billing(account, card="pm_card_chargeCustomerFail")
    subscription = billing.subscribe()
    billing.advance(START + 23 * 3600 - 1)
    assert billing.subscription(subscription).status == "incomplete"
    billing.advance(START + 23 * 3600)
    expired = billing.subscription(subscription, expand=["latest_invoice.payments"])
    assert (expired.status, expired.ended_at) == ("incomplete_expired", START + 23 * 3600)
    assert (expired.latest_invoice.status, expired.latest_invoice.payments.data[0].status) == ("void", "canceled")
    assert billing.events()[-4:-1] == [
        "payment_intent.canceled", "invoice.voided", "customer.subscription.updated",
    ]  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})


def test_an_error_if_incomplete_leaves_nothing(account):
    billing = Billing(account, card="pm_card_chargeCustomerFail")
    before = billing.last_event()
    with pytest.raises(stripe.CardError) as refusal:
        billing.subscribe(payment_behavior="error_if_incomplete")
    assert (refusal.value.http_status, refusal.value.code) == (402, "card_declined")
    assert billing.account.pages("subscriptions", status="all") == []
    assert billing.account.pages("invoices") == []
    assert [kind for kind in billing.events(after=before) if kind.startswith(("customer", "invoice"))] == []


def test_without_a_payment_method_nothing_can_be_charged(account):
    billing = Billing(account, card=None)
    price = billing.price()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        billing.subscribe(price)
    assert refusal.value.code == "resource_missing"
    assert billing.account.pages("subscriptions", status="all") == []
    waiting = billing.subscribe(
        price, payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
        expand=["latest_invoice.confirmation_secret", "latest_invoice.payments"],
    )  # fmt: skip
    assert (waiting.status, waiting.latest_invoice.status) == ("incomplete", "open")
    intent_id = waiting.latest_invoice.payments.data[0].payment.payment_intent
    intent = billing.v1.payment_intents.retrieve(intent_id)
    assert misfits(intent) == []
    assert intent.status == "requires_payment_method"
    assert intent.client_secret == waiting.latest_invoice.confirmation_secret.client_secret
    confirmed = billing.v1.payment_intents.confirm(intent_id, {"payment_method": "pm_card_visa"})
    assert confirmed.status == "succeeded"
    paid = billing.subscription(waiting, expand=["default_payment_method"])
    assert (paid.status, paid.default_payment_method.card.last4) == ("active", "4242")
    assert paid.default_payment_method.customer == billing.customer.id


def test_metadata_and_wishes_are_updated_and_told(billing):
    subscription = billing.subscribe(metadata={"a": "1"})
    other = billing.v1.payment_methods.attach("pm_card_mastercard", {"customer": billing.customer.id})
    changed = billing.v1.subscriptions.update(
        subscription.id,
        {"metadata": {"a": "2", "b": "3"}, "description": "New", "default_payment_method": other.id},
    )
    assert misfits(changed) == []
    assert changed.metadata.to_dict() == {"a": "2", "b": "3"}
    event = billing.event("customer.subscription.updated")
    assert event.data.previous_attributes.to_dict(recursive=True) == {
        "metadata": {"a": "1", "b": None}, "description": None, "default_payment_method": None,
    }  # fmt: skip
    strange = billing.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.subscriptions.update(subscription.id, {"default_payment_method": strange.id})


def test_one_that_is_canceled_at_its_period_end_can_be_kept_and_ends_otherwise(billing):
    subscription = billing.subscribe()
    end = period(subscription)[1]
    ending = billing.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert (ending.status, ending.cancel_at, ending.canceled_at) == ("active", end, START)
    assert ending.cancellation_details.reason == "cancellation_requested"
    kept = billing.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    assert (kept.cancel_at_period_end, kept.cancel_at, kept.canceled_at) == (False, None, None)
    billing.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    billing.advance(end - 1)
    assert billing.subscription(subscription).status == "active"
    billing.advance(end)
    over = billing.subscription(subscription)
    assert (over.status, over.ended_at, over.canceled_at) == ("canceled", end, START)
    assert len(billing.invoices(subscription)) == 1
    assert billing.event("customer.subscription.deleted").data.object.status == "canceled"


def test_canceling_now_can_credit_what_was_not_used(billing):
    subscription = billing.subscribe()
    billing.advance(START + 31 * DAY // 2)
    over = billing.v1.subscriptions.cancel(
        subscription.id, {"prorate": True, "invoice_now": True, "cancellation_details": {"feedback": "unused"}}
    )
    assert misfits(over) == []
    assert (over.status, over.cancellation_details.feedback) == ("canceled", "unused")
    last = billing.invoices(subscription)[-1]
    assert misfits(last) == []
    assert (lines(last), last.total, last.amount_due, last.status) == ([(-1500, True)], -1500, 0, "paid")
    assert billing.v1.customers.retrieve(billing.customer.id).balance == -1500
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        billing.v1.subscriptions.cancel(subscription.id)
    assert refusal.value.code == "resource_missing"
    # The credit is used up by what comes next.
    again = billing.subscribe(expand=["latest_invoice"])
    assert (again.latest_invoice.total, again.latest_invoice.amount_due) == (3000, 1500)
    assert (again.latest_invoice.starting_balance, again.latest_invoice.ending_balance) == (-1500, 0)
    assert billing.v1.customers.retrieve(billing.customer.id).balance == 0


def test_canceling_at_a_time_credits_the_rest_of_the_period(billing):
    subscription = billing.subscribe()
    time = START + 31 * DAY // 2
    planned = billing.v1.subscriptions.update(subscription.id, {"cancel_at": time})
    assert (planned.cancel_at, planned.cancel_at_period_end) == (time, False)
    billing.advance(time)
    assert billing.subscription(subscription).status == "canceled"
    assert billing.v1.customers.retrieve(billing.customer.id).balance == -1500


def test_a_deleted_customer_has_no_subscriptions(billing):
    subscription = billing.subscribe()
    billing.v1.customers.delete(billing.customer.id)
    assert billing.subscription(subscription).status == "canceled"
    assert billing.events()[-2:] == ["customer.subscription.deleted", "customer.deleted"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"payment_behavior": "pending_if_incomplete"}, "payment_behavior"),
        ({"collection_method": "send_invoice", "days_until_due": 3}, "days_until_due"),
        ({"trial_period_days": 800}, "trial_period_days"),
        ({"add_invoice_items": [{"price": "price_x"}]}, "add_invoice_items"),
        ({"cancel_at": START - 1}, "cancel_at"),
        ({"discounts": [{"coupon": "none"}]}, "discounts[0][coupon]"),
        ({"default_payment_method": "pm_none"}, "default_payment_method"),
    ],
)
def test_what_is_not_possible_is_refused(billing, fields, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        billing.subscribe(**fields)
    assert refusal.value.param == param


def test_items_are_recurring_prices_of_one_currency_and_interval(billing):
    once = billing.v1.prices.create({"product": billing.product.id, "currency": "eur", "unit_amount": 100})
    for other in (once, billing.price(currency="usd"), billing.price(interval="year")):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            billing.v1.subscriptions.create(
                {"customer": billing.customer.id, "items": [{"price": billing.price().id}, {"price": other.id}]}
            )
        assert refusal.value.param == "items[1][price]"


def test_a_later_anchor_makes_a_first_period_in_proportion(billing):
    anchor = seconds("2026-03-16 12:00:00")
    subscription = billing.subscribe(billing.price(2800), billing_cycle_anchor=anchor, expand=["latest_invoice"])
    assert period(subscription) == (START, anchor)
    # From 16 February to 16 March are 28 days, of which 15 are left.
    assert subscription.latest_invoice.amount_paid == 1500
    billing.advance(anchor + 3600)
    assert [invoice.amount_paid for invoice in billing.invoices(subscription)] == [1500, 2800]
    free = billing.subscribe(
        billing.price(2800), billing_cycle_anchor=seconds("2026-04-01 00:00:00"), proration_behavior="none"
    )
    assert (free.status, billing.invoices(free)[0].total) == ("active", 0)


def test_a_coupon_is_taken_off_for_as_long_as_it_lasts(billing):
    once = billing.v1.coupons.create({"percent_off": 20, "duration": "once"})
    months = billing.v1.coupons.create(
        {"amount_off": 500, "currency": "eur", "duration": "repeating", "duration_in_months": 2}
    )
    subscription = billing.subscribe(
        discounts=[{"coupon": once.id}, {"coupon": months.id}], expand=["discounts.source.coupon", "latest_invoice"]
    )
    assert misfits(subscription) == []
    first = subscription.latest_invoice
    assert misfits(first) == []
    assert (first.subtotal, first.total, first.amount_paid) == (3000, 1900, 1900)
    assert [amount.amount for amount in first.total_discount_amounts] == [600, 500]
    assert [discount.source.coupon.id for discount in subscription.discounts] == [months.id]
    billing.advance(seconds("2026-04-01 13:00:00"))
    billing.advance(seconds("2026-05-01 13:00:00"))
    assert [invoice.amount_paid for invoice in billing.invoices(subscription)] == [1900, 2500, 3000]
    assert billing.v1.coupons.retrieve(once.id).times_redeemed == 1


def test_a_platform_takes_its_share_of_every_invoice(account):
    connected = account.v1.accounts.create({"type": "standard"})
    options = {"stripe_account": connected.id}
    customer = account.v1.customers.create(
        {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}},
        options=options,
    )
    product = account.v1.products.create({"name": "Gold"}, options=options)
    price = account.v1.prices.create(
        {"product": product.id, "currency": "eur", "unit_amount": 1999, "recurring": {"interval": "month"}},
        options=options,
    )
    wanted = {"customer": customer.id, "items": [{"price": price.id}], "application_fee_percent": 12.5}
    subscription = account.v1.subscriptions.create({**wanted, "expand": ["latest_invoice.payments"]}, options=options)
    assert misfits(subscription) == []
    assert (subscription.status, subscription.application_fee_percent) == ("active", 12.5)
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    paid = account.v1.payment_intents.retrieve(intent, options=options)
    assert paid.application_fee_amount == 250
    assert [fee.amount for fee in account.v1.application_fees.list().data] == [250]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.subscriptions.create({**wanted, "customer": account.v1.customers.create().id})
    assert refusal.value.param == "application_fee_percent"


def test_a_discount_can_be_taken_back(billing):
    coupon = billing.v1.coupons.create({"percent_off": 10, "duration": "forever"})
    subscription = billing.subscribe()
    changed = billing.v1.subscriptions.update(subscription.id, {"discounts": [{"coupon": coupon.id}]})
    preview = billing.v1.invoices.create_preview({"subscription": subscription.id})
    assert (len(changed.discounts), preview.total) == (1, 2700)
    gone = billing.v1.subscriptions.delete_discount(subscription.id)
    assert (gone.deleted, gone.id) == (True, changed.discounts[0])
    assert billing.v1.invoices.create_preview({"subscription": subscription.id}).total == 3000
