"""The official SDK drives the sandbox: keys, accounts and modes, and what every answer carries."""

import re

import pytest
import requests
import stripe
from harness.refusals import invalid
from harness.typed import misfits


@pytest.mark.parametrize(
    "key", ["sk_test_short", "rk_live_1234567", "sk_prod_1234567890", "nonsense", "sk_test_12345678!"]
)
def test_a_wrong_key_is_an_authentication_error_that_does_not_repeat_it(account, key):
    with pytest.raises(stripe.AuthenticationError) as refusal:
        account.client_with(api_key=key).v1.balance.retrieve()
    assert refusal.value.http_status == 401
    assert refusal.value.request_id.startswith("req_")
    assert key not in refusal.value.http_body


def test_no_key_is_an_authentication_error(sandbox):
    answer = sandbox.get("/v1/balance")
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_key_may_come_as_the_user_name(sandbox, account):
    assert sandbox.get("/v1/account", auth=(account.key, "")).json()["id"] == account.id


def test_keys_with_the_same_tail_belong_to_one_account(account):
    restricted = account.client_with(api_key=account.key.replace("sk_", "rk_")).v1
    assert restricted.accounts.retrieve_current().id == account.id
    assert restricted.payment_intents.retrieve(account.intent().id).status == "requires_payment_method"


def test_accounts_see_nothing_of_each_other(sandbox, account):
    intent, customer = account.pay(), account.v1.customers.create()
    other = sandbox.account()
    assert other.id != account.id
    for read in (
        lambda: other.v1.payment_intents.retrieve(intent.id),
        lambda: other.v1.payment_intents.cancel(intent.id),
        lambda: other.v1.charges.retrieve(intent.latest_charge),
        lambda: other.v1.payment_methods.retrieve(intent.payment_method),
        lambda: other.v1.customers.retrieve(customer.id),
        lambda: other.v1.events.retrieve(account.v1.events.list().data[0].id),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            read()
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    for service in ("payment_intents", "charges", "customers", "events"):
        assert getattr(other.v1, service).list().data == []
    with invalid("resource_missing", "customer"):
        other.intent(customer=customer.id)
    with invalid("resource_missing", "payment_method"):
        other.pay(intent.payment_method)


def test_test_and_live_mode_share_nothing(sandbox, account):
    live = sandbox.account(account.key.replace("_test_", "_live_"))
    intent, live_intent = account.intent(), live.intent()
    assert (intent.livemode, live_intent.livemode, live.id) == (False, True, account.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        live.v1.payment_intents.retrieve(intent.id)
    assert "a similar object exists in test mode" in refusal.value.user_message
    assert [one.id for one in live.v1.payment_intents.list().data] == [live_intent.id]
    assert all(event.livemode for event in live.v1.events.list().data)
    assert live.v1.balance.retrieve().livemode is True


def test_a_platform_acts_for_the_accounts_that_it_connected(sandbox, account):
    shop = account.v1.accounts.create({"email": "shop@example.com"})
    assert misfits(shop) == []
    on_shop = {"stripe_account": shop.id}
    intent = account.v1.payment_intents.create(
        {"amount": 2000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}, on_shop
    )
    assert intent.last_response.headers["Stripe-Account"] == shop.id
    # The SDK takes the account along to what is done with the object.
    assert account.v1.payment_intents.retrieve(intent.id, {}, on_shop).status == "succeeded"
    with invalid("resource_missing", "intent", 404):
        account.v1.payment_intents.retrieve(intent.id)
    assert account.v1.payment_intents.list().data == []
    as_shop = account.client_with(stripe_account=shop.id).v1
    assert [one.id for one in as_shop.charges.list().data] == [intent.latest_charge]
    assert as_shop.accounts.retrieve_current().id == shop.id
    with pytest.raises(stripe.PermissionError) as refusal:
        sandbox.account().v1.balance.retrieve({}, on_shop)
    assert (refusal.value.http_status, refusal.value.error.code) == (403, "account_invalid")


def test_every_answer_names_its_request(sandbox, account):
    authorized = {"headers": {"Authorization": f"Bearer {account.key}"}}
    answers = [
        sandbox.get("/v1/balance"),
        sandbox.get("/v1/balance", **authorized),
        sandbox.get("/v1/nothing", **authorized),
        sandbox.get("/v1/customers/cus_unknown", **authorized),
        sandbox.post("/v1/customers", data={"colour": "red"}, **authorized),
        sandbox.post("/v1/customers", json={"name": "Ada"}, **authorized),
        requests.put(sandbox.url + "/v1/customers", timeout=20, **authorized),
    ]
    assert [answer.status_code for answer in answers] == [401, 200, 404, 404, 400, 400, 404]
    ids = [answer.headers["Request-Id"] for answer in answers]
    assert all(re.fullmatch(r"req_\w{14}", one) for one in ids)
    assert len(set(ids)) == len(ids)
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/json"}
    assert all(answer.json()["error"]["message"] for answer in answers if answer.status_code != 200)


def test_a_missing_object_is_named(account):
    with invalid("resource_missing", "intent", 404):
        account.v1.payment_intents.retrieve("pi_unknown")
    with invalid("resource_missing", "id", 404):
        account.v1.customers.retrieve("cus_unknown")
    with invalid("resource_missing", "payment_method", 404):
        account.v1.payment_methods.retrieve("pm_unknown")


@pytest.mark.parametrize(
    ("state", "code", "message"),
    [("expired", "api_key_expired", "Expired API Key"), ("revoked", None, "Invalid API Key")],
)
def test_a_key_that_has_ended_is_an_authentication_error(sandbox, account, state, code, message):
    intent = account.intent()
    assert sandbox.post("/_sandbox/keys", json={"key": account.key, "state": state}).status_code == 200
    with pytest.raises(stripe.AuthenticationError) as refusal:
        account.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (refusal.value.http_status, refusal.value.error.code) == (401, code)
    assert refusal.value.user_message.startswith(message)
    assert account.key not in refusal.value.http_body
    other = sandbox.account()
    assert other.pay().status == "succeeded"
    sandbox.post("/_sandbox/keys", json={"key": account.key, "state": "active"})
    assert account.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_restricted_key_is_told_what_it_lacks(sandbox, account):
    intent = account.pay()
    restricted = account.client_with(api_key=account.key.replace("sk_", "rk_")).v1
    rule = {"key": account.key.replace("sk_", "rk_"), "state": "restricted"}
    permissions = {"refunds": "none", "payment_intents": "read"}
    assert sandbox.post("/_sandbox/keys", json={**rule, "permissions": permissions}).status_code == 200
    assert restricted.payment_intents.retrieve(intent.id).id == intent.id
    for call, lacking in (
        (lambda: restricted.refunds.create({"payment_intent": intent.id}), "rak_refund_write"),
        (lambda: restricted.refunds.list(), "rak_refund_read"),
        (lambda: restricted.payment_intents.cancel(intent.id), "rak_payment_intent_write"),
    ):
        with pytest.raises(stripe.PermissionError) as refusal:
            call()
        assert refusal.value.http_status == 403
        assert lacking in refusal.value.user_message
    assert account.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"
