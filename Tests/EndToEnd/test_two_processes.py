"""Two processes apply two events of one order at the same time, and lose neither."""

import uuid
from collections import defaultdict
from types import SimpleNamespace

import pytest
from conftest import ENGINES, running_stack
from harness.checkout import CheckoutPage
from harness.subscriber import ORIGIN
from harness.tables import Tables
from harness.trail import Trail
from harness.waiting import wait_until

ROUNDS = 3
ORDERS = 3
UNPAID = (None, "pending", "processing")


@pytest.fixture(params=ENGINES)
def stack(request):
    """Each worker does one thing at a time, so what is under way at once is in two processes."""
    yield from running_stack(request.param, request, workers=2, worker_settings={"WORKER_CONCURRENCY": "1"})


class Scene:
    def __init__(self, stack):
        self.stack = stack
        self.tables = Tables(stack.environment["DATABASE_URL"])
        self.shop = stack.tenant(arguments=["--origin", ORIGIN])
        self.trail = Trail(self.tables, "jobs", "id", "state")

    def number(self, what):
        return self.tables.number(f"SELECT COUNT(*) FROM {what} AND tenant_id = '{self.shop.id}'")

    def checkout(self, **fields):
        body = {"success_url": f"{ORIGIN}/thanks", **fields}
        answer = self.shop.call("POST", "/v1/checkout_sessions", body, idempotency_key=str(uuid.uuid4()))
        assert answer.status_code == 201, answer.text
        CheckoutPage(SimpleNamespace(url=answer.json()["url"])).pay()
        return answer.json()

    def refund(self, payment_intent, *amounts):
        for amount in amounts:
            self.shop.stripe.v1.refunds.create({"payment_intent": payment_intent, "amount": amount})

    def at_once(self):
        """Whatever waits begins now: all webhooks have come, and the workers may."""
        self.stack.await_webhooks()
        self.stack.ctl("queue", "resume", "--tenant", self.shop.id)
        wait_until(
            lambda: self.number("jobs WHERE state NOT IN ('done', 'discarded')") == 0, "all was done", 60, every=0.1
        )
        assert {state for (state,) in self.tables.rows("SELECT state FROM events")} <= {"applied", "ignored"}

    def together(self):
        """The orders of which two events were being applied at once, and how many times."""
        spans, begun = defaultdict(list), {}
        for at, job, state in self.trail.steps():
            if state == "leased":
                begun[job] = at
            elif state == "done" and job in begun:
                spans[job] = (begun[job], at)
        orders = defaultdict(list)
        for job, order in self.order_of_jobs():
            if job in spans:
                orders[order].append(spans[job])
        return [
            order
            for order, own in orders.items()
            for number, (began, ended) in enumerate(own)
            for other_began, other_ended in own[number + 1 :]
            if began < other_ended and other_began < ended
        ]

    def order_of_jobs(self):
        """A job's subject is the order, or a payment or invoice of it."""
        rows = self.tables.rows(
            "SELECT id, subject FROM jobs WHERE kind = 'apply_stripe_event' AND subject IS NOT NULL"
        )
        paid = {
            one: order
            for column in ("payment_intent", "invoice")
            for one, order in self.tables.rows(f"SELECT {column}, order_id FROM order_payments")
        }
        subjects = [(job, subject.rpartition("/")[2]) for job, subject in rows]
        return [(job, paid.get(subject, subject)) for job, subject in subjects]


def test_payments_refunds_and_invoices_of_one_order(stack):
    scene = Scene(stack)
    shop = scene.shop
    shop.call("POST", "/v1/catalog_items", {"sku": "mug", "name": "Mug", "unit_amount": 2000, "currency": "eur"})
    recurring = {"currency": "eur", "unit_amount": 900, "recurring": {"interval": "month"}}
    plan = shop.stripe.v1.prices.create({**recurring, "product_data": {"name": "Beans club"}}).id
    for _ in range(ROUNDS):
        stack.ctl("queue", "pause", "--tenant", shop.id)
        orders = [shop.start_payment(2000) for _ in range(ORDERS)]
        for order in orders:
            shop.pay(order)
            scene.refund(order["payment_intent"], 100, 200)
        page = [scene.checkout(mode="payment", items=[{"sku": "mug", "quantity": 1}]) for _ in range(ORDERS)]
        for order in page:
            session = shop.stripe.v1.checkout.sessions.retrieve(order["checkout_session"])
            scene.refund(session.payment_intent, 100, 200)
        club = [scene.checkout(mode="subscription", price=plan) for _ in range(ORDERS)]
        scene.at_once()
        for order in orders + page:
            now = shop.order(order["id"])
            assert (now["status"], now["amount_refunded"]) == ("partially_refunded", 300)
            # A refund may be heard of before its payment: the order then passes `paid` by.
            steps = shop.call("GET", f"/v1/orders/{order['id']}/history").json()["data"]
            assert [step["from"] in UNPAID and step["to"] not in UNPAID for step in steps].count(True) == 1
            assert now["activated_at"]
            assert len(shop.storefront.events("order.activated", order["id"])) == 1
            assert len(shop.call("GET", f"/v1/refunds?order={order['id']}").json()["data"]) == 2
            told = [event["data"]["object"] for _, event in shop.storefront.events("order.refunded", order["id"])]
            assert max(one["amount_refunded"] for one in told) == 300
        for order in club:
            now = shop.order(order["id"])
            assert (now["status"], now["subscription"][:4]) == ("active", "sub_")
            assert len(shop.storefront.events("order.activated", order["id"])) == 1
            paid = f"SELECT amount_captured, subscription FROM order_payments WHERE order_id = '{order['id']}'"
            assert scene.tables.rows(paid) == [("900", now["subscription"])]
    assert scene.number("order_transitions WHERE anomaly IS NOT NULL") == 0
    print(len(scene.together()), "pairs of events were applied at once")
    assert len(scene.together()) > ROUNDS, "the two processes were never at one order together"
