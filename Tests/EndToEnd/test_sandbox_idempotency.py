"""The official SDK drives the sandbox: the same Idempotency-Key, the same work once."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

PAYMENT = {"amount": 2000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
CREATE = {"method": "POST", "path": "/v1/payment_intents"}


@pytest.fixture
def key():
    return {"idempotency_key": f"ord_{uuid.uuid4().hex}:create:1"}


def replayed(answer):
    headers = answer.headers if isinstance(answer, stripe.StripeError) else answer.last_response.headers
    return headers.get("Idempotent-Replayed") == "true"


def test_the_same_call_is_done_once_and_answered_the_same(account, key):
    first = account.v1.payment_intents.create(PAYMENT, key)
    account.v1.payment_intents.update(first.id, {"description": "changed since"})
    again = account.v1.payment_intents.create(PAYMENT, key)
    assert again == first
    assert (replayed(first), replayed(again)) == (False, True)
    headers = again.last_response.headers
    assert headers["Idempotency-Key"] == key["idempotency_key"]
    assert headers["Original-Request"] == first.last_response.request_id
    assert headers["Request-Id"] != first.last_response.request_id
    assert len(account.v1.charges.list().data) == 1
    created = account.v1.events.list({"type": "payment_intent.created"}).data
    assert [event.request.idempotency_key for event in created] == [key["idempotency_key"]]


@pytest.mark.parametrize(
    "other",
    [
        lambda v1, key: v1.payment_intents.create({**PAYMENT, "amount": 2001}, key),
        lambda v1, key: v1.payment_intents.create({**PAYMENT, "metadata": {"a": "1"}}, key),
        lambda v1, key: v1.customers.create({"name": "Ada"}, key),
    ],
    ids=["another amount", "one parameter more", "another path"],
)
def test_another_call_under_the_key_is_an_idempotency_error(account, key, other):
    account.v1.payment_intents.create(PAYMENT, key)
    with pytest.raises(stripe.IdempotencyError) as refusal:
        other(account.v1, key)
    assert (refusal.value.http_status, refusal.value.error.type) == (400, "idempotency_error")
    assert len(account.v1.payment_intents.list().data) == 1
    assert account.v1.customers.list().data == []


def test_a_key_counts_in_its_own_account_and_mode(sandbox, account, key):
    others = [sandbox.account(account.key.replace("_test_", "_live_")), sandbox.account()]
    ids = {one.v1.payment_intents.create(PAYMENT, key).id for one in (account, *others)}
    assert len(ids) == 3


def test_a_decline_is_replayed_and_not_charged_again(account, key):
    def decline():
        with pytest.raises(stripe.CardError) as refusal:
            account.v1.payment_intents.create({**PAYMENT, "payment_method": "pm_card_chargeDeclined"}, key)
        return refusal.value

    first, again = decline(), decline()
    assert (replayed(first), replayed(again)) == (False, True)
    assert again.http_body == first.http_body
    assert len(account.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    "refused",
    [
        {**PAYMENT, "colour": "red"},
        {"amount": 2000},
        {**PAYMENT, "amount": 1},
        {**PAYMENT, "metadata": {"k" * 41: "x"}},
    ],
    ids=["unknown", "missing", "too small", "metadata"],
)
def test_what_failed_validation_does_not_use_the_key_up(account, key, refused):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.payment_intents.create(refused, key)
    assert not replayed(refusal.value)
    paid = account.v1.payment_intents.create(PAYMENT, key)
    assert (paid.status, replayed(paid)) == ("succeeded", False)


def test_a_500_that_stripe_stored_is_replayed(account, key):
    account.fault(CREATE, action="status", status=500, stored=True)
    failures = []
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failure:
            account.v1.payment_intents.create(PAYMENT, key)
        failures.append(failure.value)
    assert [failure.http_status for failure in failures] == [500, 500]
    assert [replayed(failure) for failure in failures] == [False, True]
    assert account.v1.payment_intents.list().data == []
    assert account.v1.payment_intents.create(PAYMENT, {"idempotency_key": "another"}).status == "succeeded"


def test_a_500_from_in_front_of_stripe_is_not_replayed(account, key):
    account.fault(CREATE, action="status", status=500)
    with pytest.raises(stripe.APIError):
        account.v1.payment_intents.create(PAYMENT, key)
    paid = account.v1.payment_intents.create(PAYMENT, key)
    assert (paid.status, replayed(paid)) == ("succeeded", False)


def test_a_call_that_was_carried_out_before_it_failed_is_not_done_again(account, key):
    account.fault(CREATE, action="status", status=503, after_acting=True)
    with pytest.raises(stripe.APIError) as failure:
        account.v1.payment_intents.create(PAYMENT, key)
    assert failure.value.http_status == 503
    paid = account.v1.payment_intents.create(PAYMENT, key)
    assert (paid.status, replayed(paid)) == ("succeeded", True)
    assert len(account.v1.charges.list().data) == 1


def test_while_a_call_is_in_flight_its_key_is_in_use(account, key):
    account.fault(CREATE, action="delay", seconds=1.5)

    def create(_):
        try:
            return account.v1.payment_intents.create(PAYMENT, key)
        except stripe.APIError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(create, range(2)), key=lambda answer: isinstance(answer, stripe.APIError))
    assert answers[0].status == "succeeded"
    assert (answers[1].http_status, answers[1].error.code) == (409, "idempotency_key_in_use")
    again = account.v1.payment_intents.create(PAYMENT, key)
    assert (again, replayed(again)) == (answers[0], True)
    assert len(account.v1.charges.list().data) == 1


def test_the_sdks_own_retries_share_a_key(account):
    account.fault(CREATE, action="drop_after_acting")
    patient = account.client_with(max_network_retries=2).v1
    intent = patient.payment_intents.create(PAYMENT)
    assert replayed(intent)
    assert len(account.v1.charges.list().data) == 1


def test_a_key_has_at_most_255_characters(account):
    assert account.v1.customers.create({}, {"idempotency_key": "k" * 255}).id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.customers.create({}, {"idempotency_key": "k" * 256})
    assert refusal.value.http_status == 400
