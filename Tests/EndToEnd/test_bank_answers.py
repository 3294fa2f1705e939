"""What banks say later: of debits on the Checkout page, and in disputes of payments that were made."""

import uuid
from types import SimpleNamespace

import pytest
import requests
from conftest import ENGINES, running_stack
from harness.checkout import CheckoutPage
from harness.subscriber import ORIGIN
from harness.tables import Tables
from harness.waiting import wait_until

# The bank answers when it is told to.
SLOW_ACCOUNT = {"routing_number": "110000000", "account_number": "000000000009"}
OUTCOMES = {"succeeded": "active", "failed": "failed"}


@pytest.fixture(scope="module", params=ENGINES)
def stack(request):
    yield from running_stack(request.param, request, sandbox_settings={"CHECKOUT_DEBITS": "true"})


@pytest.fixture
def shop(stack):
    shop = stack.tenant("Mugs", arguments=["--origin", ORIGIN])
    mug = {"sku": "mug", "name": "Stoneware mug", "unit_amount": 1450, "currency": "usd"}
    assert shop.call("POST", "/v1/catalog_items", mug).status_code == 201
    return shop


def debited(shop):
    """An order whose buyer has left the page, having let their bank account be debited."""
    body = {"mode": "payment", "items": [{"sku": "mug", "quantity": 2}], "success_url": f"{ORIGIN}/thanks"}
    answer = shop.call("POST", "/v1/checkout_sessions", body, idempotency_key=str(uuid.uuid4()))
    assert answer.status_code == 201, answer.text
    order = answer.json()
    done = CheckoutPage(SimpleNamespace(url=order["url"])).debit("us_bank_account", **SLOW_ACCOUNT)
    assert done == {"url": f"{ORIGIN}/thanks"}
    session = shop.stripe.v1.checkout.sessions.retrieve(order["checkout_session"])
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    return {**order, "payment_intent": session.payment_intent}


def settle(stack, order, outcome):
    """Has the bank answer."""
    path = f"/_sandbox/payment_intents/{order['payment_intent']}/settle?outcome={outcome}"
    assert requests.post(stack.sandbox.url + path, timeout=20).status_code == 200


def webhook_fault(stack, shop, **fault):
    account = shop.stripe.v1.accounts.retrieve_current().id
    stack.fault(webhooks={"account": account, **fault})


def types(shop, order):
    """What the storefront was told of an order, in turn."""
    return [event["type"] for _, event in shop.storefront.events(order=order["id"])]


def applied(stack, shop):
    """The types of the events that were applied, in the order in which they came."""
    rows = Tables(stack.environment["DATABASE_URL"]).rows(
        f"SELECT type FROM events WHERE tenant_id = '{shop.id}' AND state = 'applied' ORDER BY received_at, id"
    )
    return [row[0] for row in rows]


def check_outcome(shop, order, outcome):
    """The order is where the bank's answer puts it, the storefront was told so once, and nothing moves it again."""
    done = shop.wait_status(order["id"], OUTCOMES[outcome])
    shop.settle()
    assert shop.order(order["id"])["status"] == OUTCOMES[outcome]
    if outcome == "succeeded":
        assert (types(shop, order), done["failure"], done["amount"]) == (["order.activated"], None, 2900)
    else:
        assert types(shop, order) == ["order.failed"]
        assert done["failure"]["code"]
    return done


def test_a_debit_is_processing_until_the_bank_has_answered(stack, shop):
    orders = {outcome: debited(shop) for outcome in OUTCOMES}
    for order in orders.values():
        shop.wait_status(order["id"], "processing")
    shop.settle()
    assert shop.storefront.events() == []
    for outcome, order in orders.items():
        settle(stack, order, outcome)
        check_outcome(shop, order, outcome)
        assert "processing" in shop.history(order["id"])
    assert {f"checkout.session.async_payment_{outcome}" for outcome in OUTCOMES} <= set(applied(stack, shop))
    back = shop.call("POST", "/v1/refunds", {"order": orders["succeeded"]["id"], "amount": 900})
    assert (back.status_code, back.json()["amount"]) == (201, 900), back.text
    assert shop.call("POST", "/v1/refunds", {"order": orders["failed"]["id"]}).status_code == 400


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_banks_answer_that_comes_first_is_the_last_word(stack, shop, outcome):
    webhook_fault(stack, shop, mode="reorder", type="checkout.session.*", times=2, seconds=60)
    order = debited(shop)
    settle(stack, order, outcome)
    check_outcome(shop, order, outcome)
    assert [one for one in applied(stack, shop) if one.startswith("checkout.")] == [
        f"checkout.session.async_payment_{outcome}", "checkout.session.completed",
    ]  # fmt: skip


def test_a_banks_answer_that_nobody_heard_is_found_by_a_sweep(stack, shop):
    [endpoint] = shop.stripe.v1.webhook_endpoints.list().data
    shop.stripe.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    orders = {outcome: debited(shop) for outcome in OUTCOMES}
    for outcome, order in orders.items():
        settle(stack, order, outcome)
        assert shop.order(order["id"])["status"] == "pending"
    [swept] = stack.ctl("reconcile", shop.id, "--json")["data"]
    assert swept["missed"] >= 4
    for outcome, order in orders.items():
        check_outcome(shop, order, outcome)
    [swept] = stack.ctl("reconcile", shop.id, "--json")["data"]
    assert swept["missed"] == 0


def disputed(stack, shop, card="pm_card_createDispute"):
    """An order whose payment its buyer's bank disputes, and the dispute."""
    order = shop.start_payment(2000)
    shop.pay(order, card)
    shop.wait_status(order["id"], "active")
    requests.post(stack.sandbox.url + "/_sandbox/appointments/hurry", timeout=20)
    v1 = shop.stripe.v1
    found = wait_until(lambda: v1.disputes.list({"payment_intent": order["payment_intent"]}).data, "a dispute")
    return order, found[0]


def decide(stack, shop, dispute, evidence):
    shop.stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
    requests.post(stack.sandbox.url + "/_sandbox/appointments/hurry", timeout=20)


@pytest.mark.parametrize(
    ("card", "evidence", "status", "told"),
    [
        ("pm_card_createDispute", "winning_evidence", "active", ["order.disputed", "order.disputed"]),
        ("pm_card_createDisputeProductNotReceived", "losing_evidence", "disputed", ["order.disputed"]),
        ("pm_card_createDisputeInquiry", "winning_evidence", "active", ["order.disputed", "order.disputed"]),
    ],
    ids=["won", "lost", "inquiry"],
)
def test_a_dispute_holds_its_order_until_it_lets_go(stack, shop, card, evidence, status, told):
    order, dispute = disputed(stack, shop, card)
    shop.wait_status(order["id"], "disputed")
    opened = shop.storefront.wait_for("order.disputed", order["id"])["data"]["object"]
    assert (opened["status"], opened["amount"]) == ("disputed", 2000)
    decide(stack, shop, dispute, evidence)
    wait_until(lambda: "charge.dispute.closed" in applied(stack, shop), "the end of the dispute has come")
    for is_repetition in (False, True):
        if is_repetition:
            stack.ctl("events", "replay", "--tenant", shop.id, "--reason", "again")
        shop.settle()
        assert shop.order(order["id"])["status"] == status
        assert types(shop, order) == ["order.activated", *told]
        assert shop.storefront.events("order.disputed", order["id"])[-1][1]["data"]["object"]["status"] == status


def test_a_dispute_whose_end_comes_first_is_over(stack, shop):
    webhook_fault(stack, shop, mode="reorder", type="charge.dispute.*", times=2, seconds=60)
    order, dispute = disputed(stack, shop)
    decide(stack, shop, dispute, "winning_evidence")
    wait_until(lambda: "charge.dispute.created" in applied(stack, shop), "both events have come")
    shop.settle()
    assert shop.order(order["id"])["status"] == "active"
    assert types(shop, order) == ["order.activated", "order.disputed"]
    assert [one for one in applied(stack, shop) if one.startswith("charge.dispute")] == [
        "charge.dispute.closed", "charge.dispute.created",
    ]  # fmt: skip


def test_a_dispute_does_not_hide_what_was_refunded(stack, shop):
    order, dispute = disputed(stack, shop, "pm_card_createDisputeInquiry")
    shop.wait_status(order["id"], "disputed")
    back = shop.call("POST", "/v1/refunds", {"order": order["id"], "amount": 500}, idempotency_key=str(uuid.uuid4()))
    assert back.status_code == 201, back.text
    shop.storefront.wait_for("order.refunded", order["id"])
    assert shop.order(order["id"])["status"] == "disputed"
    decide(stack, shop, dispute, "winning_evidence")
    assert shop.wait_status(order["id"], "partially_refunded")["amount_refunded"] == 500
