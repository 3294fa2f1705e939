"""The official SDK previews and makes changes of subscriptions: what was previewed is what is billed, to the second."""

import random

import pytest
import stripe
from harness.billing import DAY, START, Billing, lines, period, seconds
from harness.typed import misfits

# 9 days, 4 hours, 33 minutes and 20 seconds into March.
MOMENT = START + 794_000
MARCH = 31 * DAY


def part(amount, left, whole=MARCH):
    """Half a unit is rounded up."""
    return (amount * left * 2 + whole) // (2 * whole)


@pytest.fixture
def billing(account):
    return Billing(account)


def item_of(subscription):
    return subscription["items"].data[0].id


def preview(billing, subscription, **details):
    return billing.v1.invoices.create_preview({"subscription": subscription.id, "subscription_details": details})


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("quantity", [1, 3])
def test_a_change_bills_at_once_what_was_previewed(billing, direction, quantity):
    subscription = billing.subscribe(billing.price(3000 if direction == "up" else 9999))
    wanted = billing.price(9999 if direction == "up" else 3000)
    billing.advance(MOMENT)
    change = {
        "items": [{"id": item_of(subscription), "price": wanted.id, "quantity": quantity}],
        "proration_behavior": "always_invoice",
        "proration_date": MOMENT - 333,
    }
    shown = preview(billing, subscription, **change)
    assert misfits(shown) == []
    assert shown.parent.subscription_details.subscription_proration_date == MOMENT - 333
    assert (shown.status, shown.billing_reason) == ("draft", "upcoming")
    # Nothing has happened.
    assert len(billing.invoices(subscription)) == 1
    assert billing.subscription(subscription)["items"].data[0].price.id != wanted.id
    assert billing.v1.invoice_items.list().data == []
    # What was previewed is billed, also when it is confirmed later.
    billing.advance(MOMENT + 600)
    changed = billing.v1.subscriptions.update(subscription.id, {**change, "expand": ["latest_invoice"]})
    assert misfits(changed) == []
    billed = changed.latest_invoice
    left = MARCH - (MOMENT - 333 - START)
    old, new = (3000, 9999) if direction == "up" else (9999, 3000)
    assert lines(billed) == lines(shown) == [(-part(old, left), True), (part(new * quantity, left), True)]
    for field in ("total", "subtotal", "amount_due", "currency"):
        assert billed[field] == shown[field], field
    assert [line.description for line in billed.lines.data] == [line.description for line in shown.lines.data]
    assert [line.period.to_dict() for line in billed.lines.data] == [line.period.to_dict() for line in shown.lines.data]
    assert billed.billing_reason == "subscription_update"
    assert billed.status == "paid"
    assert (changed.status, period(changed)) == ("active", period(subscription))
    balance = billing.v1.customers.retrieve(billing.customer.id).balance
    assert balance == (billed.total if billed.total < 50 else 0)
    credited = billed.lines.data[0].parent.subscription_item_details.proration_details.credited_items
    first = billing.invoices(subscription)[0]
    assert (credited.invoice, credited.invoice_line_items) == (first.id, [first.lines.data[0].id])


def test_a_change_can_wait_for_the_next_invoice(billing):
    subscription = billing.subscribe()
    wanted = billing.price(6000)
    billing.advance(MOMENT)
    change = {"items": [{"id": item_of(subscription), "price": wanted.id}], "proration_date": MOMENT}
    shown = preview(billing, subscription, **change)
    assert misfits(shown) == []
    left = MARCH - (MOMENT - START)
    expected = [(-part(3000, left), True), (part(6000, left), True), (6000, False)]
    assert lines(shown) == expected
    billing.v1.subscriptions.update(subscription.id, change)
    items = billing.v1.invoice_items.list({"pending": True, "customer": billing.customer.id}).data
    assert [misfits(item) for item in items] == [[], []]
    assert [(item.amount, item.proration) for item in items] == list(reversed(expected[:2]))
    assert lines(billing.v1.invoices.create_preview({"subscription": subscription.id})) == expected
    recurring = billing.v1.invoices.create_preview({"subscription": subscription.id, "preview_mode": "recurring"})
    assert lines(recurring) == [(6000, False)]
    billing.advance(seconds("2026-04-01 13:00:00"))
    renewal = billing.invoices(subscription)[-1]
    assert (lines(renewal), renewal.amount_paid) == (expected, shown.amount_due)
    assert billing.v1.invoice_items.list({"pending": True}).data == []


def test_a_change_without_prorations_counts_from_the_next_period_on(billing):
    subscription = billing.subscribe()
    wanted = billing.price(6000)
    billing.advance(MOMENT)
    change = {"items": [{"id": item_of(subscription), "price": wanted.id}], "proration_behavior": "none"}
    shown = preview(billing, subscription, **change)
    assert (lines(shown), shown.amount_due) == ([(6000, False)], 6000)
    billing.v1.subscriptions.update(subscription.id, change)
    # Nothing was billed at the higher price, so it is not credited either.
    billing.v1.subscriptions.update(
        subscription.id,
        {"items": [{"id": item_of(subscription), "quantity": 0}], "proration_behavior": "always_invoice"},
    )
    assert lines(billing.invoices(subscription)[-1])[0] == (-part(3000, MARCH - (MOMENT - START)), True)


def test_many_changes_never_credit_more_than_was_billed(billing):
    subscription = billing.subscribe(billing.price(10007))
    billed = 10007
    for step in range(1, 8):
        billing.advance(START + step * 100_003)
        billing.v1.subscriptions.update(
            subscription.id,
            {
                "items": [{"id": item_of(subscription), "quantity": step % 3 + 1}],
                "proration_behavior": "always_invoice",
            },
        )
        credit, charge = billing.invoices(subscription)[-1].lines.data
        assert 0 < -credit.amount < billed
        billed = charge.amount
    total = sum(invoice.total for invoice in billing.invoices(subscription))
    # What was used, at each quantity for its time.
    used = sum(quantity * 100_003 for quantity in (1, 2, 3, 1, 2, 3, 1)) + 2 * (MARCH - 7 * 100_003)
    assert abs(total - 10007 * used / MARCH) <= 8


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_previewed_is_billed(billing, seed):
    chance = random.Random(seed)
    prices = [billing.price(amount) for amount in (1, 999, 2500, 10007, 123457)]
    prices += [billing.price(98765, interval="year")] * (seed % 2)
    coupon = billing.v1.coupons.create({"percent_off": 33.33, "duration": "forever"})
    discounts = {"discounts": [{"coupon": coupon.id}]} if seed > 1 else {}
    subscription = billing.subscribe(prices[2], quantity=4, **discounts)
    now = START
    for _ in range(15):
        now += chance.randrange(1, 5 * DAY)
        billing.advance(now)
        start, end = period(billing.subscription(subscription))
        items = billing.subscription(subscription)["items"].data
        # With one item it may be any price, else one of the same interval.
        fitting = [
            price
            for price in prices
            if len(items) == 1 or price.recurring.interval == items[0].price.recurring.interval
        ]
        wish = {"price": chance.choice(fitting).id, "quantity": chance.randrange(6)}
        kind = chance.choice(["change", "change", "add", "delete"])
        if kind == "delete" and len(items) > 1:
            wish = {"id": items[-1].id, "deleted": True}
        elif kind != "add" or len(items) > 3 or fitting[-1].recurring.interval != items[0].price.recurring.interval:
            wish["id"] = chance.choice(items).id
        change = {
            "items": [wish],
            "proration_date": chance.randrange(max(start, now - DAY), min(end, now + DAY)),
            "proration_behavior": chance.choice(["always_invoice", "create_prorations", "none"]),
        }
        count = len(billing.invoices(subscription))
        shown = preview(billing, subscription, **change)
        billing.v1.subscriptions.update(subscription.id, change)
        billed = billing.invoices(subscription)
        if len(billed) > count:
            assert (lines(billed[-1]), billed[-1].amount_due) == (lines(shown), shown.amount_due)
        else:
            upcoming = billing.v1.invoices.create_preview({"subscription": subscription.id})
            assert (lines(upcoming), upcoming.amount_due) == (lines(shown), shown.amount_due)


def test_another_interval_begins_a_period_and_gives_back_the_old_one(billing):
    subscription = billing.subscribe()
    yearly = billing.price(30000, interval="year")
    billing.advance(MOMENT)
    change = {"items": [{"id": item_of(subscription), "price": yearly.id}], "proration_date": MOMENT}
    shown = preview(billing, subscription, **change)
    changed = billing.v1.subscriptions.update(subscription.id, {**change, "expand": ["latest_invoice"]})
    assert (changed.billing_cycle_anchor, period(changed)[0]) == (MOMENT, MOMENT)
    assert period(changed)[1] == MOMENT + 365 * DAY
    billed = changed.latest_invoice
    assert lines(billed) == lines(shown) == [(-part(3000, MARCH - (MOMENT - START)), True), (30000, False)]
    assert billed.amount_paid == shown.amount_due


def test_the_anchor_can_be_moved_to_now(billing):
    subscription = billing.subscribe()
    billing.advance(MOMENT)
    anchor = {"billing_cycle_anchor": {"type": "now"}, "proration_date": MOMENT}
    shown = preview(billing, subscription, **anchor)
    changed = billing.v1.subscriptions.update(subscription.id, {**anchor, "expand": ["latest_invoice"]})
    credit = -part(3000, MARCH - (MOMENT - START))
    assert lines(changed.latest_invoice) == lines(shown) == [(credit, True), (3000, False)]
    assert period(changed) == (MOMENT, seconds("2026-04-10 16:33:20"))


def test_items_come_and_go(billing):
    subscription = billing.subscribe()
    addon = billing.price(500)
    billing.advance(MOMENT)
    item = billing.v1.subscription_items.create(
        {"subscription": subscription.id, "price": addon.id, "quantity": 2, "proration_date": MOMENT}
    )
    assert misfits(item) == []
    assert billing.v1.subscription_items.retrieve(item.id) == item
    left = MARCH - (MOMENT - START)
    pending = billing.v1.invoice_items.list({"pending": True}).data
    assert [one.amount for one in pending] == [part(1000, left)]
    more = billing.v1.subscription_items.update(
        item.id, {"quantity": 5, "proration_behavior": "none", "metadata": {"a": "b"}}
    )
    assert (more.quantity, more.metadata.to_dict()) == (5, {"a": "b"})
    ids = [one.id for one in billing.v1.subscription_items.list({"subscription": subscription.id}).data]
    assert ids == [item_of(subscription), item.id]
    paged = billing.v1.subscription_items.list({"subscription": subscription.id, "limit": 1})
    assert [one.id for one in paged.auto_paging_iter()] == ids
    gone = billing.v1.subscription_items.delete(item.id, {"proration_date": MOMENT})
    assert (gone.deleted, gone.id) == (True, item.id)
    # What was pending is taken back to the last unit.
    assert sum(one.amount for one in billing.v1.invoice_items.list({"pending": True}).data) == 0
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.subscription_items.retrieve(item.id)
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.subscription_items.delete(item_of(subscription))


def test_a_change_whose_payment_fails_is_past_due_or_undone(billing):
    subscription = billing.subscribe()
    wanted = billing.price(9000)
    billing.use_card("pm_card_chargeCustomerFail")
    change = {"items": [{"id": item_of(subscription), "price": wanted.id}], "proration_behavior": "always_invoice"}
    with pytest.raises(stripe.CardError) as refusal:
        billing.v1.subscriptions.update(subscription.id, {**change, "payment_behavior": "error_if_incomplete"})
    assert refusal.value.code == "card_declined"
    assert billing.subscription(subscription) == subscription
    changed = billing.v1.subscriptions.update(subscription.id, {**change, "expand": ["latest_invoice"]})
    assert (changed.status, changed.latest_invoice.status) == ("past_due", "open")
    assert changed["items"].data[0].price.id == wanted.id
    billing.v1.invoices.pay(changed.latest_invoice.id, {"payment_method": "pm_card_visa"})
    assert billing.subscription(subscription).status == "active"


def test_a_change_can_wait_for_the_buyers_page(billing):
    subscription = billing.subscribe()
    wanted = billing.price(9000)
    changed = billing.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": item_of(subscription), "price": wanted.id}], "proration_behavior": "always_invoice",
            "payment_behavior": "default_incomplete", "expand": ["latest_invoice.payments"],
        },
    )  # fmt: skip
    assert (changed.status, changed.latest_invoice.status) == ("past_due", "open")
    intent = changed.latest_invoice.payments.data[0].payment.payment_intent
    assert billing.v1.payment_intents.retrieve(intent).status == "requires_confirmation"
    billing.v1.payment_intents.confirm(intent)
    assert billing.subscription(subscription).status == "active"


def test_discounts_are_in_the_prorations(billing):
    coupon = billing.v1.coupons.create({"percent_off": 50, "duration": "forever"})
    subscription = billing.subscribe(discounts=[{"coupon": coupon.id}])
    billing.advance(START + MARCH // 2)
    changed = billing.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": item_of(subscription), "price": billing.price(6000).id}],
            "proration_behavior": "always_invoice", "expand": ["latest_invoice"],
        },
    )  # fmt: skip
    assert lines(changed.latest_invoice) == [(-750, True), (1500, True)]
    assert changed.latest_invoice.amount_paid == 750


def test_a_preview_of_the_end(billing):
    subscription = billing.subscribe()
    billing.advance(START + MARCH // 2)
    shown = preview(billing, subscription, cancel_now=True, proration_behavior="always_invoice")
    assert (lines(shown), shown.total, shown.amount_due) == ([(-1500, True)], -1500, 0)
    for details in ({"cancel_at_period_end": True}, {"cancel_now": True, "proration_behavior": "none"}):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            preview(billing, subscription, **details)
        assert (refusal.value.http_status, refusal.value.code) == (404, "invoice_upcoming_none")
    billing.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.invoices.create_preview({"subscription": subscription.id})
    kept = preview(billing, subscription, cancel_at_period_end=False)
    assert kept.amount_due == 3000


def test_a_preview_of_what_does_not_exist_yet(billing):
    price = billing.price(4200)
    shown = billing.v1.invoices.create_preview(
        {"customer": billing.customer.id, "subscription_details": {"items": [{"price": price.id, "quantity": 2}]}}
    )
    assert misfits(shown) == []
    assert (shown.amount_due, lines(shown)) == (8400, [(8400, False)])
    assert billing.account.pages("subscriptions", status="all") == []
    subscription = billing.subscribe(price)
    assert billing.v1.invoices.create_preview({"customer": billing.customer.id}).amount_due == 4200
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        billing.v1.invoices.create_preview({"customer": billing.v1.customers.create().id})
    assert refusal.value.code == "invoice_upcoming_none"
    billing.v1.subscriptions.cancel(subscription.id)
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.invoices.create_preview({"subscription": subscription.id})


@pytest.mark.parametrize(
    ("details", "param"),
    [
        ({"proration_date": START - 1}, "proration_date"),
        ({"proration_date": START + MARCH + 1}, "proration_date"),
        ({"items": [{"id": "si_none", "quantity": 2}]}, "subscription_details[items][0][id]"),
        ({"items": [{"price": "price_none"}]}, "subscription_details[items][0][price]"),
        ({"colour": "blue"}, "subscription_details[colour]"),
    ],
)
def test_a_preview_that_cannot_be_is_an_error(billing, details, param):
    subscription = billing.subscribe()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        preview(billing, subscription, **details)
    assert refusal.value.param == param
    assert billing.subscription(subscription) == subscription
