"""A tenant's calls to Stripe keep its rate, whichever of our processes makes them, and nobody else waits for them."""

import itertools
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from conftest import ENGINES, running_stack
from harness import recorded

RATE = 5
CALLS = 24


@pytest.fixture(scope="module", params=ENGINES)
def stack(request):
    yield from running_stack(request.param, request, apis=2)


def post(api, key, **body):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid.uuid4())}
    return requests.post(api.url + "/v1/payment_intents", json=body, headers=headers, timeout=60)


def start(api, shop):
    answer = post(api, shop.api_key, amount=700, currency="eur")
    assert answer.status_code == 201, answer.text
    return answer.json()


def calls(stack, shop):
    """When our programs' calls about a tenant's account were answered, and which they were."""
    account = shop.stripe.v1.accounts.retrieve_current().id
    found = [call for call in recorded.read(stack.record) if call["account"] == account]
    return [(call["time"], call["method"]) for call in found if call["path"].startswith("/v1/payment_intents")]


def test_two_apis_and_a_worker_share_a_rate(stack):
    slow = stack.tenant("Slow", arguments=["--stripe-rate", str(RATE)])
    quick = stack.tenant("Quick")
    first = len(calls(stack, slow))
    began = time.monotonic()
    with ThreadPoolExecutor(7) as pool:
        apis = itertools.cycle(stack.apis)
        beside = pool.submit(lambda: [start(stack.apis[number % 2], quick) for number in range(6)])
        started = [pool.submit(start, next(apis), slow) for _ in range(CALLS)]
        # The worker has its part: it reads these again when it hears that the buyer must do something.
        for order in started[:4]:
            slow.pay(order.result(), "pm_card_authenticationRequired")
        orders = [order.result() for order in started]
        beside.result()
    elapsed = time.monotonic() - began
    for order in orders[:4]:
        slow.wait_status(order["id"], "requires_action")
    made = calls(stack, slow)[first:]
    assert sum(method == "POST" for _, method in made) == CALLS
    assert sum(method == "GET" for _, method in made) >= 4
    times = sorted(at for at, _ in made)
    # No stretch has more calls than its seconds allow, and one more; another second, since they are noted when answered.
    crowded = [
        (number, later)
        for number, at in enumerate(times)
        for later in range(number + 1, len(times))
        if later - number > RATE * (times[later] - at + 1) + 1
    ]
    assert crowded == [], times
    assert elapsed > (CALLS - 1) / RATE
    # Behind six callers of the other's, each of these would have waited for more than a second.
    assert max(at for at, _ in calls(stack, quick)) < max(at for at, method in made if method == "POST")


def test_a_flood_from_a_page_leaves_turns_to_the_shop_and_the_worker(stack):
    shop = stack.tenant("Flooded", arguments=["--stripe-rate", "2"])
    mug = {"sku": "mug", "name": "Mug", "unit_amount": 1450, "currency": "eur"}
    assert shop.call("POST", "/v1/catalog_items", mug).status_code == 201
    full, over = threading.Event(), threading.Event()

    def flood(api):
        answers = []
        while not over.wait(0.02):
            answers.append(post(api, shop.publishable_key, items=[{"sku": "mug", "quantity": 1}]))
            if answers[-1].status_code == 429:
                full.set()
        return answers

    with ThreadPoolExecutor(4) as pool:
        floods = [pool.submit(flood, api) for api in stack.apis * 2]
        try:
            assert full.wait(20)
            for api in stack.apis:
                # Its server's call waits its turn, and then the worker's, which reads what the buyer has to do.
                order = start(api, shop)
                shop.pay(order, "pm_card_authenticationRequired")
                shop.wait_status(order["id"], "requires_action")
        finally:
            over.set()
    answers = [answer for each in floods for answer in each.result()]
    assert {answer.status_code for answer in answers} == {201, 429}
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.json()["error"]["type"] for answer in refused} == {"rate_limit_error"}
    # At least the second that a page's call would have waited.
    assert {int(answer.headers["Retry-After"]) for answer in refused} <= {1, 2, 3, 4}
