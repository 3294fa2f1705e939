"""One tenant as its storefront sees the services, and as its Stripe account sees Stripe."""

import re
import uuid

import requests
import stripe

from harness.tables import Tables
from harness.waiting import wait_until


class Tenant:
    def __init__(self, stack, created, stripe_key, storefront):
        self.stack = stack
        self.id = created["tenant_id"]
        self.api_key = created["api_key"]
        self.publishable_key = created["publishable_api_key"]
        self.webhook_url = created["webhook_url"]
        self.created = created
        self.storefront = storefront
        self.stripe_key = stripe_key
        self.stripe = stripe.StripeClient(stripe_key, base_addresses={"api": stack.sandbox.url}, max_network_retries=0)

    def call(self, method, path, body=None, key=None, idempotency_key=None, **options):
        headers = {"Authorization": f"Bearer {key or self.api_key}", **options.pop("headers", {})}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        return requests.request(
            method, self.stack.api.url + path, json=body, headers=headers, timeout=options.pop("timeout", 60), **options
        )

    def start_payment(self, amount=1999, currency="eur", **fields):
        answer = self.call(
            "POST",
            "/v1/payment_intents",
            {"amount": amount, "currency": currency, **fields},
            idempotency_key=str(uuid.uuid4()),
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def pay(self, order, payment_method="pm_card_visa"):
        """Confirms as the buyer's browser would; a decline raises stripe.CardError."""
        return self.stripe.v1.payment_intents.confirm(
            order["payment_intent"],
            {"payment_method": payment_method, "return_url": "https://shop.example/return"},
        )

    def answer_challenge(self, intent, outcome):
        """Presses a button of the hosted 3-D Secure page."""
        page = requests.get(intent.next_action.redirect_to_url.url, timeout=20)
        token = re.search(r'name="token"\s+value="([^"]+)"', page.text).group(1)
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text).group(1)
        url = requests.compat.urljoin(page.url, action)
        answer = requests.post(url, {"token": token, "outcome": outcome}, allow_redirects=False, timeout=20)
        assert answer.status_code in (200, 303), answer.text
        return answer

    def order(self, identifier):
        answer = self.call("GET", f"/v1/orders/{identifier}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait_status(self, identifier, *statuses, seconds=20):
        def reached():
            order = self.order(identifier)
            return order if order["status"] in statuses else None

        return wait_until(reached, f"order {identifier} is {' or '.join(statuses)}", seconds)

    def settle(self, seconds=40):
        """Returns once Stripe has no webhook left to send and every job of the tenant's is done, but for those that
        are planned for later."""
        tables = Tables(self.stack.environment["DATABASE_URL"])
        waiting = (
            f"SELECT kind FROM jobs WHERE tenant_id = '{self.id}' AND state NOT IN ('done', 'dead', 'discarded') "
            "AND NOT (state = 'scheduled' AND attempt = 0)"
        )

        def is_quiet():
            return not self.stripe.v1.events.list({"delivery_success": False}).data and not tables.rows(waiting)

        wait_until(is_quiet, f"nothing is left to do for {self.id}", seconds)

    def history(self, identifier):
        return [step["to"] for step in self.call("GET", f"/v1/orders/{identifier}/history").json()["data"]]
