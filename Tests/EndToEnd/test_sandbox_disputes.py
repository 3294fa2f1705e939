"""The official SDK drives the sandbox: disputes and inquiries, from the test cards to the bank's decision."""

import pytest
import stripe
from harness.refusals import invalid
from harness.typed import misfits
from harness.waiting import wait_until


def disputed(account, card, **fields):
    """A payment, and the dispute about it."""
    intent = account.pay(card, **fields)
    found = wait_until(
        lambda: account.v1.disputes.list({"payment_intent": intent.id}).data, f"a dispute about {intent.id}", 10
    )
    return intent, found[0]


def becomes(account, dispute, status):
    def look():
        found = account.v1.disputes.retrieve(dispute.id)
        return found if found.status == status else None

    return wait_until(look, f"{dispute.id} {status}", 10)


def events(account):
    return [one.type for one in reversed(account.v1.events.list({"type": "charge.dispute.*"}).data)]


@pytest.mark.parametrize(
    ("card", "reason", "code"),
    [
        ("pm_card_createDispute", "fraudulent", "10.4"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received", "13.1"),
    ],
)
def test_a_dispute_takes_the_money_and_a_fee(account, card, reason, code):
    intent, dispute = disputed(account, card)
    assert isinstance(dispute, stripe.Dispute)
    assert misfits(dispute) == []
    assert (dispute.amount, dispute.currency, dispute.charge) == (2000, "eur", intent.latest_charge)
    assert (dispute.status, dispute.reason) == ("needs_response", reason)
    card_details = dispute.payment_method_details.card
    assert (card_details.case_type, card_details.network_reason_code) == ("chargeback", code)
    [movement] = dispute.balance_transactions
    assert (movement.type, movement.amount, movement.fee, movement.net) == ("adjustment", -2000, 1500, -3500)
    assert account.v1.balance_transactions.retrieve(movement.id).source == dispute.id
    assert events(account) == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    charge = account.v1.charges.retrieve(intent.latest_charge)
    assert (charge.disputed, charge.refunded) == (True, False)
    with invalid("charge_disputed"):
        account.v1.refunds.create({"charge": charge.id})


def test_evidence_is_staged_then_sent_and_wins(account):
    _, dispute = disputed(account, "pm_card_createDispute")
    staged = account.v1.disputes.update(
        dispute.id,
        {"evidence": {"customer_name": "Ada", "uncategorized_text": "winning_evidence"}, "submit": False},
    )
    assert misfits(staged) == []
    assert (staged.status, staged.evidence.customer_name) == ("needs_response", "Ada")
    assert (staged.evidence_details.has_evidence, staged.evidence_details.submission_count) == (True, 0)
    sent = account.v1.disputes.update(dispute.id, {"submit": True, "metadata": {"case": "7"}})
    assert (sent.status, sent.evidence_details.submission_count, sent.metadata["case"]) == ("under_review", 1, "7")
    with invalid(None, "dispute"):
        account.v1.disputes.update(dispute.id, {"evidence": {"receipt": "file_1"}})
    won = becomes(account, dispute, "won")
    assert misfits(won) == []
    assert sum(one.net for one in won.balance_transactions) == 0
    assert events(account)[2:] == [
        "charge.dispute.updated", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_reinstated",
    ]  # fmt: skip


def test_a_dispute_is_lost_by_bad_evidence_or_by_giving_in(account):
    _, dispute = disputed(account, "pm_card_createDispute")
    account.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "losing_evidence"}})
    lost = becomes(account, dispute, "lost")
    assert [one.net for one in lost.balance_transactions] == [-3500]
    _, other = disputed(account, "pm_card_createDispute")
    closed = account.v1.disputes.close(other.id)
    assert (misfits(closed), closed.status) == ([], "lost")
    with invalid(None, "dispute"):
        account.v1.disputes.close(other.id)
    assert events(account).count("charge.dispute.closed") == 2
    assert account.pages("disputes") == [other.id, dispute.id]
    assert account.pages("disputes", charge=dispute.charge) == [dispute.id]


def test_an_inquiry_takes_nothing_until_it_escalates(account):
    intent, inquiry = disputed(account, "pm_card_createDisputeInquiry")
    assert misfits(inquiry) == []
    assert (inquiry.status, inquiry.balance_transactions) == ("warning_needs_response", [])
    assert (inquiry.payment_method_details.card.case_type, inquiry.is_charge_refundable) == ("inquiry", True)
    assert account.v1.refunds.create({"payment_intent": intent.id, "amount": 500}).status == "succeeded"
    sent = account.v1.disputes.update(inquiry.id, {"evidence": {"uncategorized_text": "escalate_inquiry_evidence"}})
    assert sent.status == "warning_under_review"
    escalated = becomes(account, inquiry, "needs_response")
    assert escalated.payment_method_details.card.case_type == "chargeback"
    assert [one.amount for one in escalated.balance_transactions] == [-2000]
    _, other = disputed(account, "pm_card_createDisputeInquiry")
    account.v1.disputes.update(other.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert becomes(account, other, "warning_closed").balance_transactions == []


def test_a_held_payment_is_disputed_once_it_is_captured(account):
    held = account.pay("pm_card_createDispute", capture_method="manual")
    account.v1.payment_intents.capture(held.id, {"amount_to_capture": 700})
    found = wait_until(lambda: account.v1.disputes.list({"charge": held.latest_charge}).data, "a dispute", 10)
    assert [one.amount for one in found] == [700]


def test_evidence_is_checked(account):
    _, dispute = disputed(account, "pm_card_createDispute")
    with invalid("parameter_unknown", "evidence[excuse]"):
        account.v1.disputes.update(dispute.id, {"evidence": {"excuse": "sorry"}})
    with invalid("resource_missing", "dispute", 404):
        account.v1.disputes.retrieve("du_unknown")
