"""The official SDK drives the sandbox: parameters, amounts and currencies, metadata."""

import pytest
import stripe
from harness.refusals import invalid


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


def test_a_version_that_is_none_is_refused(account):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
        account.client_with(stripe_version="yesterday").v1.balance.retrieve()


def test_an_endpoint_asks_only_for_events_that_there_are(account):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.webhook_endpoints.create({"url": "https://shop.example", "enabled_events": ["order.shipped"]})
    assert refusal.value.param == "enabled_events[0]"
    with invalid("url_invalid", "url"):
        account.v1.webhook_endpoints.create({"url": "shop.example", "enabled_events": ["*"]})


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
