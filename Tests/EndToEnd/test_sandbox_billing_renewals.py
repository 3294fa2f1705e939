"""The official SDK takes subscriptions through time by test clocks: renewals, trials, and what happens without money."""

import pytest
import stripe
from harness.billing import DAY, HOUR, START, Billing, lines, period, seconds
from harness.sandbox import RETURN_URL, answer_challenge
from harness.typed import misfits

APRIL = seconds("2026-04-01 12:00:00")
MAY = seconds("2026-05-01 12:00:00")


@pytest.fixture
def billing(account):
    return Billing(account)


def test_a_clock_freezes_and_advances(billing):
    clock = billing.v1.test_helpers.test_clocks.retrieve(billing.clock.id)
    assert misfits(clock) == []
    assert (clock.frozen_time, clock.status) == (START, "ready")
    assert billing.customer.created == START
    advanced = billing.advance(START + 700 * DAY)
    assert misfits(advanced) == []
    for time in (START, START + 700 * DAY, START + 1600 * DAY):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            billing.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": time})
        assert refusal.value.param == "frozen_time"
    assert [one.id for one in billing.v1.test_helpers.test_clocks.list().data] == [clock.id]
    assert billing.events("test_helpers.test_clock.created", "test_helpers.test_clock.ready") == [
        "test_helpers.test_clock.created", "test_helpers.test_clock.ready",
    ]  # fmt: skip


def test_a_clock_goes_two_intervals_at_once(billing):
    billing.subscribe()
    with pytest.raises(stripe.InvalidRequestError):
        billing.advance(MAY + 1)
    billing.advance(MAY)


def test_a_deleted_clock_takes_its_customers_along(billing):
    subscription = billing.subscribe()
    deleted = billing.v1.test_helpers.test_clocks.delete(billing.clock.id)
    assert deleted.deleted
    assert billing.subscription(subscription).status == "canceled"
    assert billing.v1.customers.retrieve(billing.customer.id).deleted


def test_clocks_do_not_touch_one_another_nor_real_time(account):
    billing, other = Billing(account), Billing(account)
    mine, its = billing.subscribe(), other.subscribe()
    real = account.v1.customers.create({"payment_method": "pm_card_visa", "email": "b@example.com"})
    methods = account.v1.customers.payment_methods.list(real.id).data
    still = account.v1.subscriptions.create(
        {
            "customer": real.id, "items": [{"price": billing.price().id}], "default_payment_method": methods[0].id,
            "expand": ["latest_invoice"],
        }
    )  # fmt: skip
    assert (still.status, still.test_clock) == ("active", None)
    billing.advance(APRIL + HOUR)
    assert len(billing.invoices(mine)) == 2
    assert billing.subscription(its) == its
    assert billing.subscription(still, expand=["latest_invoice"]) == still


def test_a_renewal_is_drafted_and_charged_an_hour_later(billing):
    subscription = billing.subscribe()
    mark = billing.last_event()
    billing.advance(APRIL - 3 * DAY)
    assert billing.events("invoice.upcoming", after=mark) == ["invoice.upcoming"]
    upcoming = billing.event("invoice.upcoming").data.object
    assert (upcoming.amount_due, upcoming.billing_reason) == (3000, "upcoming")
    mark = billing.last_event()
    billing.advance(APRIL)
    renewed = billing.subscription(subscription, expand=["latest_invoice"])
    assert misfits(renewed) == []
    assert (renewed.status, period(renewed)) == ("active", (APRIL, MAY))
    draft = renewed.latest_invoice
    assert (draft.status, draft.billing_reason, draft.amount_due) == ("draft", "subscription_cycle", 3000)
    assert (draft.period_start, draft.period_end) == (START, APRIL)
    assert (draft.automatically_finalizes_at, draft.next_payment_attempt) == (APRIL + HOUR,) * 2
    assert (draft.number, draft.hosted_invoice_url) == (None, None)
    event = billing.event("customer.subscription.updated")
    previous = event.data.previous_attributes.to_dict(recursive=True)
    assert set(previous) == {"items", "latest_invoice"}
    assert previous["items"]["data"][0]["current_period_end"] == APRIL
    billing.advance(APRIL + HOUR)
    paid = billing.v1.invoices.retrieve(draft.id)
    assert misfits(paid) == []
    assert (paid.status, paid.attempt_count, paid.status_transitions.finalized_at) == ("paid", 1, APRIL + HOUR)
    assert billing.events(after=mark) == [
        "test_helpers.test_clock.advancing", "customer.subscription.updated", "invoice.created",
        "test_helpers.test_clock.ready", "test_helpers.test_clock.advancing", "payment_intent.created",
        "invoice.finalized", "charge.succeeded", "payment_intent.succeeded", "invoice_payment.paid", "invoice.updated",
        "invoice.paid", "invoice.payment_succeeded", "test_helpers.test_clock.ready",
    ]  # fmt: skip
    numbers = [invoice.number for invoice in billing.invoices(subscription)]
    prefix = billing.v1.customers.retrieve(billing.customer.id).invoice_prefix
    assert numbers == [f"{prefix}-0001", f"{prefix}-0002"]


def test_what_is_added_to_a_draft_is_charged_with_it(billing):
    subscription = billing.subscribe()
    billing.advance(APRIL)
    draft = billing.invoices(subscription)[-1]
    billing.v1.invoice_items.create(
        {"customer": billing.customer.id, "invoice": draft.id, "amount": 250, "currency": "eur", "description": "Usage"}
    )
    billing.advance(APRIL + HOUR)
    paid = billing.v1.invoices.retrieve(draft.id)
    assert (paid.total, paid.amount_paid, len(paid.lines.data)) == (3250, 3250, 2)


def test_a_trial_costs_nothing_until_it_ends(billing):
    subscription = billing.subscribe(trial_period_days=14, expand=["latest_invoice"])
    assert misfits(subscription) == []
    end = START + 14 * DAY
    assert (subscription.status, subscription.trial_start, subscription.trial_end) == ("trialing", START, end)
    assert (subscription.billing_cycle_anchor, period(subscription)) == (end, (START, end))
    first = subscription.latest_invoice
    assert (first.status, first.total, first.lines.data[0].description) == ("paid", 0, "Trial period for Gold")
    assert billing.events("payment_intent.created", "charge.succeeded") == []
    billing.advance(end - 3 * DAY - 1)
    assert billing.events("customer.subscription.trial_will_end") == []
    billing.advance(end - 3 * DAY)
    assert billing.event("customer.subscription.trial_will_end").data.object.trial_end == end
    billing.advance(end)
    begun = billing.subscription(subscription)
    assert (begun.status, period(begun)) == ("active", (end, seconds("2026-04-15 12:00:00")))
    event = billing.event("customer.subscription.updated")
    assert event.data.previous_attributes["status"] == "trialing"
    billing.advance(end + HOUR)
    assert [invoice.amount_paid for invoice in billing.invoices(subscription)] == [0, 3000]
    assert len(billing.events("customer.subscription.trial_will_end")) == 1


def test_the_end_of_a_short_trial_is_announced_at_once(billing):
    billing.subscribe(trial_end=START + 2 * DAY)
    billing.advance(START + 1)
    assert billing.events("customer.subscription.trial_will_end") == ["customer.subscription.trial_will_end"]


def test_a_trial_can_be_ended_now_or_later(billing):
    subscription = billing.subscribe(trial_period_days=14)
    longer = billing.v1.subscriptions.update(subscription.id, {"trial_end": START + 20 * DAY})
    assert (longer.status, longer.trial_end, period(longer)[1]) == ("trialing", START + 20 * DAY, START + 20 * DAY)
    billing.advance(START + DAY)
    shown = billing.v1.invoices.create_preview(
        {"subscription": subscription.id, "subscription_details": {"trial_end": "now"}}
    )
    assert shown.amount_due == 3000
    begun = billing.v1.subscriptions.update(subscription.id, {"trial_end": "now", "expand": ["latest_invoice"]})
    assert (begun.status, begun.trial_end, begun.latest_invoice.amount_paid) == ("active", START + DAY, 3000)
    assert period(begun) == (START + DAY, seconds("2026-04-02 12:00:00"))


def test_a_change_in_a_trial_costs_nothing(billing):
    subscription = billing.subscribe(trial_period_days=14)
    billing.advance(START + 5 * DAY)
    changed = billing.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": subscription["items"].data[0].id, "price": billing.price(9000).id}],
            "proration_behavior": "always_invoice",
        },
    )
    assert (changed.status, len(billing.invoices(subscription))) == ("trialing", 1)
    billing.advance(START + 14 * DAY + HOUR)
    assert billing.invoices(subscription)[-1].amount_paid == 9000


def test_a_trial_asks_for_a_card_by_a_setup_intent(account):
    billing = Billing(account, card=None)
    subscription = billing.subscribe(
        trial_period_days=7, payment_behavior="default_incomplete", expand=["pending_setup_intent"],
        payment_settings={"save_default_payment_method": "on_subscription"},
    )  # fmt: skip
    assert misfits(subscription) == []
    assert (subscription.status, subscription.pending_setup_intent.status) == ("trialing", "requires_payment_method")
    billing.v1.setup_intents.confirm(
        subscription.pending_setup_intent.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL}
    )
    ready = billing.subscription(subscription, expand=["default_payment_method"])
    assert (ready.pending_setup_intent, ready.default_payment_method.card.last4) == (None, "4242")
    billing.advance(START + 7 * DAY + HOUR)
    assert [invoice.amount_paid for invoice in billing.invoices(subscription)] == [0, 3000]


def test_a_card_that_was_set_up_renews_without_the_buyer(account):
    billing = Billing(account, card="pm_card_authenticationRequiredOnSetup")
    subscription = billing.subscribe(expand=["latest_invoice.payments"])
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    confirmed = billing.v1.payment_intents.confirm(intent, {"return_url": RETURN_URL})
    answer_challenge(confirmed.next_action.redirect_to_url.url, "succeeded")
    billing.advance(APRIL + HOUR)
    assert [invoice.status for invoice in billing.invoices(subscription)] == ["paid", "paid"]
    assert billing.subscription(subscription).status == "active"


@pytest.mark.parametrize(
    ("behavior", "status", "last"),
    [
        ("create_invoice", "past_due", "customer.subscription.updated"),
        ("cancel", "canceled", "customer.subscription.deleted"),
        ("pause", "paused", "customer.subscription.paused"),
    ],
)
def test_a_trial_that_ends_without_a_card(account, behavior, status, last):
    billing = Billing(account, card=None)
    subscription = billing.subscribe(
        trial_period_days=7, trial_settings={"end_behavior": {"missing_payment_method": behavior}}
    )
    billing.advance(START + 7 * DAY + HOUR)
    ended = billing.subscription(subscription)
    assert misfits(ended) == []
    assert ended.status == status
    kinds = [kind for kind in billing.events() if kind.startswith("customer.subscription.")]
    assert kinds[-1] == last


def test_a_paused_subscription_is_resumed_with_a_new_period(account):
    billing = Billing(account, card=None)
    subscription = billing.subscribe(
        trial_period_days=7, trial_settings={"end_behavior": {"missing_payment_method": "pause"}}
    )
    billing.advance(START + 10 * DAY)
    assert billing.subscription(subscription).status_details.paused.transitioned_at == START + 7 * DAY
    billing.use_card("pm_card_visa")
    resumed = billing.v1.subscriptions.resume(
        subscription.id, {"billing_cycle_anchor": {"type": "now"}, "expand": ["latest_invoice"]}
    )
    assert misfits(resumed) == []
    assert (resumed.status, period(resumed)[0]) == ("active", START + 10 * DAY)
    assert resumed.latest_invoice.amount_paid == 3000
    assert billing.events("customer.subscription.resumed") == ["customer.subscription.resumed"]
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.subscriptions.resume(subscription.id)


def test_a_pause_ends_when_it_is_paid_for(billing):
    subscription = billing.subscribe()
    paused = billing.v1.subscriptions.pause(subscription.id, {"type": "subscription"})
    assert (paused.status, paused.status_details.paused.subscription.type) == ("paused", "pause_requested")
    billing.advance(APRIL + 5 * DAY)
    assert len(billing.invoices(subscription)) == 1
    billing.use_card("pm_card_chargeCustomerFail")
    waiting = billing.v1.subscriptions.resume(
        subscription.id, {"payment_behavior": "resume_on_payment_success", "expand": ["latest_invoice"]}
    )
    assert (waiting.status, waiting.latest_invoice.status) == ("paused", "open")
    billing.v1.invoices.pay(waiting.latest_invoice.id, {"payment_method": "pm_card_visa"})
    assert billing.subscription(subscription).status == "active"
    assert billing.events()[-1] == "customer.subscription.resumed"


def test_a_pause_can_end_in_the_period_in_which_it_began_or_later(billing):
    subscription = billing.subscribe()
    unchanged = {"billing_cycle_anchor": {"type": "unchanged"}}
    billing.v1.subscriptions.pause(subscription.id, {"type": "subscription"})
    billing.advance(START + 10 * DAY)
    same = billing.v1.subscriptions.resume(subscription.id, unchanged)
    assert (same.status, period(same), len(billing.invoices(subscription))) == ("active", period(subscription), 1)
    billing.v1.subscriptions.pause(subscription.id, {"type": "subscription"})
    billing.advance(APRIL + 15 * DAY)
    later = billing.v1.subscriptions.resume(subscription.id, {**unchanged, "expand": ["latest_invoice"]})
    # April has thirty days, and half of them are left.
    assert (period(later), later.latest_invoice.amount_paid) == ((APRIL, MAY), 1500)


def fail_renewal(billing):
    """A subscription whose card fails at its first renewal, and its open invoice."""
    subscription = billing.subscribe()
    billing.use_card("pm_card_chargeCustomerFail")
    billing.advance(APRIL + HOUR)
    return subscription, billing.invoices(subscription)[-1]


def test_a_failed_renewal_is_tried_again_on_the_schedule_and_then_canceled(billing):
    subscription, invoice = fail_renewal(billing)
    assert misfits(invoice) == []
    failed = APRIL + HOUR
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("open", 1, failed + 3 * DAY)
    assert billing.subscription(subscription).status == "past_due"
    assert billing.v1.customers.retrieve(billing.customer.id).delinquent
    types = billing.events()
    assert types[types.index("charge.failed") :] == [
        "charge.failed", "payment_intent.payment_failed", "invoice.payment_failed", "customer.updated",
        "customer.subscription.updated", "test_helpers.test_clock.ready",
    ]  # fmt: skip
    for count, (gap, next_gap) in enumerate([(3, 5), (5, 7)], start=2):
        failed += gap * DAY
        billing.advance(failed - 1)
        assert billing.v1.invoices.retrieve(invoice.id).attempt_count == count - 1
        billing.advance(failed)
        again = billing.v1.invoices.retrieve(invoice.id)
        assert (again.attempt_count, again.next_payment_attempt) == (count, failed + next_gap * DAY)
        assert billing.subscription(subscription).status == "past_due"
    failed += 7 * DAY
    billing.advance(failed)
    last = billing.v1.invoices.retrieve(invoice.id)
    assert (last.status, last.attempt_count, last.next_payment_attempt) == ("open", 4, None)
    over = billing.subscription(subscription)
    assert (over.status, over.ended_at, over.cancellation_details.reason) == ("canceled", failed, "payment_failed")
    assert billing.events()[-5:-1] == [
        "charge.failed", "payment_intent.payment_failed", "invoice.payment_failed", "customer.subscription.deleted",
    ]  # fmt: skip
    assert len(billing.events("invoice.payment_failed")) == 4


@pytest.mark.parametrize("by", ["card", "retry", "page"])
def test_a_past_due_subscription_is_active_again_once_it_is_paid(billing, by):
    subscription, invoice = fail_renewal(billing)
    if by == "card":
        billing.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})
    elif by == "retry":
        billing.use_card("pm_card_visa")
        billing.advance(invoice.next_payment_attempt)
    else:
        intent = billing.v1.invoices.retrieve(invoice.id, {"expand": ["payments"]}).payments.data[0].payment
        billing.v1.payment_intents.confirm(intent.payment_intent, {"payment_method": "pm_card_visa"})
    assert billing.v1.invoices.retrieve(invoice.id).status == "paid"
    assert billing.subscription(subscription).status == "active"
    assert not billing.v1.customers.retrieve(billing.customer.id).delinquent
    event = billing.event("customer.subscription.updated")
    assert event.data.previous_attributes["status"] == "past_due"


def test_a_manual_try_does_not_move_the_schedule(billing):
    _, invoice = fail_renewal(billing)
    with pytest.raises(stripe.CardError) as refusal:
        billing.v1.invoices.pay(invoice.id)
    assert refusal.value.code == "card_declined"
    again = billing.v1.invoices.retrieve(invoice.id)
    assert (again.attempt_count, again.next_payment_attempt) == (1, invoice.next_payment_attempt)


def test_a_renewal_may_need_the_buyer(account):
    billing = Billing(account, card="pm_card_visa")
    subscription = billing.subscribe()
    billing.use_card("pm_card_authenticationRequired")
    billing.advance(APRIL + HOUR)
    invoice = billing.v1.invoices.retrieve(billing.invoices(subscription)[-1].id, {"expand": ["payments"]})
    assert (invoice.status, billing.subscription(subscription).status) == ("open", "past_due")
    types = billing.events()
    assert types[types.index("payment_intent.requires_action") : -1] == [
        "payment_intent.requires_action", "invoice.payment_action_required", "invoice.payment_failed",
        "customer.updated", "customer.subscription.updated",
    ]  # fmt: skip
    intent = invoice.payments.data[0].payment.payment_intent
    confirmed = billing.v1.payment_intents.confirm(intent, {"return_url": RETURN_URL})
    answer_challenge(confirmed.next_action.redirect_to_url.url, "succeeded")
    assert billing.subscription(subscription).status == "active"
    assert billing.v1.invoices.retrieve(invoice.id).status == "paid"


def test_a_first_payment_may_need_the_buyer(account):
    billing = Billing(account, card="pm_card_threeDSecure2Required")
    with pytest.raises(stripe.CardError) as refusal:
        billing.subscribe(payment_behavior="error_if_incomplete")
    assert refusal.value.code == "subscription_payment_intent_requires_action"
    subscription = billing.subscribe(expand=["latest_invoice.payments"])
    assert subscription.status == "incomplete"
    with pytest.raises(stripe.CardError) as refusal:
        billing.v1.invoices.pay(subscription.latest_invoice.id)
    assert (refusal.value.http_status, refusal.value.code) == (402, "invoice_payment_intent_requires_action")
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    confirmed = billing.v1.payment_intents.confirm(intent, {"return_url": RETURN_URL})
    answer_challenge(confirmed.next_action.redirect_to_url.url, "failed")
    assert billing.subscription(subscription).status == "incomplete"
    confirmed = billing.v1.payment_intents.confirm(
        intent, {"return_url": RETURN_URL, "payment_method": billing.method.id}
    )
    answer_challenge(confirmed.next_action.redirect_to_url.url, "succeeded")
    assert billing.subscription(subscription).status == "active"


def test_a_year_of_renewals_adds_up(billing):
    subscription = billing.subscribe(quantity=2)
    for month in range(4, 13):
        billing.advance(seconds(f"2026-{month:02}-01 13:00:00"))
    invoices = billing.invoices(subscription)
    assert [(invoice.status, invoice.amount_paid) for invoice in invoices] == [("paid", 6000)] * 10
    ends = [invoice.lines.data[0].period.end for invoice in invoices]
    assert [invoice.lines.data[0].period.start for invoice in invoices[1:]] == ends[:-1]
    assert [lines(invoice) for invoice in invoices] == [[(6000, False)]] * 10
