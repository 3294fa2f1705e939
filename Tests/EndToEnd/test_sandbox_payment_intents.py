"""The official SDK drives the sandbox: the life of a PaymentIntent."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from harness.refusals import unexpected_state
from harness.sandbox import RETURN_URL
from harness.typed import misfits

ADDRESS = {"city": "Paris", "country": "FR", "line1": "1 rue de Rivoli", "postal_code": "75001"}


def test_a_new_intent_waits_for_a_payment_method(account):
    intent = account.intent(1999, "eur", description="Two mugs", metadata={"cart": "7"}, receipt_email="a@example.com")
    assert isinstance(intent, stripe.PaymentIntent)
    assert misfits(intent) == []
    assert intent.id.startswith("pi_")
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert (intent.amount, intent.currency, intent.status) == (1999, "eur", "requires_payment_method")
    assert (intent.description, intent.metadata["cart"]) == ("Two mugs", "7")
    assert intent.livemode is False
    assert intent.automatic_payment_methods.enabled is True
    assert intent.latest_charge is None
    assert account.v1.payment_intents.retrieve(intent.id) == intent


def test_a_confirmed_intent_succeeds_and_has_its_charge(account):
    created = account.intent(1999, "eur", metadata={"cart": "7"}, shipping={"name": "Ada", "address": ADDRESS})
    intent = account.v1.payment_intents.confirm(
        created.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL, "expand": ["latest_charge"]}
    )
    assert misfits(intent) == []
    assert (intent.status, intent.amount_received, intent.next_action) == ("succeeded", 1999, None)
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.amount, charge.amount_captured, charge.currency) == (1999, 1999, "eur")
    assert (charge.paid, charge.captured, charge.refunded, charge.status) == (True, True, False, "succeeded")
    assert (charge.payment_intent, charge.payment_method) == (created.id, intent.payment_method)
    assert (charge.metadata["cart"], charge.shipping.address.city) == ("7", "Paris")
    assert charge.outcome.type == "authorized"
    assert account.v1.payment_intents.retrieve(intent.id).latest_charge == charge.id


def test_a_payment_method_makes_an_intent_ready_to_confirm(account):
    intent = account.intent(payment_method="pm_card_visa")
    assert intent.status == "requires_confirmation"
    assert account.v1.payment_intents.confirm(intent.id).status == "succeeded"


def test_an_intent_is_not_confirmed_without_a_payment_method(account):
    intent = account.intent()
    with unexpected_state(intent.id):
        account.v1.payment_intents.confirm(intent.id)


def test_an_open_intent_can_be_updated_and_metadata_is_merged(account):
    intent = account.intent(1000, "eur", metadata={"kept": "1", "dropped": "2"}, description="old")
    changes = {"amount": 1200, "currency": "usd", "metadata": {"dropped": "", "added": "3"}, "description": "new"}
    updated = account.v1.payment_intents.update(intent.id, changes)
    assert (updated.amount, updated.currency, updated.description) == (1200, "usd", "new")
    assert updated.metadata.to_dict() == {"kept": "1", "added": "3"}
    assert updated.client_secret == intent.client_secret
    assert account.v1.payment_intents.update(intent.id, {"metadata": ""}).metadata.to_dict() == {}
    assert account.v1.payment_intents.retrieve(intent.id).amount == 1200


def test_a_paid_intent_keeps_its_amount_and_takes_metadata(account):
    intent = account.pay()
    with unexpected_state(intent.id):
        account.v1.payment_intents.update(intent.id, {"amount": 1})
    assert account.v1.payment_intents.update(intent.id, {"metadata": {"note": "x"}}).metadata["note"] == "x"


def test_a_paid_intent_is_not_confirmed_again(account):
    intent = account.pay()
    with unexpected_state(intent.id):
        account.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert len(account.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_confirming_twice_at_once_charges_once(account):
    intent = account.intent(payment_method="pm_card_visa")

    def confirm(_):
        try:
            return account.v1.payment_intents.confirm(intent.id).status
        except stripe.InvalidRequestError as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(confirm, range(4)))
    assert outcomes == ["payment_intent_unexpected_state"] * 3 + ["succeeded"]
    assert len(account.v1.charges.list().data) == 1


@pytest.mark.parametrize(("asked", "captured"), [({}, 2000), ({"amount_to_capture": 700}, 700)], ids=["all", "a part"])
def test_a_held_payment_is_captured(account, asked, captured):
    held = account.pay(capture_method="manual")
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2000, 0)
    assert account.v1.charges.retrieve(held.latest_charge).captured is False
    intent = account.v1.payment_intents.capture(held.id, asked)
    assert misfits(intent) == []
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("succeeded", 0, captured)
    charge = account.v1.charges.retrieve(intent.latest_charge)
    assert (charge.captured, charge.amount_captured) == (True, captured)
    # Stripe tells the part that was let go as refunded.
    assert charge.amount_refunded == 2000 - captured
    movement = account.v1.balance_transactions.retrieve(charge.balance_transaction)
    assert movement.amount == captured


# Fails: the sandbox keeps the option, and captures at once all the same (reported to its author).
def test_a_payment_is_held_for_its_kind_of_payment_method(account):
    held = account.pay(payment_method_options={"card": {"capture_method": "manual"}})
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2000, 0)


def test_no_more_is_captured_than_was_held_and_only_once(account):
    held = account.pay(capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.payment_intents.capture(held.id, {"amount_to_capture": 2001})
    assert refusal.value.code == "amount_too_large"
    assert refusal.value.param == "amount_to_capture"
    account.v1.payment_intents.capture(held.id)
    with unexpected_state(held.id):
        account.v1.payment_intents.capture(held.id)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"payment_method": "pm_card_visa"},
        {"payment_method": "pm_card_threeDSecure2Required", "confirm": True, "return_url": RETURN_URL},
        {"payment_method": "pm_card_visa", "confirm": True, "capture_method": "manual"},
    ],
    ids=["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"],
)
def test_an_unpaid_intent_is_canceled_for_good(account, request, fields):
    intent = account.intent(**fields)
    assert intent.status == request.node.callspec.id
    canceled = account.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert misfits(canceled) == []
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert canceled.canceled_at >= canceled.created
    assert (canceled.amount_capturable, canceled.next_action) == (0, None)
    if canceled.latest_charge:
        charge = account.v1.charges.retrieve(canceled.latest_charge)
        assert (charge.refunded, charge.amount_refunded) == (True, 2000)
    with unexpected_state(intent.id):
        account.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    with unexpected_state(intent.id):
        account.v1.payment_intents.cancel(intent.id)


def test_a_paid_intent_is_not_canceled(account):
    intent = account.pay()
    with unexpected_state(intent.id):
        account.v1.payment_intents.cancel(intent.id)
    assert account.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_two_intents_share_nothing(account):
    first, second = account.intent(), account.intent()
    assert first.id != second.id
    assert first.client_secret != second.client_secret


def test_a_publishable_key_sees_the_intent_whose_client_secret_it_has_and_confirms_it(account):
    intent = account.intent(metadata={"secret": "note"})
    page = account.client_with(api_key=account.key.replace("sk_", "pk_")).v1
    seen = page.payment_intents.retrieve(intent.id, {"client_secret": intent.client_secret})
    assert (seen.status, seen.amount) == ("requires_payment_method", 2000)
    assert "metadata" not in seen
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        page.payment_intents.retrieve(intent.id, {"client_secret": intent.client_secret[:-1] + "~"})
    assert refusal.value.param == "client_secret"
    confirmation = {"client_secret": intent.client_secret, "payment_method": "pm_card_visa", "return_url": RETURN_URL}
    assert page.payment_intents.confirm(intent.id, confirmation).status == "succeeded"
    with pytest.raises(stripe.AuthenticationError):
        page.payment_intents.list()
