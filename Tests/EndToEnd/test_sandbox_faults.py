"""The sandbox fails on purpose, as its manual says; the official SDK sees what it would see of Stripe."""

import threading

import pytest
import requests
import stripe

from harness.sandbox import Sandbox
from harness.stack import temporary_folder
from harness.waiting import wait_until

CUSTOMERS = {"method": "POST", "path": "/v1/customers"}


def names(account):
    return [customer.name for customer in account.v1.customers.list().data]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, stripe.InvalidRequestError),
        (401, stripe.AuthenticationError),
        (402, stripe.CardError),
        (403, stripe.PermissionError),
        (409, stripe.APIError),
        (429, stripe.RateLimitError),
        (500, stripe.APIError),
        (503, stripe.APIError),
    ],
)
def test_a_status_is_the_sdks_typed_error_once_and_nothing_is_done(account, status, error):
    account.fault(CUSTOMERS, action="status", status=status)
    with pytest.raises(error) as failure:
        account.v1.customers.create({"name": "Ada"})
    assert type(failure.value) is error
    assert failure.value.http_status == status
    assert failure.value.error.message
    assert failure.value.request_id.startswith("req_")
    assert names(account) == []
    account.v1.customers.create({"name": "Ada"})
    assert names(account) == ["Ada"]


def test_a_status_says_what_it_is_told_to_say(account):
    account.fault(
        action="status", status=402, type="card_error", code="card_declined", decline_code="lost_card",
        message="Lost.", retry_after=7, should_retry=False, headers={"X-Mood": "bad"},
    )  # fmt: skip
    with pytest.raises(stripe.CardError) as failure:
        account.v1.balance.retrieve()
    error = failure.value.error
    assert (error.type, error.code, error.decline_code, error.message) == ("card_error", "card_declined", "lost_card", "Lost.")
    headers = failure.value.headers
    assert (headers["Retry-After"], headers["Stripe-Should-Retry"], headers["X-Mood"]) == ("7", "false", "bad")


def test_a_rate_limit_has_stripes_code(account):
    account.fault(action="status", status=429, retry_after=1)
    with pytest.raises(stripe.RateLimitError) as failure:
        account.v1.balance.retrieve()
    assert (failure.value.error.code, failure.value.headers["Retry-After"]) == ("rate_limit", "1")


def test_a_broken_gateway_answers_no_json(account):
    account.fault(action="status", status=502, body="<html>Bad gateway</html>")
    with pytest.raises(stripe.APIError) as failure:
        account.v1.balance.retrieve()
    assert (failure.value.http_status, failure.value.http_body) == (502, "<html>Bad gateway</html>")


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        ({"status": 500}, 2),
        ({"status": 409}, 2),
        ({"status": 400, "should_retry": True}, 2),
        ({"status": 500, "should_retry": False}, 1),
        ({"status": 429}, 1),
    ],
    ids=str,
)
def test_the_sdk_retries_what_it_would_retry_at_stripe(sandbox, account, fault, calls):
    account.fault(CUSTOMERS, action="status", **fault)
    patient = account.client_with(max_network_retries=1).v1
    if calls == 2:
        patient.customers.create({"name": "Ada"})
    else:
        with pytest.raises(stripe.StripeError):
            patient.customers.create({"name": "Ada"})
    assert names(account) == ["Ada"] * (calls - 1)


def test_a_dropped_connection_before_acting_leaves_nothing(account):
    account.fault(CUSTOMERS, action="drop_before_acting")
    with pytest.raises(stripe.APIConnectionError):
        account.v1.customers.create({"name": "Ada"}, {"idempotency_key": "once"})
    assert names(account) == []
    assert account.v1.customers.create({"name": "Ada"}, {"idempotency_key": "once"}).name == "Ada"
    assert names(account) == ["Ada"]


@pytest.mark.parametrize("action", ["drop_after_acting", "drop"])
def test_a_dropped_connection_after_acting_leaves_what_was_done(account, action):
    account.fault(CUSTOMERS, action=action)
    with pytest.raises(stripe.APIConnectionError):
        account.v1.customers.create({"name": "Ada"}, {"idempotency_key": "once"})
    assert names(account) == ["Ada"]
    again = account.v1.customers.create({"name": "Ada"}, {"idempotency_key": "once"})
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert names(account) == ["Ada"]


@pytest.mark.parametrize(("after_acting", "left"), [(False, []), (True, ["Ada"])])
def test_a_hanging_call_times_out_and_holds_its_key_meanwhile(account, after_acting, left):
    account.fault(CUSTOMERS, action="hang", after_acting=after_acting)
    hasty = account.client_with(http_client=stripe.RequestsClient(timeout=0.5)).v1
    with pytest.raises(stripe.APIConnectionError) as failure:
        hasty.customers.create({"name": "Ada"}, {"idempotency_key": "once"})
    assert "timed out" in failure.value.user_message.lower()
    assert names(account) == left
    with pytest.raises(stripe.APIError) as failure:
        account.v1.customers.create({"name": "Ada"}, {"idempotency_key": "once"})
    assert (failure.value.http_status, failure.value.error.code) == (409, "idempotency_key_in_use")


def test_a_hang_ends_after_its_seconds_without_an_answer(account):
    account.fault(CUSTOMERS, action="hang", seconds=0.2)
    with pytest.raises(stripe.APIConnectionError):
        account.v1.customers.create({"name": "Ada"}, {"idempotency_key": "once"})
    assert account.v1.customers.create({"name": "Ada"}, {"idempotency_key": "once"}).name == "Ada"


def test_a_delayed_call_is_carried_out_late(account):
    account.fault(CUSTOMERS, action="delay", seconds=0.4)
    hasty = account.client_with(http_client=stripe.RequestsClient(timeout=0.2)).v1
    with pytest.raises(stripe.APIConnectionError):
        hasty.customers.create({"name": "Ada"})
    wait_until(lambda: names(account) == ["Ada"], "the customer is made")


def test_a_fault_meets_only_the_calls_that_it_names(sandbox, account):
    match = {"method": "POST", "path": "/v1/payment_intents/*/confirm", "idempotency_key": "ord_*:confirm:1"}
    account.fault(match, action="status", status=500)
    intent = account.intent()
    confirmation = {"payment_method": "pm_card_threeDSecure2Required", "return_url": "https://shop.example"}
    account.v1.payment_intents.confirm(intent.id, confirmation, {"idempotency_key": "ord_1:confirm:2"})
    other = sandbox.account()
    other.v1.payment_intents.confirm(other.intent().id, confirmation, {"idempotency_key": "ord_1:confirm:1"})
    live = sandbox.account(account.key.replace("_test_", "_live_"))
    live.v1.payment_intents.confirm(live.intent().id, confirmation, {"idempotency_key": "ord_1:confirm:1"})
    with pytest.raises(stripe.APIError):
        account.v1.payment_intents.confirm(intent.id, confirmation, {"idempotency_key": "ord_1:confirm:1"})


def test_a_fault_skips_and_counts_and_is_taken_back(sandbox, account):
    def outcomes(count):
        found = []
        for _ in range(count):
            try:
                account.v1.balance.retrieve()
                found.append(200)
            except stripe.APIError as failure:
                found.append(failure.http_status)
        return found

    account.fault(action="status", status=500, skip=1, times=2)
    assert outcomes(4) == [200, 500, 500, 200]
    mine = account.fault(action="status", status=503, times="always")[-1]["id"]
    assert outcomes(3) == [503] * 3
    assert mine in [fault["id"] for fault in sandbox.faults()]
    assert requests.delete(f"{sandbox.url}/_sandbox/faults/{mine}", timeout=20).status_code == 200
    assert outcomes(1) == [200]
    assert requests.delete(f"{sandbox.url}/_sandbox/faults/{mine}", timeout=20).status_code == 404


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"action": "explode"},
        {"action": "status"},
        {"action": "status", "status": 200},
        {"action": "status", "status": 500, "time": 2},
        {"action": "status", "status": 500, "times": 0},
        {"action": "delay"},
        {"action": "drop", "match": {"url": "/v1"}},
        {"action": "drop", "match": {"key": "nonsense"}},
        {"webhooks": {"mode": "lose"}},
        {"webhooks": {"mode": "drop", "event": "x"}},
    ],
    ids=str,
)
def test_a_misspelt_fault_is_refused(sandbox, fault):
    before = sandbox.faults()
    assert sandbox.post("/_sandbox/faults", json=fault).status_code == 400
    assert sandbox.faults() == before


def test_a_fault_is_not_set_by_a_form_of_another_site(sandbox):
    assert sandbox.post("/_sandbox/faults", data='{"action": "drop"}').status_code == 415


# The state file


@pytest.fixture
def kept():
    """A sandbox of the test's own, with a state file."""
    with temporary_folder() as folder:
        sandbox = Sandbox(folder, state=f"{folder}/state.db")
        try:
            yield sandbox.start()
        finally:
            sandbox.close()


def test_what_was_answered_survives_a_sigkill(kept):
    account = kept.account()
    receiver = account.listen("customer.created", "payment_intent.succeeded")
    paid = account.pay("pm_card_visa", metadata={"cart": "7"})
    key = {"idempotency_key": "once"}
    customer = account.v1.customers.create({"name": "Ada"}, key)
    method = account.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    challenged = account.pay("pm_card_threeDSecure2Required", return_url="https://shop.example")
    receiver.wait_for(2)
    events = [event.id for event in account.v1.events.list({"limit": 100}).data]
    balance = account.v1.balance.retrieve()
    kept.program.kill()
    kept.start()
    assert account.v1.payment_intents.retrieve(paid.id) == paid
    assert account.v1.charges.retrieve(paid.latest_charge).status == "succeeded"
    assert account.v1.balance.retrieve() == balance
    assert [event.id for event in account.v1.events.list({"limit": 100}).data] == events
    assert [one.id for one in account.v1.customers.payment_methods.list(customer.id).data] == [method.id]
    replay = account.v1.customers.create({"name": "Ada"}, key)
    assert (replay.id, replay.last_response.headers["Idempotent-Replayed"]) == (customer.id, "true")
    page = requests.get(challenged.next_action.redirect_to_url.url, timeout=20)
    assert (page.status_code, "Complete authentication" in page.text) == (200, True)
    # The endpoint is still there with its secret; what had arrived does not come again.
    account.v1.customers.create({"name": "Grace"})
    assert [event.type for event in receiver.wait_for(3)] == [
        "payment_intent.succeeded", "customer.created", "customer.created",
    ]  # fmt: skip
    # A declining card declines still.
    with pytest.raises(stripe.CardError):
        account.v1.payment_intents.confirm(challenged.id, {"payment_method": "pm_card_chargeDeclined"})


def test_a_webhook_that_was_not_taken_before_a_sigkill_comes_after_it(kept):
    account = kept.account()
    receiver = account.listen("customer.created")
    account.webhook_fault(mode="delay", seconds=1)
    customer = account.v1.customers.create()
    kept.program.kill()
    kept.start()
    assert [event.data.object.id for event in receiver.wait_for(1)] == [customer.id]


def test_a_sigkill_in_the_midst_of_work_loses_nothing_answered(kept):
    account = kept.account()
    answered = []

    def work(number):
        client = account.client_with().v1
        for step in range(10_000):
            name = f"{number}.{step}"
            try:
                answered.append((client.customers.create({"name": name}, {"idempotency_key": name}).id, name))
            except stripe.APIConnectionError:
                return

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    wait_until(lambda: len(answered) >= 60, "60 customers are made")
    kept.program.kill()
    for worker in workers:
        worker.join()
    kept.start()
    listed = {customer.id: customer.name for customer in account.v1.customers.list({"limit": 100}).auto_paging_iter()}
    assert dict(answered).items() <= listed.items()
    # Nothing twice: what was done without an answer is replayed.
    for number in range(4):
        steps = sum(name.startswith(f"{number}.") for _, name in answered)
        name = f"{number}.{steps}"
        account.v1.customers.create({"name": name}, {"idempotency_key": name})
    named = [customer.name for customer in account.v1.customers.list({"limit": 100}).auto_paging_iter()]
    assert len(named) == len(set(named)) == len(answered) + 4


def test_the_sandbox_ends_kindly_while_a_call_hangs(kept):
    account = kept.account()
    account.fault(CUSTOMERS, action="hang")
    call = threading.Thread(target=lambda: pytest.raises(stripe.APIConnectionError, account.v1.customers.create))
    call.start()
    wait_until(lambda: kept.faults() == [], "the call hangs")
    assert kept.program.terminate() == 0
    call.join(10)
    assert not call.is_alive()
