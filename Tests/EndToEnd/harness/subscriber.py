"""A buyer who subscribed on the hosted page through the services, and who lives by a test clock."""

import uuid
from types import SimpleNamespace

from harness.billing import Billing
from harness.checkout import CheckoutPage

ORIGIN = "https://shop.example"


class Subscriber(Billing):
    """`fields` go to the Checkout Session. The shop must have `ORIGIN`."""

    def __init__(self, shop, amount=3000, **fields):
        self.email = f"{uuid.uuid4().hex}@example.org"
        super().__init__(shop.stripe, card=None, email=self.email)
        self.shop = shop
        body = {"mode": "subscription", "price": self.price(amount).id, "customer": self.customer.id, **fields}
        order = self.post("/v1/checkout_sessions", {**body, "success_url": f"{ORIGIN}/thanks"}, 201)
        answer = CheckoutPage(SimpleNamespace(url=order["url"])).pay(email=self.email)
        assert "error" not in answer, answer
        self.order = order["id"]
        self.id = shop.wait_status(self.order, "active")["subscription"]
        self.path = f"/v1/subscriptions/{self.id}"

    def post(self, path, body=None, status=200):
        """A call of the storefront's."""
        answer = self.shop.call("POST", path, body, idempotency_key=str(uuid.uuid4()))
        assert answer.status_code == status, answer.text
        return answer.json()

    def shown(self):
        """The subscription as the storefront sees it."""
        answer = self.shop.call("GET", self.path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def replace_card(self, card):
        """The buyer's next payments are tried with this one."""
        method = self.use_card(card)
        self.v1.subscriptions.update(self.id, {"default_payment_method": method.id})

    def invoice(self):
        """The newest one."""
        return self.invoices(self)[-1]

    def becomes(self, status):
        """The order, once it is there."""
        return self.shop.wait_status(self.order, status)

    def told(self, kind):
        """The orders that the storefront was sent under this type, once there is one."""
        self.shop.storefront.wait_for(kind, self.order)
        return [event["data"]["object"] for _, event in self.shop.storefront.events(kind, self.order)]
