"""Money goes back: through the API, in Stripe's dashboard, many at once, and with Stripe failing in between."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness.waiting import wait_until

REFUND = {"method": "POST", "path": "/v1/refunds"}


@pytest.fixture(scope="module")
def shop(stack):
    return stack.tenant()


def paid(shop, amount=1999, **fields):
    order = shop.start_payment(amount, **fields)
    shop.pay(order)
    return shop.wait_status(order["id"], "active")


def refund(shop, order, idempotency_key=None, **fields):
    body = {"order": order["id"], **fields}
    return shop.call("POST", "/v1/refunds", body, idempotency_key=idempotency_key or str(uuid.uuid4()))


def made(shop, order, **fields):
    answer = refund(shop, order, **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def at_stripe(shop, order):
    return shop.stripe.v1.refunds.list({"payment_intent": order["payment_intent"], "limit": 100}).data


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


def wait_refund(shop, identifier, status, seconds=20):
    def reached():
        now = shop.call("GET", f"/v1/refunds/{identifier}").json()
        return now if now["status"] == status else None

    return wait_until(reached, f"refund {identifier} is {status}", seconds)


def test_a_part_goes_back_and_then_the_rest(shop):
    order = paid(shop)
    part = made(shop, order, amount=500, reason="requested_by_customer", metadata={"ticket": "7"})
    assert (part["status"], part["amount"], part["currency"], part["order"]) == ("succeeded", 500, "eur", order["id"])
    [stripes] = at_stripe(shop, order)
    assert (stripes.id, stripes.amount, stripes.reason) == (part["stripe_refund"], 500, "requested_by_customer")
    assert (stripes.metadata["ticket"], stripes.metadata["checkout_refund"]) == ("7", part["id"])
    assert shop.order(order["id"])["status"] == "partially_refunded"
    told = shop.storefront.wait_for("order.refunded", order["id"])["data"]["object"]
    assert told["amount_refunded"] == 500
    rest = made(shop, order)
    assert rest["amount"] == 1499
    done = shop.order(order["id"])
    assert (done["status"], done["amount_refunded"]) == ("refunded", 1999)
    refused(refund(shop, order), 400, "charge_already_refunded")
    listed = shop.call("GET", f"/v1/refunds?order={order['id']}").json()["data"]
    assert [one["id"] for one in listed] == [rest["id"], part["id"]]
    wait_until(lambda: len(shop.storefront.events("order.refunded", order["id"])) == 2, "both were told")
    # The events of both say nothing new.
    assert shop.history(order["id"]).count("refunded") == 1


def test_twenty_at_once_never_give_back_more_than_was_captured(shop):
    order = paid(shop, 1999)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: refund(shop, order, amount=300), range(20)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(201), statuses.count(400)) == (6, 14)
    assert sum(one.amount for one in at_stripe(shop, order)) == 1800
    assert shop.order(order["id"])["amount_refunded"] == 1800


def test_the_same_key_is_the_same_refund(shop):
    order = paid(shop)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refund(shop, order, "once", amount=100), range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert [one.amount for one in at_stripe(shop, order)] == [100]
    refused(refund(shop, order, "once", amount=200), 400, "idempotency_key_reused")


def test_a_refund_made_in_stripes_dashboard_shows_up(shop):
    order = paid(shop)
    theirs = shop.stripe.v1.refunds.create({"payment_intent": order["payment_intent"], "amount": 700})
    shop.wait_status(order["id"], "partially_refunded")
    [listed] = shop.call("GET", f"/v1/refunds?order={order['id']}").json()["data"]
    assert (listed["stripe_refund"], listed["amount"], listed["status"]) == (theirs.id, 700, "succeeded")
    refused(refund(shop, order, amount=1300), 400, "amount_too_large")
    assert made(shop, order)["amount"] == 1299


def test_a_refund_that_is_pending_arrives_later(shop):
    order = shop.start_payment()
    shop.pay(order, "pm_card_pendingRefund")
    begun = made(shop, shop.wait_status(order["id"], "active"), amount=500)
    assert begun["status"] == "pending"
    # On its way it is gone already.
    refused(refund(shop, order, amount=1500), 400, "amount_too_large")
    wait_refund(shop, begun["id"], "succeeded")
    assert shop.wait_status(order["id"], "partially_refunded")["amount_refunded"] == 500


def test_a_refund_that_comes_back_can_be_made_again(shop):
    order = shop.start_payment()
    shop.pay(order, "pm_card_refundFail")
    begun = made(shop, shop.wait_status(order["id"], "active"), amount=1500)
    failed = wait_refund(shop, begun["id"], "failed")
    assert failed["failure_reason"] == "expired_or_canceled_card"
    assert shop.wait_status(order["id"], "active")["amount_refunded"] == 0
    assert made(shop, order, amount=1500)["amount"] == 1500


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_after_acting", "times": 1},
        {"action": "drop_before_acting", "times": 1},
        {"action": "status", "status": 500, "after_acting": True},
        {"action": "status", "status": 409, "times": 1},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_a_passing_fault_refunds_once(own_stack, fault):
    shop = own_stack.tenant()
    order = paid(shop)
    own_stack.fault(match=REFUND, **fault)
    refund_made = made(shop, order, amount=1000)
    assert refund_made["status"] == "succeeded"
    assert [one.amount for one in at_stripe(shop, order)] == [1000]


def test_stripe_away_for_long_is_made_good_by_the_same_key(own_stack):
    shop = own_stack.tenant()
    order = paid(shop)
    own_stack.fault(match=REFUND, action="status", status=429, times="always")
    answer = refund(shop, order, "k", amount=1000)
    assert answer.status_code == 429, answer.text
    own_stack.clear_faults()
    done = refund(shop, order, "k", amount=1000)
    assert done.status_code == 201, done.text
    assert done.json()["status"] == "succeeded"
    assert [one.amount for one in at_stripe(shop, order)] == [1000]
    assert len(shop.call("GET", "/v1/refunds").json()["data"]) == 1


def test_an_outcome_nobody_knows_is_pending_and_keeps_its_money(own_stack):
    shop = own_stack.tenant()
    order = paid(shop)
    own_stack.fault(match=REFUND, action="status", status=500, stored=True, times=5)
    begun = made(shop, order, amount=1500)
    assert (begun["status"], begun["stripe_refund"]) == ("pending", None)
    refused(refund(shop, order, amount=500), 400, "amount_too_large")
    assert at_stripe(shop, order) == []


def test_nothing_goes_back_of_what_was_never_paid(shop):
    refused(refund(shop, shop.start_payment()), 400, "order_not_paid")
    refused(refund(shop, {"id": "ord_none"}), 404, "resource_missing")


def test_another_tenant_has_no_such_refund(shop, stack):
    order = paid(shop)
    own = made(shop, order, amount=100)
    other = stack.tenant("Other", stripe_key=shop.stripe_key)
    refused(refund(other, order, amount=100), 404, "resource_missing")
    refused(other.call("GET", f"/v1/refunds/{own['id']}"), 404, "resource_missing")
    assert other.call("GET", "/v1/refunds").json()["data"] == []
    refused(
        shop.call("POST", "/v1/refunds", {"order": order["id"]}, key=shop.publishable_key), 403, "permission_denied"
    )
