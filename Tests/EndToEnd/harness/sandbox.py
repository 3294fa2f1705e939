"""The stand-in for Stripe as a process of its own, and its accounts as the official SDK sees them."""

import re
import uuid

import requests
import stripe

from harness.program import Program, free_port
from harness.receiver import Receiver
from harness.waiting import wait_until

RETURN_URL = "https://shop.example/return"


class Sandbox:
    """Webhooks are tried again after a tenth of a second, and three times in all."""

    def __init__(self, folder, state=None, arguments=()):
        port = free_port()
        arguments = ["--listen", f"127.0.0.1:{port}", "--webhook-retry-schedule", "0.1,0.1", *arguments]
        if state is not None:
            arguments += ["--state", str(state)]
        self.program = Program("stripe-sandbox", {}, folder, port, arguments)
        self.url = self.program.url
        self.receivers = []

    def start(self):
        self.program.start(wait=False)
        self.program.wait_ready("/healthz")
        return self

    def account(self, key=None):
        return Account(self, key or f"sk_test_{uuid.uuid4().hex}")

    def set_fault(self, fault):
        answer = self.post("/_sandbox/faults", json=fault)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def faults(self):
        return self.get("/_sandbox/faults").json()["data"]

    def hurry_to(self, receiver):
        """Makes every webhook that waits due now, until one has come to this receiver."""

        def arrived():
            assert self.post("/_sandbox/webhooks/hurry").status_code == 200
            return receiver.deliveries

        wait_until(arrived, "a webhook that is late")

    def get(self, path, **options):
        return requests.get(self.url + path, timeout=20, **options)

    def post(self, path, **options):
        return requests.post(self.url + path, timeout=20, **options)

    def close(self):
        self.program.stop()
        for receiver in self.receivers:
            receiver.close()


class Account:
    """One account in one mode: its key, the SDK's client for it, its faults and its webhook endpoints."""

    def __init__(self, sandbox, key):
        self.sandbox = sandbox
        self.key = key
        self.client = self.client_with()
        self.v1 = self.client.v1

    def client_with(self, **options):
        """The SDK's client; unlike the SDK's own default it tries everything once only."""
        settings = {"api_key": self.key, "max_network_retries": 0, **options}
        return stripe.StripeClient(base_addresses={"api": self.sandbox.url}, **settings)

    @property
    def id(self):
        return self.v1.accounts.retrieve_current().id

    def intent(self, amount=2000, currency="eur", **fields):
        return self.v1.payment_intents.create({"amount": amount, "currency": currency, **fields})

    def pay(self, method="pm_card_visa", **fields):
        """A PaymentIntent that is confirmed at once; a decline raises stripe.CardError."""
        return self.intent(payment_method=method, confirm=True, **fields)

    def pages(self, service, **parameters):
        """The ids of a whole list, fetched two at a time."""
        return [one.id for one in getattr(self.v1, service).list({"limit": 2, **parameters}).auto_paging_iter()]

    def fault(self, match=None, **fault):
        """Something that goes wrong with this account's next calls only."""
        return self.sandbox.set_fault({"match": {"key": self.key, **(match or {})}, **fault})

    def webhook_fault(self, **fault):
        return self.sandbox.set_fault({"webhooks": {"account": self.id, **fault}})

    def listen(self, *types, **fields):
        """A receiver on a free port, registered for these types (by default all)."""
        receiver = Receiver()
        self.sandbox.receivers.append(receiver)
        receiver.endpoint = self.v1.webhook_endpoints.create(
            {"url": receiver.url, "enabled_events": list(types) or ["*"], **fields}
        )
        receiver.secret = receiver.endpoint.secret
        return receiver

    def settled(self, event_id):
        """The event, once no delivery of it waits any more."""

        def done():
            event = self.v1.events.retrieve(event_id)
            return event if event.pending_webhooks == 0 else None

        return wait_until(done, f"the webhooks of {event_id} are settled", 10)

    def undelivered(self):
        return [event.id for event in self.v1.events.list({"delivery_success": False}).data]


def answer_challenge(url, outcome):
    """Opens the bank's page as a browser would, and presses one of its buttons: the page, and the answer."""
    page = requests.get(url, timeout=20)
    assert page.status_code == 200, page.text
    form = requests.compat.urljoin(page.url, re.search(r'<form[^>]* action="([^"]+)"', page.text)[1])
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', page.text))
    assert re.search(rf'<button[^>]* name="outcome" value="{outcome}"', page.text), page.text
    return page, requests.post(form, {**fields, "outcome": outcome}, allow_redirects=False, timeout=20)
