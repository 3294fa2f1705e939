"""The official SDK drives the sandbox: customers, payment methods, charges, events, endpoints, balance, and lists."""

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
    # Younger than the example.
    "customer": (set(), {"customer_account"}),
    # Platforms only.
    "balance": ({"connect_reserved"}, set()),
}


def pages(account, service, **parameters):
    return [one.id for one in service.list({"limit": 2, **parameters}).auto_paging_iter()]


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
    assert found == {f"PaymentIntent.{name}" for name in ("amount", "status", "livemode", "metadata[a]", "surprise", "currency")}


def test_a_customer_is_made_changed_listed_and_deleted(account):
    address = {"city": "Paris", "country": "FR", "line1": "1 rue de Rivoli"}
    created = account.v1.customers.create({"email": "a@example.com", "name": "Ada", "address": address, "metadata": {"a": "1"}})
    assert isinstance(created, stripe.Customer)
    assert misfits(created) == []
    assert (created.email, created.name, created.address.city, created.address.state) == ("a@example.com", "Ada", "Paris", None)
    changed = account.v1.customers.update(created.id, {"name": "Grace", "metadata": {"b": "2"}})
    assert (changed.name, changed.email, changed.metadata.to_dict()) == ("Grace", "a@example.com", {"a": "1", "b": "2"})
    account.v1.customers.create({"email": "b@example.com"})
    assert [one.id for one in account.v1.customers.list({"email": "a@example.com"}).data] == [created.id]
    assert account.v1.customers.delete(created.id).deleted is True
    assert account.v1.customers.retrieve(created.id).deleted is True
    assert created.id not in pages(account, account.v1.customers)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.customers.update(created.id, {"name": "Ada"})
    assert refusal.value.code == "resource_missing"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.pay(customer=created.id)
    assert (refusal.value.code, refusal.value.param) == ("resource_missing", "customer")


def test_a_payment_method_is_attached_listed_changed_and_detached(account):
    customer, other = (account.v1.customers.create() for _ in range(2))
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2050, "cvc": "123"}
    fresh = account.v1.payment_methods.create({"type": "card", "card": card, "billing_details": {"name": "Ada"}})
    assert (fresh.customer, fresh.billing_details.name) == (None, "Ada")
    assert "4242424242424242" not in str(fresh)
    attached = account.v1.payment_methods.attach(fresh.id, {"customer": customer.id})
    assert misfits(attached) == []
    assert attached.customer == customer.id
    assert [one.id for one in account.v1.customers.payment_methods.list(customer.id).data] == [fresh.id]
    assert [one.id for one in account.v1.payment_methods.list({"customer": customer.id, "type": "card"}).data] == [fresh.id]
    assert account.v1.customers.payment_methods.list(other.id).data == []
    changed = account.v1.payment_methods.update(fresh.id, {"billing_details": {"email": "a@example.com"}, "card": {"exp_month": 1}})
    assert (changed.billing_details.name, changed.billing_details.email, changed.card.exp_month) == ("Ada", "a@example.com", 1)
    with pytest.raises(stripe.InvalidRequestError):
        account.v1.payment_methods.attach(fresh.id, {"customer": other.id})
    assert account.v1.payment_methods.detach(fresh.id).customer is None
    assert account.v1.customers.payment_methods.list(customer.id).data == []
    with pytest.raises(stripe.InvalidRequestError):
        account.pay(fresh.id)


def test_a_declining_card_is_not_attached(account):
    customer = account.v1.customers.create()
    with pytest.raises(stripe.CardError) as refusal:
        account.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
    assert (refusal.value.code, refusal.value.error.decline_code) == ("card_declined", "generic_decline")
    assert account.v1.customers.payment_methods.list(customer.id).data == []


def test_charges_are_listed_by_intent_and_by_customer(account):
    customer = account.v1.customers.create()
    mine, other = account.pay(customer=customer.id), account.pay()
    assert pages(account, account.v1.charges) == [other.latest_charge, mine.latest_charge]
    assert pages(account, account.v1.charges, customer=customer.id) == [mine.latest_charge]
    assert pages(account, account.v1.charges, payment_intent=other.id) == [other.latest_charge]
    charge = account.v1.charges.update(mine.latest_charge, {"description": "Mug", "metadata": {"a": "1"}})
    assert (charge.description, charge.metadata["a"]) == ("Mug", "1")


def test_the_balance_is_told_apart_by_currency(account):
    for amount, currency in ((2000, "eur"), (1000, "eur"), (5000, "jpy")):
        account.pay(amount=amount, currency=currency)
    held = account.pay(capture_method="manual")
    balance = account.v1.balance.retrieve()
    assert misfits(balance) == []
    movements = account.v1.balance_transactions.list().data
    assert [misfits(one) for one in movements] == [[], [], []]
    assert all(one.net == one.amount - one.fee and one.source != held.latest_charge for one in movements)
    nets = {"eur": sum(one.net for one in movements if one.currency == "eur"), "jpy": movements[0].net}
    assert {one.currency: one.amount for one in balance.pending} == nets
    assert {one.currency: one.amount for one in balance.available} == {"eur": 0, "jpy": 0}


def test_what_happens_is_told_in_events(account):
    intent = account.pay(metadata={"cart": "7"})
    with pytest.raises(stripe.CardError):
        account.pay("pm_card_chargeDeclined")
    account.v1.payment_intents.cancel(account.intent().id)
    account.v1.payment_intents.capture(account.pay(capture_method="manual").id)
    events = list(account.v1.events.list({"limit": 3}).auto_paging_iter())
    assert [misfit for event in events for misfit in misfits(event)] == []
    assert [event.type for event in reversed(events)] == [
        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
        "payment_intent.created", "charge.failed", "payment_intent.payment_failed",
        "payment_intent.created", "payment_intent.canceled",
        "payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated",
        "charge.captured", "payment_intent.succeeded",
    ]  # fmt: skip
    succeeded = account.v1.events.list({"type": "payment_intent.succeeded"}).data
    assert [event.data.object.status for event in succeeded] == ["succeeded", "succeeded"]
    first = account.v1.events.retrieve(succeeded[-1].id)
    assert first == succeeded[-1]
    assert isinstance(first.data.object, stripe.PaymentIntent)
    assert misfits(first.data.object) == []
    # A snapshot: what has come since is not in it.
    account.v1.payment_intents.update(intent.id, {"description": "later"})
    assert account.v1.events.retrieve(first.id).data.object == intent
    assert first.request.id == intent.last_response.request_id
    types = {event.type for event in account.v1.events.list({"types": ["charge.captured", "charge.failed"]}).data}
    assert types == {"charge.captured", "charge.failed"}


def test_an_update_event_tells_what_was_there_before(account):
    customer = account.v1.customers.create({"name": "Ada", "email": "a@example.com"})
    account.v1.customers.update(customer.id, {"name": "Grace"})
    event = account.v1.events.list({"type": "customer.updated"}).data[0]
    assert (event.data.object.name, event.data.previous_attributes.to_dict()) == ("Grace", {"name": "Ada"})


def test_a_webhook_endpoint_shows_its_secret_once(account):
    fields = {"url": "https://shop.example/hook", "enabled_events": ["charge.failed"], "metadata": {"a": "1"}}
    created = account.v1.webhook_endpoints.create({**fields, "api_version": "2026-10-28.endive", "description": "Shop"})
    assert isinstance(created, stripe.WebhookEndpoint)
    assert misfits(created) == []
    assert created.secret.startswith("whsec_")
    assert (created.status, created.api_version, created.description) == ("enabled", "2026-10-28.endive", "Shop")
    updated = account.v1.webhook_endpoints.update(created.id, {"enabled_events": ["*"], "disabled": True})
    assert (updated.enabled_events, updated.status, updated.url) == (["*"], "disabled", created.url)
    listed = account.v1.webhook_endpoints.list().data
    for again in (updated, account.v1.webhook_endpoints.retrieve(created.id), *listed):
        assert again.id == created.id
        assert "secret" not in again
    assert account.v1.webhook_endpoints.create(fields).secret != created.secret
    assert account.v1.webhook_endpoints.delete(created.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.webhook_endpoints.retrieve(created.id)
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_a_list_is_paged_forwards_and_backwards(account):
    ids = [account.intent(1000 + number).id for number in range(5)]
    first = account.v1.payment_intents.list({"limit": 2})
    assert isinstance(first, stripe.ListObject)
    assert ([one.id for one in first.data], first.has_more, first.url) == (ids[:2:-1], True, "/v1/payment_intents")
    assert pages(account, account.v1.payment_intents) == ids[::-1]
    # The SDK turns the pages round, so that they come out oldest first.
    assert pages(account, account.v1.payment_intents, ending_before=ids[0]) == ids[1:]
    assert pages(account, account.v1.payment_intents, starting_after=ids[2]) == [ids[1], ids[0]]
    last = account.v1.payment_intents.list({"starting_after": ids[0]})
    assert (last.data, last.has_more) == ([], False)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.payment_intents.list({"starting_after": "pi_unknown"})
    assert (refusal.value.code, refusal.value.param) == ("resource_missing", "starting_after")


def test_a_list_is_filtered_by_customer_and_time(account):
    customer = account.v1.customers.create()
    mine, other = account.intent(customer=customer.id), account.intent()
    assert pages(account, account.v1.payment_intents, customer=customer.id) == [mine.id]
    assert pages(account, account.v1.payment_intents, created={"gte": mine.created}) == [other.id, mine.id]
    assert pages(account, account.v1.payment_intents, created={"gt": other.created}) == []


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_1_to_100_elements(account, limit):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.customers.list({"limit": limit})
    assert refusal.value.param == "limit"


def test_ids_are_expanded_to_objects_several_deep_and_in_lists(account):
    customer = account.v1.customers.create({"name": "Ada"})
    account.pay(customer=customer.id)
    expand = ["latest_charge.balance_transaction", "customer", "payment_method"]
    intent = account.v1.payment_intents.list({"expand": [f"data.{path}" for path in expand]}).data[0]
    assert misfits(intent) == []
    assert (intent.customer.name, intent.payment_method.card.brand) == ("Ada", "visa")
    assert intent.latest_charge.balance_transaction.source == intent.latest_charge.id
    assert account.v1.payment_intents.retrieve(intent.id, {"expand": expand}) == intent
    charge = account.v1.charges.retrieve(intent.latest_charge.id, {"expand": ["payment_intent.customer"]})
    assert charge.payment_intent.customer.id == customer.id


def test_what_cannot_be_expanded_is_refused(account):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.intent(expand=["amount"])
    assert "cannot be expanded" in refusal.value.user_message
    assert account.v1.payment_intents.list().data == []


# Fails: the sandbox answers the charge without `refunds` (reported to its author).
def test_a_charge_tells_its_refunds_when_they_are_expanded(account):
    intent = account.pay()
    refund = account.v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    assert misfits(refund) == []
    charge = account.v1.charges.retrieve(intent.latest_charge, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (500, False)
    assert [one.id for one in charge.refunds.data] == [refund.id]
