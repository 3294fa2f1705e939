"""The official SDK drives the sandbox: the balance, and every movement on it."""

import stripe
from harness.refusals import invalid
from harness.typed import misfits


def of(amounts):
    return {one.currency: one.amount for one in amounts}


def test_a_new_account_has_nothing(account):
    balance = account.v1.balance.retrieve()
    assert isinstance(balance, stripe.Balance)
    assert (misfits(balance), of(balance.available), of(balance.pending)) == ([], {"usd": 0}, {"usd": 0})


def test_a_charge_is_pending_for_two_days_less_its_fee(account):
    charge = account.v1.charges.retrieve(account.pay(amount=10000).latest_charge, {"expand": ["balance_transaction"]})
    movement = charge.balance_transaction
    assert misfits(movement) == []
    assert (movement.amount, movement.fee, movement.net) == (10000, 320, 9680)
    assert [(one.type, one.amount) for one in movement.fee_details] == [("stripe_fee", 320)]
    assert (movement.type, movement.reporting_category, movement.source) == ("charge", "charge", charge.id)
    assert (movement.status, movement.available_on - movement.created) == ("pending", 2 * 24 * 60 * 60)
    balance = account.v1.balance.retrieve()
    assert (of(balance.available), of(balance.pending)) == ({"eur": 0}, {"eur": 9680})


def test_a_card_that_bypasses_pending_pays_at_once(account):
    charge = account.v1.charges.retrieve(account.pay("pm_card_bypassPending", amount=10000).latest_charge)
    assert account.v1.balance_transactions.retrieve(charge.balance_transaction).status == "available"
    balance = account.v1.balance.retrieve()
    assert (of(balance.available), of(balance.pending)) == ({"eur": 9680}, {"eur": 0})


def test_a_refund_is_taken_from_where_its_charge_is(account):
    pending = account.pay(amount=10000)
    available = account.pay("pm_card_bypassPending", amount=10000)
    account.v1.refunds.create({"payment_intent": pending.id, "amount": 1000})
    account.v1.refunds.create({"payment_intent": available.id, "amount": 2000})
    balance = account.v1.balance.retrieve()
    assert (of(balance.available), of(balance.pending)) == ({"eur": 7680}, {"eur": 8680})


def test_currencies_are_never_summed(account):
    nets = {}
    for amount, currency in ((2000, "eur"), (1000, "eur"), (5000, "jpy"), (3000, "usd")):
        account.pay("pm_card_bypassPending", amount=amount, currency=currency)
        nets[currency] = nets.get(currency, 0) + amount - (amount * 29 // 1000 + 30)
    balance = account.v1.balance.retrieve()
    assert of(balance.available) == nets
    assert of(balance.pending) == dict.fromkeys(nets, 0)
    assert [one.currency for one in balance.available] == sorted(nets)
    assert all(one.source_types.card == one.amount for one in balance.available)


def test_movements_are_listed_by_type_source_and_currency(account):
    first, second = account.pay(), account.pay(currency="usd")
    refund = account.v1.refunds.create({"payment_intent": first.id, "amount": 500})
    listed = account.v1.balance_transactions.list().data
    assert [misfits(one) for one in listed] == [[], [], []]
    assert [one.type for one in listed] == ["refund", "charge", "charge"]
    sources = {one.id: one.source for one in listed}
    by = {
        "refunds": {"type": "refund"},
        "dollars": {"currency": "usd"},
        "first charge": {"source": first.latest_charge},
        "since": {"created": {"gte": listed[-1].created}},
    }
    found = {name: [sources[one] for one in account.pages("balance_transactions", **by[name])] for name in by}
    assert found == {
        "refunds": [refund.id],
        "dollars": [second.latest_charge],
        "first charge": [first.latest_charge],
        "since": [refund.id, second.latest_charge, first.latest_charge],
    }
    with invalid("resource_missing", "payout", 404):
        account.v1.balance_transactions.list({"payout": "po_1"})


def test_only_what_is_captured_moves_the_balance(account):
    held = account.pay(capture_method="manual", amount=10000)
    assert account.v1.balance_transactions.list().data == []
    account.v1.payment_intents.cancel(held.id)
    assert account.v1.balance_transactions.list().data == []
    part = account.pay(capture_method="manual", amount=10000)
    account.v1.payment_intents.capture(part.id, {"amount_to_capture": 1000})
    assert [one.amount for one in account.v1.balance_transactions.list().data] == [1000]
