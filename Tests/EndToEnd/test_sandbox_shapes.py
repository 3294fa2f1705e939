"""What the sandbox answers has the fields and types that the official SDK declares; beside Stripe's own examples also the
fields that the SDK calls optional, since a field that may be null and one that may be absent are the same to it."""

import json
from pathlib import Path

import pytest
import stripe
from harness.billing import Billing
from harness.typed import misfits

# Stripe's own examples lie beside the repository, where there are any; without them only the SDK is asked.
EXAMPLES = next(
    (
        json.loads(file.read_text())["resources"]
        for file in (parent / "shared" / "stripe" / "fixtures3.json" for parent in Path(__file__).resolve().parents)
        if file.is_file()
    ),
    None,
)
# Where an answer honestly differs from the example: (only in the example, only in the answer).
DIFFERENCES = {
    # Answered only when it is expanded, since 2022-11-15.
    "charge": ({"refunds"}, set()),
    # Younger than the examples.
    "customer": (set(), {"customer_account"}),
    "payment_intent": (set(), {"allowed_payment_method_types"}),
    "setup_intent": (set(), {"allowed_payment_method_types", "customer_account", "managed_payments"}),
    # Its old place, before 2025-03-31.
    "invoice": ({"subscription"}, set()),
    # Younger than the example.
    "invoiceitem": (set(), {"proration_details"}),
}


def price(account):
    return account.v1.prices.create({"currency": "eur", "unit_amount": 1450, "product_data": {"name": "Mug"}})


def session(account):
    items = [{"price": price(account).id, "quantity": 1}]
    return account.v1.checkout.sessions.create(
        {"mode": "payment", "success_url": "https://shop.example", "line_items": items}
    )


def disputed(account):
    account.pay("pm_card_createDispute")
    account.sandbox.post("/_sandbox/appointments/hurry")
    return account.v1.disputes.list().data[0]


def subscription(account):
    coupon = account.v1.coupons.create({"percent_off": 10, "duration": "forever"})
    return Billing(account).subscribe(discounts=[{"coupon": coupon.id}], expand=["discounts"])


def fee_of(account):
    shop = account.client_with(stripe_account=account.v1.accounts.create().id).v1
    payment = {"amount": 2000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    shop.payment_intents.create({**payment, "application_fee_amount": 100})
    return account.v1.application_fees.list().data[0]


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (stripe.PaymentIntent, lambda account: account.pay()),
        (stripe.Charge, lambda account: account.v1.charges.retrieve(account.pay().latest_charge)),
        (stripe.Customer, lambda account: account.v1.customers.create()),
        (stripe.PaymentMethod, lambda account: account.v1.payment_methods.attach(
            "pm_card_visa", {"customer": account.v1.customers.create().id})),
        (stripe.Product, lambda account: account.v1.products.create({"name": "Mug"})),
        (stripe.Price, price),
        (stripe.Coupon, lambda account: account.v1.coupons.create({"percent_off": 10})),
        (stripe.PromotionCode, lambda account: account.v1.promotion_codes.create(
            {"promotion": {"type": "coupon", "coupon": account.v1.coupons.create({"percent_off": 10}).id}})),
        (stripe.SetupIntent, lambda account: account.v1.setup_intents.create()),
        (stripe.checkout.Session, session),
        (stripe.Event, lambda account: account.intent() and account.v1.events.list().data[0]),
        (stripe.WebhookEndpoint, lambda account: account.v1.webhook_endpoints.retrieve(account.listen().endpoint.id)),
        (stripe.Balance, lambda account: account.pay() and account.v1.balance.retrieve()),
        (stripe.BalanceTransaction, lambda account: account.pay() and account.v1.balance_transactions.list().data[0]),
        (stripe.Refund, lambda account: account.v1.refunds.create({"payment_intent": account.pay().id})),
        (stripe.Dispute, disputed),
        (stripe.ApplicationFee, fee_of),
        (stripe.Subscription, subscription),
        (stripe.SubscriptionItem, lambda account: subscription(account)["items"].data[0]),
        (stripe.Discount, lambda account: subscription(account).discounts[0]),
        (stripe.Invoice, lambda account: account.v1.invoices.retrieve(subscription(account).latest_invoice)),
        (stripe.InvoiceLineItem, lambda account: account.v1.invoices.line_items.list(
            subscription(account).latest_invoice).data[0]),
        (stripe.InvoicePayment, lambda account: subscription(account) and account.v1.invoice_payments.list().data[0]),
        (stripe.InvoiceItem, lambda account: account.v1.invoice_items.create(
            {"customer": account.v1.customers.create().id, "amount": 100, "currency": "eur"})),
        (stripe.test_helpers.TestClock, lambda account: Billing(account).clock),
    ],
    ids=lambda value: getattr(value, "OBJECT_NAME", ""),
)  # fmt: skip
def test_an_object_has_the_fields_of_stripes_own(account, kind, make):
    answered = make(account)
    assert type(answered) is kind
    assert misfits(answered) == []
    if EXAMPLES is not None:
        fields, example = set(answered.to_dict()), set(EXAMPLES[kind.OBJECT_NAME])
        assert (example - fields, fields - example) == DIFFERENCES.get(kind.OBJECT_NAME, (set(), set()))


def test_the_check_of_types_finds_what_does_not_fit(account):
    intent = account.intent()
    wrong = {"amount": "2000", "status": "gone", "livemode": 1, "metadata": {"a": 1}, "surprise": True}
    broken = stripe.PaymentIntent.construct_from({**intent.to_dict(), **wrong}, account.key)
    del broken["currency"]
    found = {misfit.partition(":")[0] for misfit in misfits(broken)}
    assert found == {
        f"PaymentIntent.{name}" for name in ("amount", "status", "livemode", "metadata[a]", "surprise", "currency")
    }
