"""Payments as Stripe holds them, the events that tell of them, and the API by which they are read."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from harness.wire import Reply, Server

DECLINE = {
    "type": "card_error",
    "code": "card_declined",
    "decline_code": "insufficient_funds",
    "message": "Your card has insufficient funds.",
    "doc_url": "https://stripe.com/docs/error-codes/card-declined",
}

# What happens to a payment, step by step: the event, and what of the PaymentIntent has changed since the step before.
# The payment stays where it was at events of other objects.
CREATED = ("payment_intent.created", {})
PROCESSING = ("payment_intent.processing", {"status": "processing"})
DECLINED = ("payment_intent.payment_failed", {"status": "requires_payment_method", "last_payment_error": DECLINE})
SUCCEEDED = ("payment_intent.succeeded", {"status": "succeeded", "last_payment_error": None})
CANCELED = ("payment_intent.canceled", {"status": "canceled", "cancellation_reason": "abandoned"})
# By the order's status in the end.
STORIES = {
    "active": (CREATED, PROCESSING, DECLINED, SUCCEEDED, ("charge.succeeded", {})),
    "failed": (CREATED, PROCESSING, DECLINED, ("charge.failed", {}), ("charge.updated", {})),
    "canceled": (CREATED, PROCESSING, DECLINED, CANCELED, ("charge.failed", {})),
}
# The others are stored and nothing is done about them.
ACTED_ON = {step[0] for step in (PROCESSING, DECLINED, SUCCEEDED, CANCELED)}


@dataclass
class Event:
    id: str
    type: str
    body: bytes
    payment: "Payment"
    step: int
    shop: "object"


class Payment:
    """One payment and its events. As at Stripe, no event is sent before the payment is where the event says."""

    def __init__(self, shop, order, intent, ending):
        self.shop = shop
        self.order = order
        self.id = intent["id"]
        self.ending = ending
        self.reached = 0
        self.states = []
        for type_, change in STORIES[ending]:
            intent = {**intent, **change}
            if type_ == "payment_intent.succeeded":
                intent = {**intent, "amount_received": intent["amount"], "latest_charge": "ch_" + self.id[3:]}
            self.states.append(intent)

    def events(self, age=0):
        """What happened, `age` seconds ago."""
        return [self._event(step, type_, age) for step, (type_, _) in enumerate(STORIES[self.ending])]

    def _event(self, step, type_, age):
        intent = self.states[step]
        about = intent if type_.startswith("payment_intent.") else self._charge(intent, type_)
        identifier = f"evt_{self.id[3:]}{step}"
        body = {
            "id": identifier, "object": "event", "api_version": "2026-10-28.endive", "created": int(time.time()) - age,
            "data": {"object": about}, "livemode": False, "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None}, "type": type_,
        }  # fmt: skip
        return Event(identifier, type_, json.dumps(body).encode(), self, step, self.shop)

    def _charge(self, intent, type_):
        keys = ("amount", "currency", "customer", "description", "livemode", "metadata", "receipt_email", "created")
        status = "succeeded" if type_ == "charge.succeeded" else "failed"
        return {
            **{key: intent.get(key) for key in keys},
            "id": "ch_" + self.id[3:], "object": "charge", "payment_intent": self.id, "status": status,
            "paid": status == "succeeded", "captured": status == "succeeded", "amount_refunded": 0,
            "billing_details": {"address": None, "email": None, "name": None, "phone": None},
            "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242", "country": "US"}},
        }  # fmt: skip


def signature(body, secret):
    """Stripe: "Verify webhook signatures manually"."""
    now = str(int(time.time()))
    mac = hmac.new(secret.encode(), now.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={mac}"


class PaymentsAPI:
    """`GET /v1/payment_intents/{id}` as Stripe answers it, `/v1/events`, `/v1/account`, and not one call else: a payment is
    where it has got to, or further than the event that made somebody ask. The sandbox cannot stand in here: a payment of its own
    sends its own events, and thousands of them cannot be made in the time of a test."""

    # Seconds that a list of events takes: two sweeps at once would show.
    LISTING = 0.1

    def __init__(self, background):
        self.payments = {}
        # By key, newest first: what no webhook brings.
        self.unsent = {}
        # When a list of events was asked for, by the key that asked; time.monotonic().
        self.listings = {}
        self.reads = 0
        # What nobody should have asked.
        self.refused = []
        self.server = Server(background, self._answer)
        self.url = self.server.url

    def clear(self):
        self.payments.clear()
        self.unsent.clear()

    def list_events(self, events):
        for event in events:
            event.payment.reached = max(event.payment.reached, event.step)
            self.unsent.setdefault(event.shop.stripe_key, []).insert(0, event)

    def _answer(self, request):
        url = urlsplit(request.path)
        if (request.method, url.path) == ("GET", "/v1/events"):
            return self._events(request, parse_qs(url.query))
        if (request.method, url.path) == ("GET", "/v1/account"):
            account = {"id": f"acct_{self._key(request)[-12:]}", "object": "account"}
            return Reply(200, json.dumps(account).encode(), {"Content-Type": "application/json"})
        payment = self.payments.get(request.path.removeprefix("/v1/payment_intents/"))
        if request.method != "GET" or payment is None:
            return self._refuse(404, request)
        if request.headers.get("authorization") != f"Bearer {payment.shop.stripe_key}":
            return self._refuse(401, request)
        self.reads += 1
        body = json.dumps(payment.states[payment.reached]).encode()
        return Reply(200, body, {"Content-Type": "application/json", "Request-Id": f"req_{self.reads:014}"})

    def _events(self, request, query):
        key = self._key(request)
        self.listings.setdefault(key, []).append(time.monotonic())
        types = {value for name, values in query.items() if name.startswith("types[") for value in values}
        since = int(query["created[gte]"][0])
        found = [json.loads(event.body) for event in self.unsent.get(key, []) if event.type in types]
        page = {"object": "list", "data": [one for one in found if one["created"] >= since], "has_more": False}
        return Reply(200, json.dumps(page).encode(), {"Content-Type": "application/json"}, delay=self.LISTING)

    @staticmethod
    def _key(request):
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def _refuse(self, status, request):
        self.refused.append((status, request.method, request.path))
        body = json.dumps({"error": {"type": "invalid_request_error", "message": "refused by the test"}}).encode()
        return Reply(status, body, {"Content-Type": "application/json"})
