"""The official SDK drives the sandbox: products, prices, coupons and promotion codes."""

import time

import pytest
import stripe
from harness.refusals import invalid
from harness.typed import misfits


@pytest.fixture
def product(account):
    return account.v1.products.create({"name": "House beans"})


def types(account):
    """The events of the account, oldest first."""
    return [event.type for event in reversed(account.v1.events.list({"limit": 100}).data)]


def test_a_product_is_made_with_its_default_price(account):
    wanted = {"currency": "eur", "unit_amount": 990, "recurring": {"interval": "month"}}
    made = account.v1.products.create(
        {"name": "Mug", "description": "Stoneware", "metadata": {"a": "1"}, "default_price_data": wanted}
    )
    assert misfits(made) == []
    assert made.id.startswith("prod_")
    assert (made.name, made.active, made.type, made.description) == ("Mug", True, "service", "Stoneware")
    price = account.v1.products.retrieve(made.id, {"expand": ["default_price"]}).default_price
    assert misfits(price) == []
    assert (price.unit_amount, price.recurring.interval, price.product) == (990, "month", made.id)
    assert types(account) == ["product.created", "price.created"]


def test_a_product_has_an_id_of_its_owners_choosing_once(account):
    assert account.v1.products.create({"name": "Mug", "id": "mug-1"}).id == "mug-1"
    with invalid("resource_already_exists", "id"):
        account.v1.products.create({"name": "Mug", "id": "mug-1"})
    with invalid(None, "id"):
        account.v1.products.create({"name": "Mug", "id": "a mug"})


def test_a_product_is_updated_and_what_changed_is_told(account, product):
    changed = account.v1.products.update(product.id, {"name": "Beans", "active": False, "metadata": {"a": "1"}})
    assert misfits(changed) == []
    assert (changed.name, changed.active, changed.metadata["a"]) == ("Beans", False, "1")
    told = account.v1.events.list({"type": "product.updated"}).data[0].data
    assert told.previous_attributes["name"] == "House beans"
    assert told.object.name == "Beans"
    assert [one.id for one in account.v1.products.list({"active": False}).data] == [product.id]
    assert account.v1.products.list({"active": True}).data == []


def test_a_product_goes_only_without_prices(account, product):
    price = account.v1.prices.create({"product": product.id, "currency": "eur", "unit_amount": 100})
    with invalid(None, "id"):
        account.v1.products.delete(product.id)
    with invalid(None, "default_price"):
        other = account.v1.products.create({"name": "Other"})
        account.v1.products.update(other.id, {"default_price": price.id})
    assert account.v1.products.delete(other.id).deleted is True
    assert [one.id for one in account.v1.products.list().data] == [product.id]
    with invalid("resource_missing", "product"):
        account.v1.prices.create({"product": other.id, "currency": "eur", "unit_amount": 100})


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"unit_amount": 1450}, ("one_time", 1450, None)),
        ({"unit_amount": 0}, ("one_time", 0, None)),
        ({"unit_amount_decimal": "1450"}, ("one_time", 1450, None)),
        ({"unit_amount": 900, "recurring": {"interval": "month"}}, ("recurring", 900, ("month", 1))),
        (
            {"unit_amount": 900, "recurring": {"interval": "week", "interval_count": 2, "trial_period_days": 7}},
            ("recurring", 900, ("week", 2)),
        ),
    ],
)
def test_a_price_is_paid_once_or_every_so_often(account, product, fields, shown):
    price = account.v1.prices.create({"product": product.id, "currency": "EUR", **fields})
    assert misfits(price) == []
    rhythm = price.recurring and (price.recurring.interval, price.recurring.interval_count)
    assert (price.type, price.unit_amount, rhythm) == shown
    assert (price.currency, price.unit_amount_decimal, price.active) == ("eur", price.unit_amount, True)
    assert account.v1.prices.retrieve(price.id) == price


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"currency": "eur"}, "parameter_missing", "unit_amount"),
        ({"unit_amount": 100}, "parameter_missing", "currency"),
        ({"currency": "xyz", "unit_amount": 100}, None, "currency"),
        ({"currency": "eur", "unit_amount": -1}, "parameter_invalid_integer", "unit_amount"),
        ({"currency": "eur", "unit_amount": 100_000_000}, "amount_too_large", "unit_amount"),
        ({"currency": "isk", "unit_amount": 150}, "parameter_invalid_integer", "unit_amount"),
        ({"currency": "eur", "unit_amount_decimal": "0.5"}, None, "unit_amount_decimal"),
        ({"currency": "eur", "unit_amount": 1, "unit_amount_decimal": "1"}, None, "unit_amount"),
        ({"currency": "eur", "unit_amount": 1, "recurring": {"interval": "decade"}}, None, "recurring[interval]"),
        (
            {"currency": "eur", "unit_amount": 1, "recurring": {"interval": "year", "interval_count": 4}},
            "parameter_invalid_integer",
            "recurring[interval_count]",
        ),
        (
            {"currency": "eur", "unit_amount": 1, "recurring": {"interval": "year", "usage_type": "metered"}},
            None,
            "recurring[usage_type]",
        ),
        ({"currency": "eur", "billing_scheme": "tiered", "tiers_mode": "volume"}, None, "tiers_mode"),
        ({"currency": "eur", "custom_unit_amount": {"enabled": True}}, None, "custom_unit_amount"),
        ({"currency": "eur", "unit_amount": 1, "product_data": {"name": "x"}}, None, "product_data"),
    ],
)
def test_a_price_that_cannot_be_is_refused(account, product, fields, code, param):
    with invalid(code, param):
        account.v1.prices.create({"product": product.id, **fields})
    assert account.v1.prices.list().data == []


def test_prices_are_found_by_lookup_key_which_one_price_has(account, product):
    fields = {"product": product.id, "currency": "eur", "unit_amount": 100, "lookup_key": "beans"}
    first = account.v1.prices.create(fields)
    with invalid(None, "lookup_key"):
        account.v1.prices.create(fields)
    second = account.v1.prices.create({**fields, "transfer_lookup_key": True})
    assert [one.id for one in account.v1.prices.list({"lookup_keys": ["beans", "none"]}).data] == [second.id]
    assert account.v1.prices.retrieve(first.id).lookup_key is None
    account.v1.prices.update(second.id, {"active": False, "nickname": "old"})
    assert account.v1.prices.list({"active": True}).data[0].id == first.id
    assert account.v1.prices.list({"product": product.id, "type": "recurring"}).data == []


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"percent_off": 25.5}, (25.5, None, None, "once", None)),
        ({"percent_off": 100, "duration": "forever"}, (100.0, None, None, "forever", None)),
        (
            {"amount_off": 500, "currency": "eur", "duration": "repeating", "duration_in_months": 3},
            (None, 500, "eur", "repeating", 3),
        ),
    ],
)
def test_a_coupon_is_a_percentage_or_an_amount(account, fields, shown):
    coupon = account.v1.coupons.create({"name": "Autumn", **fields})
    assert misfits(coupon) == []
    told = (coupon.percent_off, coupon.amount_off, coupon.currency, coupon.duration, coupon.duration_in_months)
    assert told == shown
    assert (coupon.valid, coupon.times_redeemed, coupon.name) == (True, 0, "Autumn")
    assert account.v1.coupons.update(coupon.id, {"name": "Winter"}).name == "Winter"
    assert account.v1.coupons.delete(coupon.id).deleted is True
    assert types(account) == ["coupon.created", "coupon.updated", "coupon.deleted"]


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({}, None, "percent_off"),
        ({"percent_off": 101}, None, "percent_off"),
        ({"percent_off": 10, "amount_off": 10, "currency": "eur"}, None, "amount_off"),
        ({"amount_off": 10}, "parameter_missing", "currency"),
        ({"percent_off": 10, "duration": "repeating"}, None, "duration_in_months"),
        ({"percent_off": 10, "redeem_by": 1}, None, "redeem_by"),
        ({"percent_off": 10, "max_redemptions": 0}, "parameter_invalid_integer", "max_redemptions"),
        ({"percent_off": 10, "applies_to": {"products": ["prod_x"]}}, "resource_missing", "applies_to[products]"),
    ],
)
def test_a_coupon_that_cannot_be_is_refused(account, fields, code, param):
    with invalid(code, param):
        account.v1.coupons.create(fields)


def test_a_promotion_code_belongs_to_a_coupon_and_is_active_once(account):
    coupon = account.v1.coupons.create({"percent_off": 10})
    promotion = {"promotion": {"type": "coupon", "coupon": coupon.id}}
    code = account.v1.promotion_codes.create({**promotion, "code": "FALL20", "max_redemptions": 1})
    assert misfits(code) == []
    assert (code.code, code.active, code.promotion.coupon) == ("FALL20", True, coupon.id)
    whole = account.v1.promotion_codes.retrieve(code.id, {"expand": ["promotion.coupon"]})
    assert isinstance(whole.promotion.coupon, stripe.Coupon)
    with invalid(None, "code"):
        account.v1.promotion_codes.create({**promotion, "code": "fall20"})
    account.v1.promotion_codes.update(code.id, {"active": False})
    again = account.v1.promotion_codes.create({**promotion, "code": "fall20"})
    assert [one.id for one in account.v1.promotion_codes.list({"code": "FALL20", "active": True}).data] == [again.id]
    assert account.v1.promotion_codes.create(promotion).code.isalnum()
    with invalid("resource_missing", "promotion[coupon]"):
        account.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": "none"}})


def test_a_promotion_code_ends_by_itself(account):
    coupon = account.v1.coupons.create({"percent_off": 10})
    code = account.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "expires_at": int(time.time()) - 1}
    )
    assert code.active is True
    assert account.v1.promotion_codes.retrieve(code.id).active is False
    assert account.v1.promotion_codes.list({"active": True}).data == []
