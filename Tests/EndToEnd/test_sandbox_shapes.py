"""What the sandbox answers has the fields of Stripe's own examples, and the types that the official SDK declares."""

import json
from pathlib import Path

import pytest
import stripe
from harness.typed import misfits

# Stripe's own examples lie beside the repository, where there are any.
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
}


@pytest.mark.skipif(EXAMPLES is None, reason="Stripe's fixtures3.json is not beside the repository")
@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (stripe.PaymentIntent, lambda account: account.pay()),
        (stripe.Charge, lambda account: account.v1.charges.retrieve(account.pay().latest_charge)),
        (stripe.Customer, lambda account: account.v1.customers.create()),
        (stripe.PaymentMethod, lambda account: account.v1.payment_methods.attach(
            "pm_card_visa", {"customer": account.v1.customers.create().id})),
        (stripe.Event, lambda account: account.intent() and account.v1.events.list().data[0]),
        (stripe.WebhookEndpoint, lambda account: account.v1.webhook_endpoints.retrieve(account.listen().endpoint.id)),
        (stripe.Balance, lambda account: account.pay() and account.v1.balance.retrieve()),
    ],
    ids=lambda value: getattr(value, "OBJECT_NAME", ""),
)  # fmt: skip
def test_an_object_has_the_fields_of_stripes_own_example(account, kind, make):
    answered = make(account)
    assert type(answered) is kind
    assert misfits(answered) == []
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
