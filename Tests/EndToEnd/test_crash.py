"""kill -9 of every program at the worst moment: nothing accepted is lost, nothing happens twice."""

import threading
import uuid

import pytest
import requests
from harness.waiting import wait_until


def test_a_router_killed_under_webhooks_loses_none(own_stack):
    shop = own_stack.tenant()
    orders = [shop.start_payment(amount=1000 + number) for number in range(12)]
    for number, order in enumerate(orders):
        shop.pay(order)
        if number in (3, 7):
            own_stack.router.kill()
            own_stack.router.start(wait=number == 7)
    assert_each_active_once(shop, orders, 60)


def test_a_worker_killed_inside_a_delivery_delivers_again_under_the_same_id(own_stack):
    shop = own_stack.tenant()
    order = shop.start_payment()
    shop.storefront.hold = threading.Event()
    shop.pay(order)
    assert shop.storefront.arrived.wait(20)
    own_stack.worker.kill()
    assert shop.order(order["id"])["status"] == "paid"
    shop.storefront.hold.set()
    own_stack.worker.start()
    shop.wait_status(order["id"], "active", seconds=40)
    identifiers = {identifier for identifier, _ in shop.storefront.events("order.activated", order["id"])}
    assert len(identifiers) == 1
    assert shop.history(order["id"]).count("active") == 1


def test_workers_killed_while_they_apply_events_activate_each_order_once(own_stack):
    shop = own_stack.tenant()
    orders = [shop.start_payment(amount=1000 + number) for number in range(12)]
    for number, order in enumerate(orders):
        shop.pay(order)
        if number % 4 == 3:
            own_stack.worker.kill()
            own_stack.worker.start(wait=False)
    assert_each_active_once(shop, orders, 60)


@pytest.mark.parametrize("after_acting", [False, True], ids=["before Stripe acts", "after Stripe acted"])
def test_an_api_killed_while_it_calls_stripe_ends_with_one_order_and_one_intent(own_stack, after_acting):
    shop = own_stack.tenant()
    own_stack.fault(
        match={"method": "POST", "path": "/v1/payment_intents"}, action="hang", seconds=3, after_acting=after_acting
    )
    key = str(uuid.uuid4())
    body = {"amount": 2500, "currency": "usd", "metadata": {"cart": "9"}}
    first = threading.Thread(target=swallow, args=(lambda: shop.call("POST", "/v1/payment_intents", body, None, key),))
    first.start()
    wait_until(lambda: not faults_left(own_stack), "Stripe got the call")
    own_stack.api.kill()
    first.join(20)
    own_stack.api.start()
    # The dead process's hold on the key runs out by itself.
    answer = wait_until(lambda: accepted(shop, body, key), "the same key completes the order", 60)
    listed = shop.call("GET", "/v1/orders").json()["data"]
    assert [order["id"] for order in listed] == [answer["id"]]
    intents = shop.stripe.v1.payment_intents.list().data
    assert [intent.id for intent in intents] == [answer["payment_intent"]]
    shop.pay(answer)
    assert_each_active_once(shop, [answer])


def test_a_killed_sandbox_forgets_nothing(own_stack):
    shop = own_stack.tenant()
    order = shop.start_payment()
    own_stack.sandbox.kill()
    own_stack.sandbox.start(wait=False)
    own_stack.sandbox.wait_ready("/healthz")
    shop.pay(order)
    assert_each_active_once(shop, [order])


def faults_left(stack):
    """A fault is gone from the list when the call that meets it has arrived."""
    return requests.get(stack.sandbox.url + "/_sandbox/state.json", timeout=10).json()["faults"]


def swallow(call):
    try:
        call()
    except requests.RequestException:
        return


def accepted(shop, body, key):
    answer = shop.call("POST", "/v1/payment_intents", body, idempotency_key=key)
    assert answer.status_code in (201, 409, 502, 503), answer.text
    return answer.json() if answer.status_code == 201 else None


def assert_each_active_once(shop, orders, seconds=30):
    for order in orders:
        shop.wait_status(order["id"], "active", seconds=seconds)
        identifiers = {identifier for identifier, _ in shop.storefront.events("order.activated", order["id"])}
        assert len(identifiers) == 1
        assert shop.history(order["id"]).count("active") == 1
