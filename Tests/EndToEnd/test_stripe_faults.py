"""Stripe down, slow or half-answering: nothing half-made, and the same key completes the same order."""

import uuid

import pytest

BODY = {"amount": 4200, "currency": "usd"}
CREATE = {"method": "POST", "path": "/v1/payment_intents"}


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 500},
        {"action": "status", "status": 503, "stored": True},
        {"action": "drop_before_acting"},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_stripe_failing_for_good_is_stripe_unavailable_and_the_same_key_completes_the_order(own_stack, fault):
    shop = own_stack.tenant()
    own_stack.fault(match=CREATE, times=3, **fault)
    key = str(uuid.uuid4())
    refused = shop.call("POST", "/v1/payment_intents", BODY, idempotency_key=key)
    assert refused.status_code in (502, 503), refused.text
    error = refused.json()["error"]
    assert (error["type"], error["code"]) == ("api_error", "stripe_unavailable")
    own_stack.clear_faults()
    completed = shop.call("POST", "/v1/payment_intents", BODY, idempotency_key=key)
    assert completed.status_code == 201, completed.text
    replayed = shop.call("POST", "/v1/payment_intents", BODY, idempotency_key=key)
    assert replayed.json() == completed.json()
    assert replayed.headers["Idempotent-Replayed"] == "true"
    orders = shop.call("GET", "/v1/orders").json()["data"]
    assert [order["id"] for order in orders] == [completed.json()["id"]]
    assert len(shop.stripe.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 500, "times": 1},
        {"action": "status", "status": 409, "times": 1},
        {"action": "status", "status": 500, "after_acting": True},
        {"action": "drop_after_acting", "times": 1},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_a_passing_fault_is_not_even_noticed(own_stack, fault):
    shop = own_stack.tenant()
    own_stack.fault(match=CREATE, **fault)
    order = shop.start_payment()
    assert len(shop.stripe.v1.payment_intents.list().data) == 1
    shop.pay(order)
    shop.wait_status(order["id"], "active")


def test_a_rate_limit_is_passed_on_with_its_time(own_stack):
    shop = own_stack.tenant()
    own_stack.fault(match=CREATE, action="status", status=429, times=1, retry_after=1)
    key = str(uuid.uuid4())
    answer = shop.call("POST", "/v1/payment_intents", BODY, idempotency_key=key)
    if answer.status_code != 201:
        assert answer.status_code == 429, answer.text
        assert int(answer.headers["Retry-After"]) >= 1
        again = shop.call("POST", "/v1/payment_intents", BODY, idempotency_key=key)
        assert again.status_code == 201, again.text


def test_a_worker_that_cannot_reach_stripe_waits_and_catches_up(own_stack):
    shop = own_stack.tenant()
    order = shop.start_payment()
    own_stack.fault(match={"method": "GET", "path": "/v1/payment_intents/*"}, action="status", status=500)
    intent = shop.pay(order, "pm_card_threeDSecure2Required")
    own_stack.clear_faults()
    shop.wait_status(order["id"], "requires_action", seconds=60)
    shop.answer_challenge(intent, "succeeded")
    shop.wait_status(order["id"], "active", seconds=60)
