"""A live tenant beside a test tenant, of one Stripe account and of one platform: keys, orders, events and endpoints stay
apart, and what comes to the wrong mode is kept and never applied."""

import json
import uuid

import pytest
import requests
import stripe
from harness.payments import signature
from harness.tables import Tables
from harness.waiting import wait_until

MODES = ("test", "live")
RETURN_URL = "https://shop.example/return"


class Pair:
    """Two tenants, `test` and `live`, with the two keys of one account or platform."""

    def __init__(self, stack, connected=False):
        self.stack = stack
        self.tables = Tables(stack.environment["DATABASE_URL"])
        tail = uuid.uuid4().hex[:16]
        self.keys = {mode: f"sk_{mode}_{tail}" for mode in MODES}
        self.clients = {mode: self._client(mode) for mode in MODES}
        self.accounts = {mode: self.clients[mode].v1.accounts.create({}).id if connected else None for mode in MODES}
        self.test, self.live = (self._tenant(mode) for mode in MODES)

    def _client(self, mode):
        return stripe.StripeClient(self.keys[mode], base_addresses={"api": self.stack.sandbox.url})

    def _tenant(self, mode):
        arguments = ["--stripe-account", self.accounts[mode]] if self.accounts[mode] else []
        return self.stack.tenant(f"Beans, {mode}", stripe_key=self.keys[mode], mode=mode, arguments=arguments)

    def pay(self, mode, order):
        options = {"stripe_account": self.accounts[mode]} if self.accounts[mode] else {}
        return self.clients[mode].v1.payment_intents.confirm(
            order["payment_intent"], {"payment_method": "pm_card_visa", "return_url": RETURN_URL}, options
        )

    def endpoint(self, mode):
        [endpoint] = self.clients[mode].v1.webhook_endpoints.list().data
        return endpoint

    def events(self, shop):
        """By Stripe's id: mode and state of what is held for a tenant."""
        rows = self.tables.rows(f"SELECT stripe_event_id, livemode, state FROM events WHERE tenant_id = '{shop.id}'")
        return {event: (livemode in ("1", "t"), state) for event, livemode, state in rows}

    def jobs(self, shop):
        return self.tables.number(f"SELECT COUNT(*) FROM jobs WHERE tenant_id = '{shop.id}'")


@pytest.fixture(scope="module")
def pair(stack):
    return Pair(stack)


def test_each_is_paid_in_its_own_mode_and_hears_of_nothing_else(pair):
    for mode in MODES:
        shop = getattr(pair, mode)
        assert [key.split("_")[:2] for key in (shop.api_key, shop.publishable_key)] == [["ck", mode], ["cpk", mode]]
        order = shop.start_payment()
        assert order["livemode"] == (mode == "live")
        assert order["publishable_key"].startswith(f"pk_{mode}_")
        assert pair.pay(mode, order).livemode == order["livemode"]
        shop.wait_status(order["id"], "active")
        told = shop.storefront.wait_for("order.activated", order["id"])["data"]["object"]
        assert told["livemode"] == order["livemode"]
        assert pair.endpoint(mode).url == shop.webhook_url
        assert pair.endpoint(mode).livemode == order["livemode"]
    for shop, other in ((pair.test, pair.live), (pair.live, pair.test)):
        assert {livemode for livemode, _ in pair.events(shop).values()} == {shop is pair.live}
        assert len(shop.storefront.events()) == 1
        assert shop.call("GET", "/v1/dashboard").json()["orders"]["active"]["count"] == 1
        [order] = shop.call("GET", "/v1/orders").json()["data"]
        assert order["tenant"] == shop.id
        assert not set(pair.events(shop)) & set(pair.events(other))


def test_nothing_of_one_mode_is_to_be_had_in_the_other(pair):
    for shop, other in ((pair.test, pair.live), (pair.live, pair.test)):
        order = other.start_payment()
        customer = other.call("POST", "/v1/customers", {"email": "ann@example.com"}).json()["id"]
        product = other.call("POST", "/v1/products", {"name": "Beans"}).json()["id"]
        for method, path, body in (
            ("GET", f"/v1/orders/{order['id']}", None),
            ("GET", f"/v1/orders/{order['id']}/history", None),
            ("POST", f"/v1/orders/{order['id']}/cancel", None),
            ("POST", "/v1/refunds", {"order": order["id"]}),
            ("GET", f"/v1/customers/{customer}", None),
            ("POST", "/v1/payment_intents", {"amount": 500, "currency": "eur", "customer": customer}),
            ("GET", f"/v1/products/{product}", None),
            ("POST", "/v1/prices", {"product": product, "unit_amount": 500, "currency": "eur"}),
        ):
            answer = shop.call(method, path, body)
            assert answer.status_code == 404, f"{method} {path}: {answer.text}"
        page = f"/v1/orders/{order['id']}?client_secret={order['client_secret']}"
        assert other.call("GET", page, key=other.publishable_key).status_code == 200
        assert shop.call("GET", page, key=shop.publishable_key).status_code == 404
        assert shop.call("GET", "/v1/orders", key=other.api_key).json()["data"][0]["tenant"] == other.id


def test_a_tenant_has_keys_of_its_own_mode(pair):
    for mode, wrong in (MODES, MODES[::-1]):
        made = [
            "tenant",
            "create",
            "--name",
            "Mixed",
            "--mode",
            mode,
            "--stripe-publishable-key",
            f"pk_{mode}_12345678",
        ]
        pair.stack.ctl(*made, "--stripe-secret-key", pair.keys[wrong], status=64)
        pair.stack.ctl("tenant", "update", getattr(pair, mode).id, "--stripe-secret-key", pair.keys[wrong], status=64)


def test_an_event_of_the_other_mode_is_answered_with_200_kept_and_never_applied(pair):
    secret = "whsec_" + uuid.uuid4().hex
    for shop in (pair.test, pair.live):
        pair.stack.ctl("tenant", "webhook", "add-secret", shop.id, secret)
    for mode, shop, other in (("test", pair.live, pair.test), ("live", pair.test, pair.live)):
        # Genuine in all but its mode: it names an order of the tenant that it comes to, and says that it is paid.
        order = shop.start_payment()
        paid = other.start_payment()
        pair.pay(mode, paid)
        other.wait_status(paid["id"], "active")
        event = pair.clients[mode].v1.events.list({"type": "payment_intent.succeeded", "limit": 1}).data[0].to_dict()
        event["data"]["object"]["metadata"]["checkout_order"] = order["id"]
        event["data"]["object"]["id"] = order["payment_intent"]
        jobs = pair.jobs(shop)
        assert [post(shop, event, secret) for _ in range(2)] == [
            '{"received":true}',
            '{"received":true,"duplicate":true}',
        ]
        assert pair.events(shop)[event["id"]] == (mode == "live", "kept")
        assert pair.events(other)[event["id"]] == (mode == "live", "applied")
        held = pair.tables.rows(f"SELECT id FROM events WHERE stripe_event_id = '{event['id']}' AND state = 'kept'")
        refusal = pair.stack.ctl("events", "replay", held[0][0], "--reason", "to see it refused", status=1)
        assert "never applied" in refusal
        # A sweep of either mode, and an order that is paid afterwards: all that was to be done has been.
        pair.stack.ctl("reconcile", shop.id)
        after = shop.start_payment()
        pair.pay("live" if shop is pair.live else "test", after)
        shop.wait_status(after["id"], "active")
        assert shop.order(order["id"])["status"] == "pending"
        assert pair.events(shop)[event["id"]] == (mode == "live", "kept")
        assert pair.jobs(shop) > jobs
        assert (
            pair.tables.rows(f"SELECT id FROM jobs WHERE tenant_id = '{shop.id}' AND subject = '{order['id']}'") == []
        )


def post(shop, event, secret):
    body = json.dumps(event).encode()
    answer = requests.post(shop.webhook_url, body, headers={"Stripe-Signature": signature(body, secret)}, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_live_platform_endpoint_hears_of_test_payments_and_leaves_them_alone(stack):
    pair = Pair(stack, connected=True)
    endpoints = {mode: pair.endpoint(mode) for mode in MODES}
    assert [endpoints[mode].livemode for mode in MODES] == [False, True]
    orders = {mode: getattr(pair, mode).start_payment() for mode in MODES}
    pair.pay("test", orders["test"])
    pair.test.wait_status(orders["test"]["id"], "active")
    # The sandbox sends it to both, as Stripe does.
    options = {"stripe_account": pair.accounts["test"]}
    [event] = pair.clients["test"].v1.events.list({"type": "payment_intent.succeeded"}, options).data

    def answered():
        tries = requests.get(f"{stack.sandbox.url}/_sandbox/webhooks", {"event": event.id}, timeout=10).json()["data"]
        return tries if len(tries) == 2 and all(one["state"] != "pending" for one in tries) else None

    tries = wait_until(answered, "both endpoints were told")
    assert {one["endpoint"] for one in tries} == {endpoint.id for endpoint in endpoints.values()}
    assert [one["status"] for one in tries] == [200, 200]
    assert pair.events(pair.test)[event.id] == (False, "applied")
    assert pair.events(pair.live)[event.id] == (False, "kept")
    assert len(pair.test.storefront.events("order.activated")) == 1
    # The live account is paid by live events only.
    assert pair.live.order(orders["live"]["id"])["status"] == "pending"
    pair.pay("live", orders["live"])
    pair.live.wait_status(orders["live"]["id"], "active")
    states = pair.events(pair.live)
    assert {livemode for livemode, state in states.values() if state != "kept"} == {True}
    assert {livemode for livemode, _ in pair.events(pair.test).values()} == {False}
    assert len(pair.live.storefront.events()) == len(pair.test.storefront.events()) == 1
