"""The official SDK drives the sandbox: keys and accounts, parameters, amounts, metadata, what every answer carries."""

import re

import pytest
import requests
import stripe

from harness.typed import misfits


def invalid(code=None, param=None, status=400):
    """A refusal as the SDK tells it, which names its request."""

    def check(refusal):
        told = (refusal.http_status, refusal.code, refusal.param, refusal.error.type)
        assert told == (status, code, param, "invalid_request_error")
        assert re.fullmatch(r"req_\w{14}", refusal.request_id)
        assert refusal.error.request_log_url.endswith(f"/{refusal.request_id}")
        return True

    return pytest.raises(stripe.InvalidRequestError, check=check)


# Keys and accounts


@pytest.mark.parametrize("key", ["sk_test_short", "rk_live_1234567", "sk_prod_1234567890", "nonsense", "sk_test_12345678!"])
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


# Parameters


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"colour": "red"}, "colour"),
        ({"automatic_payment_methods": {"enabled": True, "colour": "red"}}, "automatic_payment_methods[colour]"),
        ({"shipping": {"name": "Ada", "address": {"street": "x"}}}, "shipping[address][street]"),
    ],
)
def test_an_unknown_parameter_is_named(account, fields, param):
    with invalid("parameter_unknown", param):
        account.intent(**fields)
    assert account.v1.payment_intents.list().data == []


@pytest.mark.parametrize(
    ("make", "param"),
    [
        (lambda v1: v1.payment_intents.create({"amount": 2000}), "currency"),
        (lambda v1: v1.payment_intents.create({"currency": "eur"}), "amount"),
        (lambda v1: v1.payment_methods.create({"type": "card"}), "card"),
        (lambda v1: v1.webhook_endpoints.create({"url": "https://shop.example"}), "enabled_events"),
        (lambda v1: v1.webhook_endpoints.create({"enabled_events": ["*"]}), "url"),
        (lambda v1: v1.customers.create({"shipping": {"name": "Ada"}}), "shipping[address]"),
    ],
)
def test_a_missing_parameter_is_named(account, make, param):
    with invalid("parameter_missing", param):
        make(account.v1)


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"confirm": "maybe"}, None, "confirm"),
        ({"capture_method": "later"}, None, "capture_method"),
        ({"receipt_email": "nobody"}, "email_invalid", "receipt_email"),
        ({"customer": "cus_unknown"}, "resource_missing", "customer"),
        ({"payment_method": "pm_unknown"}, "resource_missing", "payment_method"),
        ({"currency": ""}, "parameter_invalid_empty", "currency"),
    ],
)
def test_a_parameter_of_the_wrong_kind_is_named(account, fields, code, param):
    with invalid(code, param):
        account.intent(**fields)


def test_payment_method_types_went_with_the_pinned_version(account):
    with invalid("payment_method_types_no_longer_supported", "payment_method_types"):
        account.intent(payment_method_types=["card"])
    older = account.client_with(stripe_version="2025-09-30.clover").v1
    intent = older.payment_intents.create({"amount": 2000, "currency": "eur", "payment_method_types": ["card"]})
    assert intent.payment_method_types == ["card"]
    assert intent.last_response.headers["Stripe-Version"] == "2025-09-30.clover"
    assert account.intent(allowed_payment_method_types=["card"]).status == "requires_payment_method"


def test_an_endpoint_asks_only_for_events_that_there_are(account):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.webhook_endpoints.create({"url": "https://shop.example", "enabled_events": ["order.shipped"]})
    assert refusal.value.param == "enabled_events[0]"


# Amounts and currencies


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (50, "usd"), (30, "gbp"), (50, "jpy"), (50, "krw"), (17500, "huf"), (300, "sek"), (250, "dkk"), (1000, "mxn"),
        (1000, "kwd"), (1010, "bhd"), (50000, "isk"), (100000, "ugx"), (99999999, "usd"), (99999999, "jpy"),
        (2001, "twd"),
    ],
)  # fmt: skip
def test_an_amount_that_stripe_takes_is_taken(account, amount, currency):
    intent = account.intent(amount, currency)
    assert (intent.amount, intent.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"), (29, "gbp", "amount_too_small"), (49, "jpy", "amount_too_small"),
        (17499, "huf", "amount_too_small"), (299, "sek", "amount_too_small"), (249, "dkk", "amount_too_small"),
        (999, "mxn", "amount_too_small"), (100000000, "usd", "amount_too_large"), (100000000, "jpy", "amount_too_large"),
        (1005, "kwd", "parameter_invalid_integer"), (50050, "isk", "parameter_invalid_integer"),
        (100050, "ugx", "parameter_invalid_integer"), (0, "usd", "parameter_invalid_integer"),
        (-100, "usd", "parameter_invalid_integer"), ("19.99", "usd", "parameter_invalid_integer"),
        ("much", "usd", "parameter_invalid_integer"), (2**64, "usd", "parameter_invalid_integer"),
    ],
)  # fmt: skip
def test_an_amount_that_stripe_refuses_is_refused(account, amount, currency, code):
    with invalid(code, "amount"):
        account.intent(amount, currency)


@pytest.mark.parametrize("currency", ["xyz", "euro", "e"])
def test_a_currency_that_there_is_not_is_refused(account, currency):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.intent(2000, currency)
    assert refusal.value.param == "currency"


def test_an_update_follows_the_same_rules(account):
    intent = account.intent(1000, "usd")
    with invalid("amount_too_small", "amount"):
        account.v1.payment_intents.update(intent.id, {"amount": 10})
    with invalid("parameter_invalid_integer", "amount"):
        account.v1.payment_intents.update(intent.id, {"amount": 1001, "currency": "kwd"})
    assert account.v1.payment_intents.retrieve(intent.id) == intent


# Metadata


def test_metadata_has_limits(account):
    full = {f"key{number}": "x" for number in range(49)} | {"k" * 40: "v" * 500}
    customer = account.v1.customers.create({"metadata": full})
    assert customer.metadata.to_dict() == full
    for metadata, param in (
        ({"one": "more"}, "metadata"),
        ({"k" * 41: "x"}, "metadata"),
        ({"key1": "v" * 501}, "metadata[key1]"),
    ):
        with invalid(None, param):
            account.v1.customers.update(customer.id, {"metadata": metadata})
    assert account.v1.customers.retrieve(customer.id).metadata.to_dict() == full


def test_metadata_keeps_every_character(account):
    metadata = {"naïve key": "ä&b=c[d]+e%20 😀", "0": "zero"}
    assert account.intent(metadata=metadata).metadata.to_dict() == metadata


# Answers


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
