"""The official SDK drives the sandbox: saving cards, and charging them while nobody is there."""

import pytest
import requests
import stripe
from harness.refusals import invalid
from harness.sandbox import RETURN_URL, answer_challenge
from harness.typed import misfits


@pytest.fixture
def customer(account):
    return account.v1.customers.create({"email": "ada@example.com"}).id


def saved(account, customer):
    return [method.id for method in account.v1.customers.payment_methods.list(customer).data]


def types(account, pattern="*"):
    """The events of the account, oldest first."""
    listed = account.v1.events.list({"limit": 100, "types": [pattern]})
    return [event.type for event in reversed(listed.data)]


def set_up(account, customer, token):
    """A card that its owner has set up for charges without them, if need be with 3-D Secure."""
    intent = account.v1.setup_intents.create(
        {"customer": customer, "payment_method": token, "confirm": True, "return_url": RETURN_URL}
    )
    if intent.next_action:
        answer_challenge(intent.next_action.redirect_to_url.url, "succeeded")
    return account.v1.setup_intents.retrieve(intent.id).payment_method


def charge(account, customer, method, **fields):
    return account.pay(method, customer=customer, off_session=True, **fields)


def test_a_setup_intent_saves_a_card_for_its_customer(account, customer):
    intent = account.v1.setup_intents.create({"customer": customer, "metadata": {"a": "1"}, "description": "Card"})
    assert isinstance(intent, stripe.SetupIntent)
    assert misfits(intent) == []
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert (intent.status, intent.usage, intent.payment_method) == ("requires_payment_method", "off_session", None)
    done = account.v1.setup_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "expand": ["payment_method", "latest_attempt"]}
    )
    assert misfits(done) == []
    assert (done.status, done.payment_method.card.last4, done.payment_method.customer) == (
        "succeeded",
        "4242",
        customer,
    )
    attempt = done.latest_attempt
    assert (attempt.status, attempt.payment_method_details.card.last4) == ("succeeded", "4242")
    assert misfits(attempt) == []
    assert saved(account, customer) == [done.payment_method.id]
    assert types(account, "setup_intent.*") == ["setup_intent.created", "setup_intent.succeeded"]
    assert "payment_method.attached" in types(account)


def test_a_card_without_a_customer_is_set_up_and_is_nobodys(account):
    intent = account.v1.setup_intents.create({"payment_method": "pm_card_visa", "confirm": True})
    assert intent.status == "succeeded"
    assert account.v1.payment_methods.retrieve(intent.payment_method).customer is None


@pytest.mark.parametrize(("outcome", "status"), [("succeeded", "succeeded"), ("failed", "requires_payment_method")])
def test_3d_secure_sets_up_or_asks_for_another_card(account, customer, outcome, status):
    intent = account.v1.setup_intents.create(
        {
            "customer": customer,
            "payment_method": "pm_card_threeDSecure2Required",
            "confirm": True,
            "return_url": RETURN_URL,
        }
    )
    assert misfits(intent) == []
    assert (intent.status, saved(account, customer)) == ("requires_action", [])
    page, answer = answer_challenge(intent.next_action.redirect_to_url.url, outcome)
    assert "•••• 3220" in page.text
    location, _, query = answer.headers["Location"].partition("?")
    assert location == RETURN_URL
    assert query.split("&") == [
        f"setup_intent={intent.id}",
        f"setup_intent_client_secret={intent.client_secret}",
        f"redirect_status={outcome}",
    ]
    left = account.v1.setup_intents.retrieve(intent.id, {"expand": ["latest_attempt"]})
    assert misfits(left) == []
    assert (left.status, left.next_action) == (status, None)
    attempts = account.v1.setup_attempts.list({"setup_intent": intent.id}).data
    assert [one.status for one in attempts] == [outcome]
    if outcome == "succeeded":
        assert attempts[0].payment_method_details.card.three_d_secure.result == "authenticated"
        assert saved(account, customer) == [left.payment_method]
    else:
        assert left.last_setup_error.code == "setup_intent_authentication_failure"
        assert saved(account, customer) == []
    last = {"succeeded": "setup_intent.succeeded", "failed": "setup_intent.setup_failed"}[outcome]
    assert types(account, "setup_intent.*") == ["setup_intent.created", "setup_intent.requires_action", last]


def test_a_declined_card_is_not_saved(account, customer):
    intent = account.v1.setup_intents.create({"customer": customer})
    with pytest.raises(stripe.CardError) as refusal:
        account.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"})
    error = refusal.value.error
    assert misfits(error) == []
    assert (error.code, error.decline_code, error.setup_intent.id) == ("card_declined", "generic_decline", intent.id)
    left = account.v1.setup_intents.retrieve(intent.id)
    assert (left.status, left.payment_method) == ("requires_payment_method", None)
    assert left.last_setup_error.code == "card_declined"
    assert saved(account, customer) == []
    assert account.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


def test_a_setup_intent_is_canceled_once(account, customer):
    intent = account.v1.setup_intents.create({"customer": customer})
    canceled = account.v1.setup_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert misfits(canceled) == []
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    for again in (account.v1.setup_intents.cancel, account.v1.setup_intents.confirm):
        with invalid("setup_intent_unexpected_state"):
            again(intent.id)
    assert types(account, "setup_intent.*") == ["setup_intent.created", "setup_intent.canceled"]


def test_a_browser_confirms_with_the_client_secret(account, customer):
    intent = account.v1.setup_intents.create({"customer": customer, "metadata": {"secret": "1"}})
    url = f"{account.sandbox.url}/v1/setup_intents/{intent.id}/confirm"
    form = {"key": account.key.replace("sk_", "pk_"), "payment_method": "pm_card_visa", "client_secret": "x"}
    assert requests.post(url, form, timeout=20).status_code == 400
    answer = requests.post(url, {**form, "client_secret": intent.client_secret}, timeout=20).json()
    assert (answer["status"], "metadata" in answer, "customer" in answer) == ("succeeded", False, False)


def test_setup_intents_are_listed_by_customer(account, customer):
    mine = account.v1.setup_intents.create({"customer": customer})
    account.v1.setup_intents.create()
    assert [one.id for one in account.v1.setup_intents.list({"customer": customer}).data] == [mine.id]
    with invalid("parameter_unknown", "colour"):
        account.v1.setup_intents.create({"colour": "red"})
    with invalid("payment_method_types_no_longer_supported", "payment_method_types"):
        account.v1.setup_intents.create({"payment_method_types": ["card"]})


def test_a_payment_saves_its_card_where_it_is_asked_to(account, customer):
    once = account.pay(customer=customer)
    assert saved(account, customer) == []
    kept = account.pay(customer=customer, setup_future_usage="off_session")
    assert saved(account, customer) == [kept.payment_method]
    with invalid(None, "payment_method"):
        charge(account, customer, once.payment_method)
    assert charge(account, customer, kept.payment_method).status == "succeeded"


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("pm_card_visa", "succeeded"),
        ("pm_card_authenticationRequiredOnSetup", "succeeded"),
        ("pm_card_authenticationRequired", None),
    ],
)
def test_a_saved_card_is_charged_while_nobody_is_there_unless_its_bank_always_asks(account, customer, token, status):
    method = set_up(account, customer, token)
    assert saved(account, customer) == [method]
    if status:
        assert charge(account, customer, method).status == status
        return
    with pytest.raises(stripe.CardError) as refusal:
        charge(account, customer, method)
    error = refusal.value.error
    assert (error.code, error.decline_code) == ("authentication_required", "authentication_required")
    left = error.payment_intent
    assert (left.status, left.last_payment_error.payment_method.id) == ("requires_payment_method", method)
    # The buyer comes back, and pays the same intent.
    again = account.v1.payment_intents.confirm(left.id, {"payment_method": method, "return_url": RETURN_URL})
    answer_challenge(again.next_action.redirect_to_url.url, "succeeded")
    assert account.v1.payment_intents.retrieve(left.id).status == "succeeded"


def test_a_card_that_was_never_set_up_asks_for_its_owner(account, customer):
    method = "pm_card_authenticationRequiredOnSetup"
    with pytest.raises(stripe.CardError) as refusal:
        charge(account, customer, method)
    assert refusal.value.code == "authentication_required"


def test_a_saved_card_is_shown_changed_and_taken_away(account, customer):
    method = set_up(account, customer, "pm_card_mastercard")
    listed = account.v1.customers.payment_methods.list(customer, {"type": "card"})
    assert misfits(listed.data[0]) == []
    assert account.v1.customers.payment_methods.retrieve(customer, method).id == method
    changed = account.v1.payment_methods.update(
        method, {"card": {"exp_month": 5, "exp_year": 2040}, "billing_details": {"name": "Ada"}}
    )
    assert (changed.card.exp_month, changed.card.exp_year, changed.billing_details.name) == (5, 2040, "Ada")
    assert account.v1.payment_methods.detach(method).customer is None
    assert saved(account, customer) == []
    with invalid(None, "payment_method"):
        charge(account, customer, method)
