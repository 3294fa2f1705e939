"""A sandbox with a state file is killed, and starts again where it was."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import stripe
from harness.sandbox import RETURN_URL, Sandbox
from harness.stack import temporary_folder
from harness.waiting import wait_until


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
    challenged = account.pay("pm_card_threeDSecure2Required", return_url=RETURN_URL)
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
    account.webhook_fault(mode="delay", seconds=600)
    customer = account.v1.customers.create()
    kept.program.kill()
    assert receiver.deliveries == []
    kept.start()
    kept.hurry_to(receiver)
    assert [event.data.object.id for event in receiver.events()] == [customer.id]


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
    account.fault({"method": "POST", "path": "/v1/customers"}, action="hang")
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(account.v1.customers.create)
        wait_until(lambda: kept.faults() == [], "the call hangs")
        assert not call.done()
        assert kept.program.terminate() == 0
        assert isinstance(call.exception(10), stripe.APIConnectionError)
