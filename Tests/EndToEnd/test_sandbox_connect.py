"""The official SDK drives the sandbox: what a platform earns on, and hears of, the accounts that it connected."""

import pytest
import stripe
from harness.refusals import invalid
from harness.typed import misfits


@pytest.fixture
def shop(account):
    """A connected account, and how to act for it."""
    made = account.v1.accounts.create({"email": "shop@example.com"})
    return made.id, account.client_with(stripe_account=made.id).v1


def pay(shop, amount=10000, **fields):
    intent = {"amount": amount, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    return shop.payment_intents.create({**intent, **fields})


def test_a_platform_takes_its_share_of_a_direct_charge(account, shop):
    id_, as_shop = shop
    intent = pay(as_shop, application_fee_amount=500)
    charge = as_shop.charges.retrieve(intent.latest_charge, {"expand": ["balance_transaction"]})
    assert (misfits(intent), misfits(charge)) == ([], [])
    movement = charge.balance_transaction
    assert (movement.amount, movement.fee, movement.net) == (10000, 820, 9180)
    assert [(one.type, one.amount) for one in movement.fee_details] == [("stripe_fee", 320), ("application_fee", 500)]
    [fee] = account.v1.application_fees.list().data
    assert isinstance(fee, stripe.ApplicationFee)
    assert misfits(fee) == []
    assert (fee.id, fee.amount, fee.account, fee.charge) == (charge.application_fee, 500, id_, charge.id)
    assert fee.application == charge.application == intent.application
    earned = account.v1.balance_transactions.retrieve(fee.balance_transaction)
    assert (earned.type, earned.net, earned.source) == ("application_fee", 500, fee.id)
    assert [one.amount for one in account.v1.balance.retrieve().pending] == [500]
    assert [one.amount for one in as_shop.balance.retrieve().pending] == [9180]
    assert [event.type for event in account.v1.events.list({"type": "application_fee.*"}).data] == [
        "application_fee.created"
    ]
    assert as_shop.application_fees.list().data == []


def test_fees_are_found_by_charge_and_by_id(account, shop):
    _, as_shop = shop
    first, second = (pay(as_shop, application_fee_amount=100) for _ in range(2))
    pay(as_shop)
    fees = {one.charge: one.id for one in account.v1.application_fees.list().data}
    assert account.pages("application_fees") == [fees[second.latest_charge], fees[first.latest_charge]]
    assert account.pages("application_fees", charge=first.latest_charge) == [fees[first.latest_charge]]
    assert account.v1.application_fees.retrieve(fees[first.latest_charge]).amount == 100
    with invalid("resource_missing", "id", 404):
        account.v1.application_fees.retrieve("fee_unknown")


def test_a_share_is_given_back_with_a_refund_that_says_so(account, shop):
    _, as_shop = shop
    intent = pay(as_shop, application_fee_amount=500)
    as_shop.refunds.create({"payment_intent": intent.id, "amount": 4000})
    [fee] = account.v1.application_fees.list().data
    assert fee.amount_refunded == 0
    refund = as_shop.refunds.create({"payment_intent": intent.id, "amount": 2000, "refund_application_fee": True})
    movement = as_shop.balance_transactions.retrieve(refund.balance_transaction)
    assert (movement.amount, movement.fee, movement.net) == (-2000, -100, -1900)
    as_shop.refunds.create({"payment_intent": intent.id, "refund_application_fee": True})
    fee = account.v1.application_fees.retrieve(fee.id)
    assert misfits(fee) == []
    assert (fee.amount_refunded, fee.refunded, [one.amount for one in fee.refunds.data]) == (500, True, [400, 100])
    assert [one.amount for one in account.v1.balance.retrieve().pending] == [0]
    with invalid(None, "refund_application_fee"):
        as_shop.refunds.create({"payment_intent": pay(as_shop).id, "refund_application_fee": True})


@pytest.mark.parametrize(
    ("captured", "share"),
    [({}, 500), ({"amount_to_capture": 300}, 300), ({"amount_to_capture": 3000, "application_fee_amount": 200}, 200)],
)
def test_a_share_is_taken_when_the_payment_is_captured(account, shop, captured, share):
    _, as_shop = shop
    held = pay(as_shop, application_fee_amount=500, capture_method="manual")
    assert account.v1.application_fees.list().data == []
    as_shop.payment_intents.capture(held.id, captured)
    assert [one.amount for one in account.v1.application_fees.list().data] == [share]


def test_there_is_no_share_without_a_connected_account_or_beyond_the_payment(account, shop):
    _, as_shop = shop
    with invalid(None, "application_fee_amount"):
        account.intent(application_fee_amount=100)
    with invalid("parameter_invalid_integer", "application_fee_amount"):
        pay(as_shop, application_fee_amount=10001)


def test_one_platform_endpoint_hears_of_every_connected_account(account, shop):
    connected, own = account.listen(connect=True), account.listen("application_fee.created")
    other = account.v1.accounts.create({}).id
    pay(shop[1], application_fee_amount=500)
    account.v1.customers.create({}, {"stripe_account": other})
    account.pay()
    events = connected.wait_for(4)
    assert [(event.type, event.account) for event in events] == [
        ("payment_intent.created", shop[0]), ("charge.succeeded", shop[0]), ("payment_intent.succeeded", shop[0]),
        ("customer.created", other),
    ]  # fmt: skip
    [fee] = own.wait_for(1)
    assert (fee.data.object.amount, "account" in fee) == (500, False)


def test_the_context_names_the_account_too(account, shop):
    intent = pay(shop[1])
    found = account.v1.payment_intents.retrieve(intent.id, {}, {"stripe_context": shop[0]})
    assert found.id == intent.id
