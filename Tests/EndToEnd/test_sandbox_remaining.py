"""The official SDK drives the sandbox: the calls that no other file comes by."""

import pytest
import stripe
from harness.refusals import invalid
from harness.typed import misfits


def test_connected_accounts_are_found_listed_changed_and_let_go(account):
    accounts = account.v1.accounts
    made = [accounts.create({"email": f"shop{number}@example.com"}).id for number in range(3)]
    assert account.pages("accounts") == made[::-1]
    [newest] = accounts.list({"limit": 1}).data
    assert isinstance(newest, stripe.Account)
    assert (misfits(newest), newest.id, newest.email) == ([], made[2], "shop2@example.com")
    assert (accounts.retrieve(made[0]).id, accounts.retrieve_current().id) == (made[0], account.id)
    changed = accounts.update(made[0], {"email": "new@example.com", "metadata": {"a": "1"}})
    assert (misfits(changed), changed.email, changed.metadata.to_dict()) == ([], "new@example.com", {"a": "1"})
    assert account.v1.events.list({"types": ["account.updated"]}).data[0].data.object.id == made[0]
    deleted = accounts.delete(made[0])
    assert (deleted.id, deleted.deleted) == (made[0], True)
    assert account.pages("accounts") == made[:0:-1]
    with pytest.raises(stripe.PermissionError, match="does not have access"):
        accounts.retrieve(made[0])
    with pytest.raises(stripe.PermissionError, match="does not have access"):
        account.v1.balance.retrieve({}, {"stripe_account": made[0]})
    with invalid("parameter_unknown", "colour"):
        accounts.update(made[1], {"colour": "red"})


def test_coupons_are_listed_page_by_page(account):
    made = [account.v1.coupons.create({"percent_off": 10 + number, "duration": "once"}).id for number in range(3)]
    assert account.pages("coupons") == made[::-1]
    page = account.v1.coupons.list({"limit": 2})
    assert ([misfits(one) for one in page.data], page.has_more) == ([[], []], True)
    assert all(isinstance(one, stripe.Coupon) for one in page.data)
    account.v1.coupons.delete(made[1])
    assert account.pages("coupons") == [made[2], made[0]]


def test_a_setup_intent_is_changed_until_it_is_done(account):
    setup_intents = account.v1.setup_intents
    customer = account.v1.customers.create({}).id
    setup = setup_intents.create({"metadata": {"a": "1", "b": "2"}})
    changed = setup_intents.update(
        setup.id, {"customer": customer, "description": "A card for later", "metadata": {"a": "", "c": "3"}}
    )
    assert isinstance(changed, stripe.SetupIntent)
    assert (misfits(changed), changed.customer, changed.description) == ([], customer, "A card for later")
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    assert changed.status == "requires_payment_method"
    ready = setup_intents.update(setup.id, {"payment_method": "pm_card_visa"})
    assert (misfits(ready), ready.status) == ([], "requires_confirmation")
    done = setup_intents.confirm(setup.id)
    assert (done.status, done.customer) == ("succeeded", customer)
    with invalid("resource_missing", "intent", 404):
        setup_intents.update("seti_unknown", {"description": "none"})
    with invalid("parameter_unknown", "amount"):
        setup_intents.update(setup.id, {"amount": 100})


def test_an_invoice_item_is_found_until_it_is_deleted(account):
    customer = account.v1.customers.create({}).id
    item = account.v1.invoice_items.create(
        {"customer": customer, "amount": 500, "currency": "eur", "description": "Delivery"}
    )
    found = account.v1.invoice_items.retrieve(item.id)
    assert isinstance(found, stripe.InvoiceItem)
    assert (misfits(found), found.to_dict()) == ([], item.to_dict())
    assert (found.amount, found.customer, found.description) == (500, customer, "Delivery")
    account.v1.invoice_items.delete(item.id)
    with invalid("resource_missing", "invoiceitem", 404):
        account.v1.invoice_items.retrieve(item.id)
