"""The official SDK drives the sandbox: the list of events, which holds whatever happened."""

import stripe
from harness.refusals import invalid
from harness.typed import misfits


def ids(account, **filters):
    return [event.id for event in account.v1.events.list({"limit": 100, **filters}).data]


def test_events_are_kept_where_nobody_listens(account):
    account.pay()
    events = account.v1.events.list().data
    assert [event.type for event in events] == [
        "payment_intent.succeeded", "charge.succeeded", "payment_intent.created",
    ]  # fmt: skip
    assert [misfits(event) for event in events] == [[], [], []]
    assert {event.pending_webhooks for event in events} == {0}
    assert ids(account, delivery_success=True) == [event.id for event in events]
    assert ids(account, delivery_success=False) == []


def test_events_are_found_by_type_time_and_page(account):
    account.pay()
    account.v1.customers.create()
    everything = ids(account)
    assert account.pages("events") == everything
    # From an event on towards the newest, as the SDK goes then.
    assert account.pages("events", ending_before=everything[-1]) == everything[-2::-1]
    created, succeeded, charged = (
        ids(account, type=type_) for type_ in ("payment_intent.created", "payment_intent.succeeded", "charge.*")
    )
    assert [len(created), len(succeeded), len(charged)] == [1, 1, 1]
    assert ids(account, type="payment_intent.*") == succeeded + created
    assert ids(account, types=["payment_intent.created", "charge.succeeded"]) == charged + created
    oldest = account.v1.events.retrieve(everything[-1])
    assert ids(account, created={"gte": oldest.created}) == everything
    assert ids(account, created={"lt": oldest.created}) == []
    with invalid(None, "types"):
        account.v1.events.list({"type": "charge.succeeded", "types": ["charge.failed"]})
    with invalid(None, "types"):
        account.v1.events.list({"types": ["charge.failed"] * 21})


def test_what_waits_or_was_lost_is_found_by_a_sweep(account):
    receiver = account.listen("customer.created")
    receiver.answers.extend([500] * 3)
    account.v1.customers.create()
    event = account.settled(receiver.wait_for(3)[0].id)
    account.v1.customers.create()
    account.settled(receiver.wait_for(4)[3].id)
    assert ids(account, delivery_success=False) == [event.id]
    assert len(ids(account, delivery_success=True)) == 1


def test_a_held_payment_tells_what_can_be_captured(account):
    held = account.pay(capture_method="manual")
    account.v1.payment_intents.capture(held.id, {"amount_to_capture": 700})
    canceled = account.pay(capture_method="manual")
    account.v1.payment_intents.cancel(canceled.id)
    events = account.v1.events.list({"types": [
        "payment_intent.amount_capturable_updated", "payment_intent.succeeded", "payment_intent.canceled",
        "charge.captured", "charge.refunded",
    ]}).data  # fmt: skip
    told = [(event.type, event.data.object) for event in reversed(events)]
    assert [type_ for type_, _ in told] == [
        "payment_intent.amount_capturable_updated", "charge.captured", "payment_intent.succeeded",
        "payment_intent.amount_capturable_updated", "charge.refunded", "payment_intent.canceled",
    ]  # fmt: skip
    assert [one.amount_capturable for _, one in told if isinstance(one, stripe.PaymentIntent)] == [2000, 0, 2000, 0]
    assert (told[1][1].amount_captured, told[2][1].amount_received) == (700, 700)
    with invalid(None, "final_capture"):
        account.v1.payment_intents.capture(account.pay(capture_method="manual").id, {"final_capture": False})
