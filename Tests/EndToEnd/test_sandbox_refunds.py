"""The official SDK drives the sandbox: refunds, and what becomes of them later."""

import pytest
import stripe
from harness.refusals import invalid
from harness.typed import misfits
from harness.waiting import wait_until


def refund(account, intent, **fields):
    return account.v1.refunds.create({"payment_intent": intent.id, **fields})


def events_of(account, refund_id):
    """What was told of this refund, oldest first."""
    events = account.v1.events.list({"limit": 100}).data
    return [event.type for event in reversed(events) if event.data.object.id == refund_id]


def becomes(account, refund_id, status):
    def look():
        found = account.v1.refunds.retrieve(refund_id)
        settled = found.status == status and found.destination_details.card.reference_status != "pending"
        return found if settled else None

    return wait_until(look, f"{refund_id} {status}", 10)


def test_a_refund_in_full(account):
    intent = account.pay(metadata={"cart": "7"})
    made = refund(account, intent, reason="requested_by_customer", metadata={"case": "12"}, expand=["charge"])
    assert isinstance(made, stripe.Refund)
    assert misfits(made) == []
    assert (made.amount, made.currency, made.status, made.reason) == (2000, "eur", "succeeded", "requested_by_customer")
    assert (made.metadata["case"], made.payment_intent) == ("12", intent.id)
    assert (made.charge.id, made.charge.refunded, made.charge.amount_refunded) == (intent.latest_charge, True, 2000)
    movement = account.v1.balance_transactions.retrieve(made.balance_transaction, {"expand": ["source"]})
    assert misfits(movement) == []
    assert (movement.amount, movement.fee, movement.type, movement.source.id) == (-2000, 0, "refund", made.id)


def test_parts_are_refunded_by_intent_and_by_charge_and_never_too_much(account):
    intent = account.pay()
    first = refund(account, intent, amount=500)
    second = account.v1.refunds.create({"charge": intent.latest_charge, "amount": 700})
    with invalid(None, "amount"):
        refund(account, intent, amount=801)
    with invalid("parameter_invalid_integer", "amount"):
        refund(account, intent, amount=0)
    charge = account.v1.charges.retrieve(intent.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (False, 1200)
    last = refund(account, intent)
    assert last.amount == 800
    with invalid("charge_already_refunded"):
        refund(account, intent)
    assert account.pages("refunds", payment_intent=intent.id) == [last.id, second.id, first.id]
    other = refund(account, account.pay())
    assert account.pages("refunds", charge=intent.latest_charge) == [last.id, second.id, first.id]
    assert account.pages("refunds", created={"gte": first.created}) == [other.id, last.id, second.id, first.id]


def test_what_was_never_captured_is_not_refunded(account):
    held, open_ = account.pay(capture_method="manual"), account.intent()
    for intent in (held, open_):
        with invalid("payment_intent_unexpected_state", "payment_intent"):
            refund(account, intent)
    with invalid("charge_not_refundable"):
        account.v1.refunds.create({"charge": held.latest_charge})
    part = account.v1.payment_intents.capture(held.id, {"amount_to_capture": 700})
    assert refund(account, part).amount == 700


def test_a_refund_names_one_thing(account):
    intent = account.pay()
    with invalid("parameter_missing"):
        account.v1.refunds.create({})
    with invalid(None, "charge"):
        account.v1.refunds.create({"payment_intent": intent.id, "charge": intent.latest_charge})
    with invalid("resource_missing", "payment_intent", 404):
        account.v1.refunds.create({"payment_intent": "pi_unknown"})
    with invalid(None, "reason"):
        refund(account, intent, reason="regret")
    with invalid(None, "origin"):
        refund(account, intent, origin="customer_balance")


def test_only_the_metadata_of_a_refund_changes(account):
    made = refund(account, account.pay(), metadata={"kept": "1", "dropped": "2"})
    changed = account.v1.refunds.update(made.id, {"metadata": {"dropped": "", "added": "3"}})
    assert changed.metadata.to_dict() == {"kept": "1", "added": "3"}
    assert account.v1.refunds.retrieve(made.id).metadata == changed.metadata
    with invalid("parameter_unknown", "amount"):
        account.v1.refunds.update(made.id, {"amount": 1})
    event = account.v1.events.list({"type": "refund.updated"}).data[-1]
    assert event.data.previous_attributes.metadata.to_dict() == {"kept": "1", "dropped": "2"}


def test_a_refund_gets_its_reference_from_the_bank(account):
    made = refund(account, account.pay(), amount=500)
    told = becomes(account, made.id, "succeeded")
    assert misfits(told) == []
    assert told.destination_details.card.reference.isdigit()
    assert events_of(account, made.id) == ["refund.created", "refund.updated", "charge.refund.updated"]
    types = [event.type for event in account.v1.events.list({"limit": 100}).data]
    assert types.index("charge.refunded") == types.index("refund.created") - 1


def test_a_pending_refund_succeeds_later(account):
    intent = account.pay("pm_card_pendingRefund")
    made = refund(account, intent)
    assert misfits(made) == []
    assert (made.status, made.pending_reason) == ("pending", "processing")
    assert account.v1.charges.retrieve(intent.latest_charge).refunded is True
    told = becomes(account, made.id, "succeeded")
    assert "pending_reason" not in told
    assert events_of(account, made.id) == ["refund.created", "refund.updated", "charge.refund.updated"]
    with invalid(None):
        account.v1.refunds.cancel(made.id)


def test_a_refund_can_fail_after_it_succeeded(account):
    intent = account.pay("pm_card_refundFail")
    made = refund(account, intent, amount=1500)
    assert made.status == "succeeded"
    failed = becomes(account, made.id, "failed")
    assert misfits(failed) == []
    assert failed.failure_reason == "expired_or_canceled_card"
    back = account.v1.balance_transactions.retrieve(failed.failure_balance_transaction)
    assert (back.type, back.amount, back.net) == ("refund_failure", 1500, 1500)
    charge = account.v1.charges.retrieve(intent.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (False, 0)
    assert events_of(account, made.id) == [
        "refund.created", "refund.failed", "refund.updated", "charge.refund.updated",
    ]  # fmt: skip
    assert refund(account, intent).amount == 2000


def test_a_refund_that_waits_for_the_buyer_is_canceled_or_expires(account):
    intent = account.pay()
    waiting, second = (refund(account, intent, amount=900, instructions_email="a@example.com") for _ in range(2))
    assert misfits(waiting) == []
    assert (waiting.status, waiting.balance_transaction) == ("requires_action", None)
    assert waiting.next_action.display_details.email_sent.email_sent_to == "a@example.com"
    canceled = account.v1.refunds.cancel(waiting.id)
    assert (misfits(canceled), canceled.status) == ([], "canceled")
    failed = account.v1.test_helpers.refunds.expire(second.id)
    assert (misfits(failed), failed.status) == ([], "failed")
    charge = account.v1.charges.retrieve(intent.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (0, False)


@pytest.mark.parametrize("amount", [None, 500])
def test_a_refund_under_a_key_is_made_once(account, amount):
    intent = account.pay()
    fields = {"payment_intent": intent.id, **({"amount": amount} if amount else {})}
    first, again = (account.v1.refunds.create(fields, {"idempotency_key": "ord_1:refund:1"}) for _ in range(2))
    assert first.id == again.id
    assert account.v1.charges.retrieve(intent.latest_charge).amount_refunded == (amount or 2000)
