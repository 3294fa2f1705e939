"""The official SDK drives the sandbox: lists, their pages and filters, and what is expanded in an answer."""

import pytest
import stripe
from harness.typed import misfits


def test_a_list_is_paged_forwards_and_backwards(account):
    ids = [account.intent(1000 + number).id for number in range(5)]
    first = account.v1.payment_intents.list({"limit": 2})
    assert isinstance(first, stripe.ListObject)
    assert ([one.id for one in first.data], first.has_more, first.url) == (ids[:2:-1], True, "/v1/payment_intents")
    assert account.pages("payment_intents") == ids[::-1]
    # The SDK turns the pages round, so that they come out oldest first.
    assert account.pages("payment_intents", ending_before=ids[0]) == ids[1:]
    assert account.pages("payment_intents", starting_after=ids[2]) == [ids[1], ids[0]]
    assert account.v1.payment_intents.list({"limit": 5}).has_more is False
    last = account.v1.payment_intents.list({"starting_after": ids[0]})
    assert (last.data, last.has_more) == ([], False)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.payment_intents.list({"starting_after": "pi_unknown"})
    assert (refusal.value.code, refusal.value.param) == ("resource_missing", "starting_after")


def test_a_list_is_filtered_by_customer_and_time(account):
    customer = account.v1.customers.create()
    mine, other = account.intent(customer=customer.id), account.intent()
    assert account.pages("payment_intents", customer=customer.id) == [mine.id]
    assert account.pages("payment_intents", created={"gte": mine.created}) == [other.id, mine.id]
    assert account.pages("payment_intents", created={"gt": other.created}) == []


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


def test_a_charge_tells_its_refunds_when_they_are_expanded(account):
    intent = account.pay()
    refund = account.v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    assert misfits(refund) == []
    charge = account.v1.charges.retrieve(intent.latest_charge, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (500, False)
    assert [one.id for one in charge.refunds.data] == [refund.id]
