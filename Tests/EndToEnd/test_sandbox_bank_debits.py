"""The official SDK drives the sandbox: payments that a bank answers later."""

import pytest
import stripe
from harness.refusals import invalid
from harness.typed import misfits
from harness.waiting import wait_until

ACCOUNTS = [
    ("us_bank_account", "usd", {"routing_number": "110000000", "account_number": "000123456789"}, "6789"),
    ("sepa_debit", "eur", {"iban": "DE89 3704 0044 0532 0130 00"}, "3000"),
]
BILLING = {"name": "Ada", "email": "ada@example.com"}


def settled(account, intent):
    """The intent once its bank has answered."""

    def answered():
        now = account.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
        return now if now.status != "processing" else None

    return wait_until(answered, f"the bank's answer to {intent.id}")


def types(account):
    return [event.type for event in reversed(account.v1.events.list({"limit": 100}).data)]


@pytest.mark.parametrize(("kind", "currency", "number", "last4"), ACCOUNTS)
def test_a_bank_account_pays_after_a_while(account, kind, currency, number, last4):
    method = account.v1.payment_methods.create({"type": kind, kind: number, "billing_details": BILLING})
    assert misfits(method) == []
    assert getattr(method, kind).last4 == last4
    intent = account.pay(method.id, currency=currency, expand=["latest_charge"])
    assert misfits(intent) == []
    assert (intent.status, intent.amount_received) == ("processing", 0)
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("pending", False)
    assert account.v1.balance_transactions.list().data == []
    done = settled(account, intent)
    assert misfits(done) == []
    assert (done.status, done.amount_received) == ("succeeded", 2000)
    charge = done.latest_charge
    assert (charge.status, charge.paid, charge.payment_method_details.type) == ("succeeded", True, kind)
    assert account.v1.balance_transactions.retrieve(charge.balance_transaction).amount == 2000
    assert types(account) == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


@pytest.mark.parametrize(
    ("token", "currency", "code"),
    [
        ("pm_usBankAccount_insufficientFunds", "usd", "insufficient_funds"),
        ("pm_usBankAccount_accountClosed", "usd", "account_closed"),
        ("pm_failed_de", "eur", "insufficient_funds"),
    ],
)
def test_a_debit_can_come_back(account, token, currency, code):
    intent = settled(account, account.pay(token, currency=currency))
    assert misfits(intent) == []
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert (intent.last_payment_error.code, intent.latest_charge.failure_code) == (code, code)
    assert intent.latest_charge.status == "failed"
    assert types(account)[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    assert account.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


@pytest.mark.parametrize(("outcome", "status"), [("succeeded", "succeeded"), ("failed", "requires_payment_method")])
def test_a_bank_that_never_answers_is_told_to(account, outcome, status):
    intent = account.pay("pm_usBankAccount_processing", currency="usd")
    path = f"/_sandbox/payment_intents/{intent.id}/settle?outcome={outcome}"
    assert account.sandbox.post(path).json()["status"] == status
    assert account.v1.payment_intents.retrieve(intent.id).status == status
    assert account.sandbox.post(path).status_code == 409


def test_a_saved_bank_account_is_charged_again(account):
    customer = account.v1.customers.create().id
    setup = account.v1.setup_intents.create(
        {"customer": customer, "payment_method": "pm_usBankAccount_success", "confirm": True}
    )
    assert misfits(setup) == []
    again = account.pay(setup.payment_method, currency="usd", customer=customer, off_session=True)
    assert settled(account, again).status == "succeeded"


def test_a_bank_account_pays_in_its_own_currency_and_where_it_is_allowed(account):
    for fields in ({"currency": "eur"}, {"currency": "usd", "allowed_payment_method_types": ["card"]}):
        with invalid("payment_intent_incompatible_payment_method", "payment_method"):
            account.pay("pm_usBankAccount_success", **fields)


@pytest.mark.parametrize(
    ("kind", "number", "param"),
    [
        ("us_bank_account", {"routing_number": "110000000", "account_number": "1"}, "us_bank_account[account_number]"),
        ("us_bank_account", {"account_number": "000123456789"}, "us_bank_account[routing_number]"),
        ("sepa_debit", {"iban": "DE00"}, "sepa_debit[iban]"),
    ],
)
def test_no_real_bank_account_gets_in(account, kind, number, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.payment_methods.create({"type": kind, kind: number, "billing_details": BILLING})
    assert refusal.value.param == param
