"""Customers, their saved cards, and charges without them."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from harness.tables import Tables


@pytest.fixture(scope="module")
def shop(stack):
    return stack.tenant()


def customer_of(shop, **fields):
    answer = shop.call(
        "POST", "/v1/customers", {"email": "ann@example.com", **fields}, idempotency_key=str(uuid.uuid4())
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def saved(shop, customer, card="pm_card_visa"):
    """A card that the customer has used on the shop's page, and kept."""
    order = shop.start_payment(500, customer=customer["id"], setup_future_usage="off_session")
    shop.pay(order, card)
    shop.wait_status(order["id"], "active")
    return shop.stripe.v1.payment_intents.retrieve(order["payment_intent"]).payment_method


def attached(shop, customer, card):
    """A card that no page would have kept, for it demands its owner every time."""
    return shop.stripe.v1.payment_methods.attach(card, {"customer": customer["id"]}).id


def charge(shop, customer, method, key=None, **fields):
    body = {"amount": 1999, "currency": "eur", "customer": customer["id"], "payment_method": method, **fields}
    return shop.call("POST", "/v1/payment_intents/off_session", body, idempotency_key=key or str(uuid.uuid4()))


def emails(shop, kind):
    tables = Tables(shop.stack.environment["DATABASE_URL"])
    rows = tables.rows(f"SELECT payload FROM jobs WHERE kind = 'send_email' AND tenant_id = '{shop.id}'")
    return [row[0] for row in rows if kind in row[0]]


def test_a_card_is_saved_listed_charged_and_detached(shop):
    customer = customer_of(shop, name="Ann", metadata={"crm": "7"})
    stored = shop.stripe.v1.customers.retrieve(customer["id"])
    assert (stored.name, stored.metadata["crm"], stored.metadata["checkout_tenant"]) == ("Ann", "7", shop.id)
    assert customer["metadata"] == {"crm": "7"}
    assert shop.call("GET", f"/v1/customers/{customer['id']}").json() == customer
    method = saved(shop, customer)

    listed = shop.call("GET", f"/v1/customers/{customer['id']}/payment_methods").json()
    assert [one["id"] for one in listed["data"]] == [method]
    assert set(listed["data"][0]["card"]) == {"brand", "last4", "exp_month", "exp_year"}
    assert "fingerprint" not in str(listed)

    charged = charge(shop, customer, method, description="Refill")
    assert charged.status_code == 201, charged.text
    order = charged.json()
    shop.storefront.wait_for("order.activated", order["id"])
    assert shop.wait_status(order["id"], "active")["customer"] == customer["id"]

    gone = shop.call("DELETE", f"/v1/customers/{customer['id']}/payment_methods/{method}")
    assert (gone.status_code, gone.json()["deleted"]) == (200, True)
    assert shop.call("GET", f"/v1/customers/{customer['id']}/payment_methods").json()["data"] == []
    assert charge(shop, customer, method).status_code == 404


def test_a_bank_that_wants_the_owner_leaves_an_order_to_recover(shop):
    customer = customer_of(shop)
    method = attached(shop, customer, "pm_card_authenticationRequired")
    key = str(uuid.uuid4())
    answer = charge(shop, customer, method, key, customer_email="ann@example.com")
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (402, "card_error", "authentication_required")
    order = error["order"]
    assert order["client_secret"].startswith(order["payment_intent"])
    assert order["publishable_key"].startswith("pk_test_")
    assert error["recovery_url"] == f"{shop.stack.api.url}/pay/{order['id']}#client_secret={order['client_secret']}"
    assert shop.order(order["id"])["status"] in ("requires_action", "failed")
    assert charge(shop, customer, method, key, customer_email="ann@example.com").json() == answer.json()
    assert len(emails(shop, "action_required")) == 1

    # As the page does: the buyer is there now, and the bank asks them.
    confirmed = shop.pay(order, method)
    assert confirmed.status == "requires_action"
    shop.answer_challenge(confirmed, "succeeded")
    shop.wait_status(order["id"], "active")
    assert len(shop.storefront.events("order.activated", order["id"])) == 1
    assert len(emails(shop, "action_required")) == 1


def test_the_recovery_page_opens_for_the_client_secret_alone(shop):
    order = shop.start_payment(1999, description="Two mugs")
    url = f"{shop.stack.api.url}/pay/{order['id']}"
    page = requests.get(url, timeout=20)
    assert page.status_code == 200
    assert order["id"] not in page.text
    shown = requests.post(url, json={"client_secret": order["client_secret"]}, timeout=20).json()
    assert (shown["amount"], shown["currency"], shown["description"]) == (1999, "eur", "Two mugs")
    assert shown["publishable_key"] == order["publishable_key"]
    other = shop.start_payment()
    for secret in (other["client_secret"], "x"):
        assert requests.post(url, json={"client_secret": secret}, timeout=20).status_code == 404
    for program in shop.stack.programs[:-1]:
        assert not re.search(r"pi_\w+_secret_", program.output()), program.name


def test_a_decline_says_why_and_fails_the_order(shop):
    customer = customer_of(shop)
    answer = charge(shop, customer, attached(shop, customer, "pm_card_chargeCustomerFail"))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["decline_code"]) == (402, "card_declined", "generic_decline")
    assert error["order"]["status"] == "failed"
    assert shop.order(error["order"]["id"])["failure"]["code"] == "generic_decline"
    shop.storefront.wait_for("order.failed", error["order"]["id"])


@pytest.mark.parametrize(
    ("account", "status"), [("pm_usBankAccount_success", "active"), ("pm_usBankAccount_insufficientFunds", "failed")]
)
def test_a_bank_account_is_debited_after_days(shop, account, status):
    customer = customer_of(shop)
    answer = charge(shop, customer, attached(shop, customer, account), currency="usd")
    assert (answer.status_code, answer.json()["status"]) == (201, "processing"), answer.text
    shop.wait_status(answer.json()["id"], status, seconds=30)
    assert "processing" in shop.history(answer.json()["id"])


def test_customers_and_cards_of_others_are_not_there(stack, shop):
    ann, bob = customer_of(shop), customer_of(shop)
    method = saved(shop, ann)
    # A second tenant on the same Stripe account.
    twin = stack.tenant("Twin", stripe_key=shop.stripe_key)
    stranger = stack.tenant("Stranger")
    for other in (twin, stranger):
        assert other.call("GET", f"/v1/customers/{ann['id']}").status_code == 404
        assert other.call("GET", f"/v1/customers/{ann['id']}/payment_methods").status_code == 404
        assert other.call("DELETE", f"/v1/customers/{ann['id']}/payment_methods/{method}").status_code == 404
        answer = charge(other, ann, method)
        assert (answer.status_code, answer.json()["error"]["param"]) == (404, "customer")
        body = {"amount": 500, "currency": "eur", "customer": ann["id"]}
        assert other.call("POST", "/v1/payment_intents", body).json()["error"]["param"] == "customer"
    answer = charge(shop, bob, method)
    assert (answer.status_code, answer.json()["error"]["param"]) == (404, "payment_method")


CHARGE = {"method": "POST", "path": "/v1/payment_intents"}


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 500, "after_acting": True, "times": 3},
        {"action": "drop_after_acting", "times": 3},
        {"action": "drop_before_acting", "times": 3},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_whatever_breaks_a_card_is_charged_once(own_stack, fault):
    shop = own_stack.tenant()
    customer = customer_of(shop)
    method = saved(shop, customer)
    own_stack.fault(match=CHARGE, **fault)
    answers = []
    for _ in range(4):
        answers.append(charge(shop, customer, method, "once"))
        if answers[-1].status_code == 201:
            break
        assert answers[-1].status_code in (502, 503), answers[-1].text
    assert answers[-1].status_code == 201
    shop.wait_status(answers[-1].json()["id"], "active")
    charges = shop.stripe.v1.payment_intents.list({"customer": customer["id"]}).data
    assert [intent.amount for intent in charges if intent.status == "succeeded"].count(1999) == 1


def test_another_key_is_taken_only_long_after_stripe_failed(own_stack):
    """Stripe repeats its own error for a day; what it was about may still be found ten minutes later."""
    shop = own_stack.tenant()
    customer = customer_of(shop)
    method = saved(shop, customer)
    own_stack.fault(match=CHARGE, action="status", status=500, stored=True, times=3)
    for _ in range(3):
        assert charge(shop, customer, method, "once").status_code == 502
    [order] = shop.call("GET", "/v1/orders?status=pending").json()["data"]
    Tables(own_stack.environment["DATABASE_URL"]).execute(
        f"UPDATE orders SET updated_at = updated_at - 700000000 WHERE id = '{order['id']}'"
    )
    answer = charge(shop, customer, method, "once")
    assert (answer.status_code, answer.json()["id"]) == (201, order["id"])
    shop.wait_status(order["id"], "active")
    charges = shop.stripe.v1.payment_intents.list({"customer": customer["id"]}).data
    assert [intent.amount for intent in charges if intent.status == "succeeded"].count(1999) == 1


def test_one_key_fired_twenty_times_at_once_charges_once(shop):
    customer = customer_of(shop)
    method = saved(shop, customer)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: charge(shop, customer, method, f"twenty-{customer['id']}"), range(20)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    intents = shop.stripe.v1.payment_intents.list({"customer": customer["id"]}).data
    assert [intent.amount for intent in intents].count(1999) == 1


def test_the_page_of_a_shop_charges_nobody(shop):
    customer = customer_of(shop)
    body = {"items": [{"sku": "mug"}], "customer": customer["id"], "payment_method": "pm_card_visa"}
    assert shop.call("POST", "/v1/payment_intents/off_session", body, key=shop.publishable_key).status_code == 403
    assert shop.call("POST", "/v1/customers", {}, key=shop.publishable_key).status_code == 403
