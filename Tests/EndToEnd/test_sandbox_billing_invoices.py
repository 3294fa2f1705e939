"""The official SDK drives invoices: drafts, what becomes of them, their lines, their page."""

import re

import pytest
import requests
import stripe
from harness.billing import START, Billing, lines
from harness.sandbox import answer_challenge
from harness.typed import misfits


@pytest.fixture
def billing(account):
    return Billing(account)


def draft(billing, amount=1999, **fields):
    """An invoice that somebody makes by hand."""
    invoice = billing.v1.invoices.create({"customer": billing.customer.id, "currency": "eur", **fields})
    billing.v1.invoice_items.create(
        {"customer": billing.customer.id, "invoice": invoice.id, "amount": amount, "currency": "eur"}
    )
    return billing.v1.invoices.retrieve(invoice.id)


def open_invoice(billing, **fields):
    return billing.v1.invoices.finalize_invoice(draft(billing, **fields).id)


def test_an_invoice_goes_from_draft_to_open_to_paid(billing):
    invoice = draft(billing, metadata={"order": "ord_1"}, description="Work")
    assert misfits(invoice) == []
    assert (invoice.status, invoice.total, invoice.billing_reason) == ("draft", 1999, "manual")
    assert (invoice.parent, invoice.number, invoice.auto_advance) == (None, None, False)
    final = billing.v1.invoices.finalize_invoice(invoice.id, {"expand": ["confirmation_secret", "payments"]})
    assert misfits(final) == []
    assert (final.status, final.amount_due, final.amount_remaining) == ("open", 1999, 1999)
    assert final.status_transitions.finalized_at == START
    assert re.fullmatch(r"[A-Z0-9]+-0001", final.number)
    assert final.payments.data[0].status == "open"
    intent = billing.v1.payment_intents.retrieve(final.payments.data[0].payment.payment_intent)
    assert final.confirmation_secret.client_secret == intent.client_secret
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.invoices.finalize_invoice(invoice.id)
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.invoices.delete(invoice.id)
    paid = billing.v1.invoices.pay(invoice.id)
    assert misfits(paid) == []
    assert (paid.status, paid.amount_paid, paid.status_transitions.paid_at) == ("paid", 1999, START)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        billing.v1.invoices.pay(invoice.id)
    assert refusal.value.code == "invoice_already_paid"
    assert billing.events("invoice.*") == [
        "invoice.created", "invoice.finalized", "invoice.updated", "invoice.paid", "invoice.payment_succeeded",
    ]  # fmt: skip
    previous = billing.event("invoice.updated").data.previous_attributes.to_dict(recursive=True)
    assert (previous["status"], previous["amount_paid"]) == ("open", 0)
    assert previous["status_transitions"] == {"paid_at": None}


def test_what_waits_for_a_customer_can_be_put_on_an_invoice(billing):
    for amount in (100, 250):
        item = billing.v1.invoice_items.create(
            {"customer": billing.customer.id, "amount": amount, "currency": "eur", "description": f"{amount}"}
        )
        assert misfits(item) == []
    empty = billing.v1.invoices.create({"customer": billing.customer.id, "currency": "eur"})
    assert (empty.total, len(empty.lines.data)) == (0, 0)
    invoice = billing.v1.invoices.create({"customer": billing.customer.id, "pending_invoice_items_behavior": "include"})
    assert (invoice.total, invoice.currency, [line.amount for line in invoice.lines.data]) == (350, "eur", [100, 250])
    listed = billing.v1.invoices.line_items.list(invoice.id, {"limit": 1})
    assert [line.id for line in listed.auto_paging_iter()] == [line.id for line in invoice.lines.data]
    assert billing.v1.invoice_items.list({"pending": True}).data == []
    assert billing.v1.invoices.delete(invoice.id).deleted
    waiting = billing.v1.invoice_items.list({"pending": True}).data
    assert [item.amount for item in waiting] == [250, 100]
    assert billing.v1.invoice_items.delete(waiting[0].id).deleted


def test_a_voided_invoice_cannot_be_paid(billing):
    invoice = open_invoice(billing)
    intent = billing.v1.invoice_payments.list({"invoice": invoice.id}).data[0].payment.payment_intent
    void = billing.v1.invoices.void_invoice(invoice.id)
    assert misfits(void) == []
    assert (void.status, void.status_transitions.voided_at) == ("void", START)
    assert billing.v1.payment_intents.retrieve(intent).status == "canceled"
    assert billing.v1.invoice_payments.list({"invoice": invoice.id}).data[0].status == "canceled"
    for call in (billing.v1.invoices.pay, billing.v1.invoices.void_invoice, billing.v1.invoices.mark_uncollectible):
        with pytest.raises(stripe.InvalidRequestError):
            call(invoice.id)
    assert billing.events()[-2:] == ["payment_intent.canceled", "invoice.voided"]


def test_voiding_the_first_invoice_ends_the_subscription(account):
    billing = Billing(account, card="pm_card_chargeCustomerFail")
    subscription = billing.subscribe()
    billing.v1.invoices.void_invoice(subscription.latest_invoice)
    assert billing.subscription(subscription).status == "incomplete_expired"


def test_an_uncollectible_invoice_can_still_be_paid(billing):
    invoice = open_invoice(billing)
    lost = billing.v1.invoices.mark_uncollectible(invoice.id)
    assert misfits(lost) == []
    assert (lost.status, lost.status_details.uncollectible.reason) == ("uncollectible", "user_forgiven")
    assert billing.v1.invoices.pay(invoice.id).status == "paid"


def test_an_invoice_can_be_paid_elsewhere(billing):
    invoice = open_invoice(billing)
    paid = billing.v1.invoices.pay(invoice.id, {"paid_out_of_band": True, "expand": ["payments"]})
    assert misfits(paid) == []
    assert (paid.status, paid.amount_paid_off_stripe) == ("paid", 1999)
    assert billing.events("charge.succeeded") == []


def test_a_payment_of_an_invoice_is_no_ones_to_cancel(billing):
    invoice = open_invoice(billing)
    intent = billing.v1.invoice_payments.list({"invoice": invoice.id}).data[0].payment.payment_intent
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.payment_intents.cancel(intent)


def test_lists_find_invoices_and_payments(billing):
    subscription = billing.subscribe()
    by_hand = open_invoice(billing)
    assert billing.account.pages("invoices") == [by_hand.id, subscription.latest_invoice]
    assert billing.account.pages("invoices", status="open") == [by_hand.id]
    assert billing.account.pages("invoices", subscription=subscription.id) == [subscription.latest_invoice]
    assert billing.account.pages("invoices", customer=billing.customer.id)[-1] == subscription.latest_invoice
    payments = billing.v1.invoice_payments.list({"status": "paid", "expand": ["data.payment.payment_intent"]}).data
    assert [misfits(payment) for payment in payments] == [[]]
    assert payments[0].payment.payment_intent.amount == 3000
    assert billing.v1.invoice_payments.retrieve(payments[0].id).invoice == subscription.latest_invoice
    found = billing.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": payments[0].payment.payment_intent.id}}
    )
    assert [payment.id for payment in found.data] == [payments[0].id]


def test_only_drafts_can_be_changed(billing):
    invoice = draft(billing)
    changed = billing.v1.invoices.update(invoice.id, {"description": "New", "metadata": {"a": "b"}})
    assert (changed.description, changed.metadata.to_dict()) == ("New", {"a": "b"})
    billing.v1.invoices.finalize_invoice(invoice.id)
    assert billing.v1.invoices.update(invoice.id, {"metadata": {"c": "d"}}).metadata.to_dict() == {"a": "b", "c": "d"}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        billing.v1.invoices.update(invoice.id, {"description": "Newer"})
    assert refusal.value.code == "invoice_not_editable"


def test_an_invoice_advances_by_itself_when_it_is_told_to(billing):
    invoice = draft(billing, auto_advance=True)
    assert invoice.automatically_finalizes_at == START + 3600
    billing.advance(START + 3600)
    assert billing.v1.invoices.retrieve(invoice.id).status == "paid"


def test_less_than_the_smallest_charge_waits_on_the_balance(billing):
    small = billing.v1.invoices.finalize_invoice(draft(billing, amount=20).id)
    assert (small.status, small.amount_due, small.ending_balance) == ("paid", 0, 20)
    assert billing.v1.customers.retrieve(billing.customer.id).balance == 20
    next_one = billing.v1.invoices.finalize_invoice(draft(billing, amount=100).id)
    assert (next_one.total, next_one.amount_due, next_one.starting_balance) == (100, 120, 20)


def test_everything_can_be_expanded(billing):
    coupon = billing.v1.coupons.create({"percent_off": 10, "duration": "forever"})
    subscription = billing.subscribe(
        discounts=[{"coupon": coupon.id}],
        expand=[
            "customer", "default_payment_method", "latest_invoice.payments.data.payment.payment_intent",
            "latest_invoice.confirmation_secret", "discounts.source.coupon", "items.data.price.product", "test_clock",
        ],
    )  # fmt: skip
    assert misfits(subscription) == []
    assert subscription.latest_invoice.payments.data[0].payment.payment_intent.status == "succeeded"
    assert subscription["items"].data[0].price.product.name == "Gold"
    invoice = billing.v1.invoices.retrieve(
        subscription.latest_invoice.id,
        {
            "expand": [
                "customer", "parent.subscription_details.subscription", "lines.data.pricing.price_details.price",
                "discounts",
            ]
        },
    )  # fmt: skip
    assert misfits(invoice) == []
    assert invoice.parent.subscription_details.subscription.id == subscription.id
    assert invoice.lines.data[0].pricing.price_details.price.unit_amount == 3000
    with pytest.raises(stripe.InvalidRequestError):
        billing.v1.invoices.retrieve(invoice.id, {"expand": ["subscription"]})


# The page


def fill(url, number, expiry="12 / 50"):
    """Opens the page of an invoice as a browser would, and pays there."""
    page = requests.get(url, timeout=20)
    assert page.status_code == 200, page.text
    form = requests.compat.urljoin(page.url, re.search(r'<form[^>]* action="([^"]+)"', page.text)[1])
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    fields = {"token": token, "number": number, "expiry": expiry, "cvc": "123"}
    return page, requests.post(form, fields, allow_redirects=False, timeout=20)


def test_the_page_of_an_invoice_shows_it_and_takes_a_card(account):
    billing = Billing(account, card="pm_card_chargeCustomerFail")
    subscription = billing.subscribe(expand=["latest_invoice"])
    url = subscription.latest_invoice.hosted_invoice_url
    page, refused = fill(url, "4000000000000002")
    assert "30.00 EUR" in page.text
    assert "Gold" in page.text
    assert refused.status_code == 402
    assert "Your card was declined." in refused.text
    _, wrong = fill(url, "4242424242424241")
    assert "Your card number is incorrect." in wrong.text
    _, answer = fill(url, "4242 4242 4242 4242")
    assert answer.status_code == 303
    shown = requests.get(answer.headers["Location"], timeout=20)
    assert "This invoice is paid." in shown.text
    assert "<form" not in shown.text
    paid = billing.subscription(subscription, expand=["default_payment_method"])
    assert (paid.status, paid.default_payment_method.card.last4) == ("active", "4242")


def test_the_page_of_an_invoice_sends_the_buyer_to_the_bank_and_back(account):
    billing = Billing(account, card="pm_card_chargeCustomerFail")
    subscription = billing.subscribe(expand=["latest_invoice"])
    url = subscription.latest_invoice.hosted_invoice_url
    _, answer = fill(url, "4000000000003220")
    _, back = answer_challenge(answer.headers["Location"], "succeeded")
    assert back.headers["Location"].startswith(url)
    assert "This invoice is paid." in requests.get(back.headers["Location"], timeout=20).text
    assert billing.subscription(subscription).status == "active"


def test_the_page_of_an_invoice_wants_its_token(billing):
    invoice = open_invoice(billing)
    url = invoice.hosted_invoice_url
    assert requests.get(url[:-1] + ("a" if url[-1] != "a" else "b"), timeout=20).status_code == 404
    assert requests.get(url.partition("?")[0], timeout=20).status_code == 404
    forged = {"token": "x", "number": "4242424242424242", "expiry": "12/50", "cvc": "123"}
    assert requests.post(url.partition("?")[0], forged, timeout=20).status_code == 404
    assert billing.v1.invoices.retrieve(invoice.id).status == "open"


def test_prorations_name_what_they_are_for(billing):
    subscription = billing.subscribe()
    billing.advance(START + 15 * 86400)
    changed = billing.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": subscription["items"].data[0].id, "quantity": 2}],
            "proration_behavior": "always_invoice", "expand": ["latest_invoice"],
        },
    )  # fmt: skip
    assert [line.description for line in changed.latest_invoice.lines.data] == [
        "Unused time on Gold after 16 Mar 2026", "Remaining time on 2 × Gold after 16 Mar 2026",
    ]  # fmt: skip
    assert lines(changed.latest_invoice)[0][1]
