"""SIGTERM under load: what is in flight is answered, what is leased is handed back, the exit code is 0."""

import threading

import requests
from harness.waiting import wait_until


def test_requests_in_flight_are_answered(own_stack):
    shop = own_stack.tenant()
    create = {"method": "POST", "path": "/v1/payment_intents"}
    own_stack.fault(match=create, action="delay", seconds=1.5, times=8)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(start(shop))) for _ in range(8)]
    for thread in threads:
        thread.start()
    wait_until(lambda: calls(own_stack) >= 8, "eight calls have reached Stripe")
    assert own_stack.api.terminate() == 0
    for thread in threads:
        thread.join(20)
    assert answers == [201] * 8


def test_webhooks_in_flight_are_answered_and_the_rest_comes_again(own_stack):
    shop = own_stack.tenant()
    orders = [shop.start_payment() for _ in range(10)]
    for order in orders[:5]:
        shop.pay(order)
    stop = threading.Thread(target=lambda: codes.append(own_stack.router.terminate()))
    codes = []
    stop.start()
    for order in orders[5:]:
        shop.pay(order)
    stop.join(30)
    assert codes == [0]
    own_stack.router.start()
    for order in orders:
        shop.wait_status(order["id"], "active", seconds=60)


def test_a_worker_hands_its_leases_back(own_stack):
    shop = own_stack.tenant()
    shop.storefront.hold = threading.Event()
    order = shop.start_payment()
    shop.pay(order)
    assert shop.storefront.arrived.wait(20)
    done = threading.Thread(target=lambda: codes.append(own_stack.worker.terminate(60)))
    codes = []
    done.start()
    wait_until(lambda: draining(own_stack.worker), "the worker drains")
    shop.storefront.hold.set()
    done.join(60)
    assert codes == [0]
    # The delivery that was in flight was finished, not repeated.
    shop.wait_status(order["id"], "active")
    assert len(shop.storefront.events("order.activated", order["id"])) == 1


def start(shop):
    body = {"amount": 900, "currency": "usd"}
    try:
        return shop.call("POST", "/v1/payment_intents", body).status_code
    except requests.RequestException as error:
        return repr(error)


def calls(stack):
    seen = requests.get(stack.sandbox.url + "/_sandbox/state.json", timeout=10).json()["requests"]
    return sum(one["method"] == "POST" and one["path"] == "/v1/payment_intents" for one in seen)


def draining(program):
    try:
        return requests.get(program.url + "/readyz", timeout=5).status_code == 503
    except requests.RequestException:
        return True
