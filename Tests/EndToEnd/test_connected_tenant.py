"""Everything that a storefront does, for a tenant that is a connected account: each call is made in its account."""

import re
import uuid
from types import SimpleNamespace

import stripe
from harness import recorded
from harness.checkout import CheckoutPage
from harness.subscriber import ORIGIN
from harness.tables import Tables
from harness.waiting import wait_until

# What a platform does in its own name: its endpoint, and looking who it is.
PLATFORMS = re.compile(r"/v1/(webhook_endpoints(/.*)?|account)")
MUG = {"sku": "mug", "name": "Mug", "unit_amount": 2000, "currency": "eur"}


class Market:
    """A platform and two tenants in accounts of it."""

    def __init__(self, stack):
        self.stack = stack
        self.tables = Tables(stack.environment["DATABASE_URL"])
        self.key = f"sk_test_{uuid.uuid4().hex[:16]}"
        self.platform = self.client()
        self.accounts = [self.platform.v1.accounts.create({}).id for _ in range(2)]
        self.shops = [self._tenant(account) for account in self.accounts]
        # As the tenants' own pages and dashboards see Stripe.
        self.clients = [self.client(stripe_account=account) for account in self.accounts]

    def client(self, **options):
        return stripe.StripeClient(self.key, base_addresses={"api": self.stack.sandbox.url}, **options)

    def _tenant(self, account):
        arguments = ["--stripe-account", account, "--application-fee", "2.5", "--origin", ORIGIN]
        return self.stack.tenant(f"Shop {account}", stripe_key=self.key, arguments=arguments)

    def calls(self):
        """Those of our programs, about the platform or an account of it."""
        own = {*self.accounts, self.platform.v1.accounts.retrieve_current().id}
        return [call for call in recorded.read(self.stack.record) if call["account"] in own]


def post(shop, path, body=None, status=201):
    answer = shop.call("POST", path, body, idempotency_key=str(uuid.uuid4()))
    assert answer.status_code == status, answer.text
    return answer.json()


def bought(shop, **fields):
    """An order whose buyer has paid on the hosted page."""
    order = post(shop, "/v1/checkout_sessions", {"success_url": f"{ORIGIN}/thanks", **fields})
    assert "error" not in CheckoutPage(SimpleNamespace(url=order["url"])).pay()
    return shop.wait_status(order["id"], "active")


def test_a_connected_shop_lives_in_its_account_alone(stack):
    market = Market(stack)
    sells_and_gives_back(market)
    nothing_went_elsewhere(market)
    each_account_is_swept(market)
    every_call_names_its_account(market)


def sells_and_gives_back(market):
    shop = market.shops[0]
    theirs = market.clients[0].v1
    post(shop, "/v1/catalog_items", MUG)
    order = bought(shop, mode="payment", items=[{"sku": "mug", "quantity": 2}])
    intent = theirs.payment_intents.retrieve(order["payment_intent"])
    assert (intent.amount, intent.application_fee_amount) == (4000, 100)

    product = post(shop, "/v1/products", {"name": "Beans club"})
    price = {"product": product["id"], "unit_amount": 900, "currency": "eur", "recurring": {"interval": "month"}}
    club = bought(shop, mode="subscription", price=post(shop, "/v1/prices", price)["id"])
    path = f"/v1/subscriptions/{club['subscription']}"
    assert theirs.subscriptions.retrieve(club["subscription"]).application_fee_percent == 2.5
    [fee] = [one for one in market.platform.v1.application_fees.list().data if one.amount != 100]
    assert (fee.amount, fee.account) == (23, market.accounts[0])
    preview = post(shop, f"{path}/preview", {"quantity": 2}, 200)
    post(shop, path, {"quantity": 2, "proration_date": preview["proration_date"]}, 200)
    assert shop.call("GET", "/v1/subscriptions").json()["data"][0]["id"] == club["subscription"]

    refund = post(shop, "/v1/refunds", {"order": order["id"], "amount": 1000})
    [at_stripe] = theirs.refunds.list({"payment_intent": order["payment_intent"]}).data
    assert (at_stripe.id, at_stripe.amount) == (refund["stripe_refund"], 1000)
    theirs.refunds.create({"payment_intent": order["payment_intent"], "amount": 500})
    wait_until(lambda: shop.order(order["id"])["amount_refunded"] == 1500, "a refund of the account's own is known")

    shown = shop.call("GET", "/v1/dashboard").json()
    assert shown["missing"] == []
    assert shown["balance"]["pending"][0]["amount"] == theirs.balance.retrieve().pending[0].amount
    assert order["id"] in [one["order"] for one in shown["charges"]["data"]]
    post(shop, f"{path}/cancel", {"at_period_end": False}, 200)
    shop.wait_status(club["id"], "ended")


def nothing_went_elsewhere(market):
    other = market.shops[1]
    assert other.call("GET", "/v1/orders").json()["data"] == []
    assert other.call("GET", "/v1/dashboard").json()["charges"]["data"] == []
    assert market.clients[1].v1.events.list().data == []
    assert other.storefront.events() == []
    held = "SELECT DISTINCT tenant_id, account FROM events WHERE state <> 'kept' AND tenant_id IN"
    assert market.tables.rows(f"{held} ('{market.shops[0].id}', '{other.id}')") == [
        (market.shops[0].id, market.accounts[0])
    ]


def each_account_is_swept(market):
    market.stack.await_webhooks()
    [endpoint] = market.platform.v1.webhook_endpoints.list().data
    market.platform.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    orders = [shop.start_payment(1000) for shop in market.shops]
    for order, client in zip(orders, market.clients):
        client.v1.payment_intents.confirm(
            order["payment_intent"], {"payment_method": "pm_card_visa", "return_url": f"{ORIGIN}/return"}
        )
    swept = market.stack.ctl("reconcile", *(shop.id for shop in market.shops), "--json")["data"]
    assert [(row["tenant"], row["missed"]) for row in swept] == [(shop.id, 1) for shop in market.shops]
    for order, shop in zip(orders, market.shops):
        shop.wait_status(order["id"], "active")


def every_call_names_its_account(market):
    calls = market.calls()
    strayed = [call for call in calls if not PLATFORMS.fullmatch(call["path"]) and not call["stripe_account"]]
    assert [(call["method"], call["path"]) for call in strayed] == []
    assert {call["stripe_account"] for call in calls} == {None, *market.accounts}
    assert [call for call in calls if call["stripe_account"] and call["account"] != call["stripe_account"]] == []
    made = {re.sub(r"/(sub|pi)_\w+", "/{id}", call["path"]) for call in calls if call["stripe_account"]}
    assert made >= {
        "/v1/checkout/sessions", "/v1/products", "/v1/prices", "/v1/subscriptions/{id}", "/v1/invoices/create_preview",
        "/v1/refunds", "/v1/payment_intents", "/v1/events", "/v1/balance", "/v1/charges",
    }  # fmt: skip
