"""A flow of events through a running stack: shops with orders, what Stripe sends, and what the storefronts get."""

import contextlib
import itertools
import os
from random import Random, SystemRandom

from harness.background import Background
from harness.ledger import Ledger
from harness.payments import ACTED_ON, Payment, PaymentsAPI
from harness.sender import Sender
from harness.stack import Stack, temporary_folder
from harness.tables import Tables

SECRET = "whsec_" + "f" * 32
ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
# Of events that no webhook brings, in seconds: more than a sweep leaves to the webhooks.
AGE = 90
# How the orders end, in turn.
ENDINGS = ["active"] * 8 + ["failed", "canceled"]


class Shop:
    """A tenant, and an order that its storefront made through the API: the other orders are copies of it."""

    def __init__(self, name, stack, ledger):
        self.name = name
        self.tenant = stack.tenant(name, storefront=False, arguments=["--fulfillment-url", ledger.open(name)])
        ledger.expect(name, self.tenant.created["fulfillment_secret"])
        stack.ctl("tenant", "webhook", "add-secret", self.tenant.id, SECRET)
        self.webhook_url = self.tenant.webhook_url
        self.webhook_secret = SECRET
        self.stripe_key = self.tenant.stripe_key
        self.order = self.tenant.start_payment(1999, metadata={"cart": "7"}, customer_email="ann@example.com")
        self.intent = self.tenant.stripe.v1.payment_intents.retrieve(self.order["payment_intent"]).to_dict()


class Flow:
    """Shops of its own on a started stack whose workers read payments at `api`."""

    def __init__(self, stack, background, api, seed, shops=5, **sending):
        # Each takes its turns in its own thread, so each has dice of its own.
        self.random = Random(f"{seed} orders")
        self.stack = stack
        self.api = api
        self.ledger = Ledger(background, Random(f"{seed} ledger"))
        self.sender = Sender(background, Random(f"{seed} sender"), **sending)
        self.tables = Tables(stack.environment["DATABASE_URL"])
        self.shops = [Shop(f"shop-{number}", stack, self.ledger) for number in range(shops)]
        self.payments = []
        self.posted = {}
        self.missed = []

    def make_orders(self, count, padding=0):
        """New orders, shared by the shops, and their payments; `padding` makes the events longer.

        One of each shop's went through the API, and its row is copied: to make all of them that way takes longer than
        what is tested here."""
        for shop in self.shops:
            self.payments += self._orders_of(shop, count // len(self.shops), padding)
        self.api.payments.update({payment.id: payment for payment in self.payments})

    def _orders_of(self, shop, count, padding):
        tails = ["".join(self.random.choices(ID_LETTERS, k=26)) for _ in range(count)]
        orders, intents = ["ord_" + tail for tail in tails], ["pi_" + tail for tail in tails]
        self.tables.copy("orders", "id", shop.order["id"], {"id": orders, "payment_intent": intents})
        self.tables.copy("order_transitions", "order_id", shop.order["id"], {"order_id": orders})
        for order, intent, ending in zip(orders, intents, itertools.cycle(ENDINGS)):
            own = {
                "id": intent,
                "client_secret": f"{intent}_secret_{order[4:]}",
                "metadata": {**shop.intent["metadata"], "checkout_order": order},
                "description": "x" * padding or None,
            }
            yield Payment(shop, order, {**shop.intent, **own}, ending)

    def send(self, missed=0):
        """All events of all orders; of half of the orders, in any order. Done when each was answered with 200.

        A part of them, such as 0.02, is `missed`: no webhook brings them, they are in Stripe's list only."""
        payments = self.random.sample(self.payments, len(self.payments))
        events = []
        for payment in payments:
            own = payment.events(AGE if missed else 0)
            events += self.random.sample(own, len(own)) if self.random.random() < 0.5 else own
        self.posted = {event.id: event for event in events}
        self.missed = [one for one in events if one.type in ACTED_ON and self.random.random() < missed]
        self.api.list_events(self.missed)
        lost = {event.id for event in self.missed}
        return self.sender.send([event for event in events if event.id not in lost])

    def close(self):
        self.api.clear()
        self.ledger.close()


class Place:
    """A started stack and what is outside of it."""

    def __init__(self, stack, background, api, seed):
        self.stack = stack
        self.background = background
        self.api = api
        self.seed = seed

    @contextlib.contextmanager
    def flow(self, part="", **options):
        flow = Flow(self.stack, self.background, self.api, f"{self.seed} {part}", **options)
        try:
            yield flow
        finally:
            flow.close()


@contextlib.contextmanager
def place(engine, **options):
    """A started stack whose workers read the flows' payments; after a failure its programs' last words are printed."""
    seed = os.environ.get("CHECKOUT_SEED") or f"{SystemRandom().randrange(10**9)}"
    print(f"\nCHECKOUT_SEED={seed}")
    background = Background()
    api = PaymentsAPI(background)
    settings = {"LOG_LEVEL": "warning", "WORKER_LEASE_SECONDS": "2", "DELIVERY_RETRY_SCHEDULE": ",".join(["0.3"] * 20)}
    try:
        with temporary_folder() as folder:
            stack = Stack(engine, folder, worker_settings={"STRIPE_API_BASE": api.url}, **{**settings, **options})
            try:
                yield Place(stack.start(), background, api, seed)
            except BaseException:
                for program in stack.programs:
                    print(f"--- {program.name}\n{program.output()[-1500:]}")
                raise
            finally:
                stack.close()
    finally:
        background.close()
