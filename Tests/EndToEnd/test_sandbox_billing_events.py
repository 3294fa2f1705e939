"""What webhooks tell of billing, to endpoints of today's version and to those that were made before 2025-03-31."""

import json

import pytest
from harness.billing import START, Billing, period, seconds
from harness.sandbox import Sandbox
from harness.waiting import wait_until

OLD = "2024-06-20"


@pytest.fixture
def billing(account):
    return Billing(account)


def bodies(receiver, kind):
    """What came of a type, unread by the SDK: it would read the old shape as today's."""
    events = [json.loads(delivery.body) for delivery in receiver.deliveries]
    return [event["data"] for event in events if event["type"] == kind]


def test_the_first_payment_is_told_in_order(billing):
    price = billing.price()
    receiver = billing.account.listen()
    subscription = billing.subscribe(price)
    events = receiver.wait_for(11)
    assert [event.type for event in events] == [
        "customer.subscription.created", "invoice.created", "payment_intent.created", "invoice.finalized",
        "charge.succeeded", "payment_intent.succeeded", "invoice_payment.paid", "invoice.updated", "invoice.paid",
        "invoice.payment_succeeded", "customer.subscription.updated",
    ]  # fmt: skip
    for event in events:
        assert event.request.id is not None
    statuses = [event.data.object.status for event in events if event.type.startswith("invoice.")]
    assert statuses == ["draft", "open", "paid", "paid", "paid"]
    assert events[0].data.object["items"].data[0].current_period_start == START
    assert events[0].data.object.id == subscription.id
    assert events[3].data.object.parent.subscription_details.subscription == subscription.id


def test_an_old_endpoint_is_told_in_its_own_shape(billing):
    price = billing.price()
    old, new = billing.account.listen(api_version=OLD), billing.account.listen()
    subscription = billing.subscribe(price)
    billing.advance(seconds("2026-04-01 13:00:00"))
    last = "test_helpers.test_clock.ready"
    wait_until(lambda: bodies(old, last) and bodies(new, last), "both have heard all")
    assert {json.loads(delivery.body)["api_version"] for delivery in old.deliveries} == {OLD}
    created = bodies(old, "customer.subscription.created")[0]["object"]
    assert (created["current_period_start"], created["current_period_end"]) == period(subscription)
    assert "current_period_start" not in created["items"]["data"][0]
    assert (created["quantity"], created["plan"]["amount"]) == (1, 3000)
    renewed = bodies(old, "customer.subscription.updated")[-1]
    assert renewed["object"]["current_period_start"] == seconds("2026-04-01 12:00:00")
    assert renewed["previous_attributes"]["current_period_start"] == START
    paid = bodies(old, "invoice.paid")[-1]["object"]
    assert (paid["subscription"], paid["paid"]) == (subscription.id, True)
    assert "parent" not in paid
    line = paid["lines"]["data"][0]
    assert (line["subscription"], line["type"], line["proration"]) == (subscription.id, "subscription", False)
    assert line["price"]["unit_amount"] == 3000
    for kind in ("payment_intent.succeeded", "charge.succeeded"):
        assert bodies(old, kind)[-1]["object"]["invoice"] == paid["id"]
        assert "invoice" not in bodies(new, kind)[-1]["object"]
    assert bodies(old, "payment_intent.succeeded")[-1]["object"]["id"] == paid["payment_intent"]
    today = bodies(new, "invoice.paid")[-1]["object"]
    assert today["parent"]["subscription_details"]["subscription"] == subscription.id
    assert "subscription" not in today
    assert "current_period_start" not in bodies(new, "customer.subscription.created")[0]["object"]


def test_without_a_test_clock_real_time_rules(tmp_path):
    sandbox = Sandbox(tmp_path, arguments=["--invoice-retry-schedule", "1,1", "--after-invoice-retries", "unpaid"])
    try:
        account = sandbox.start().account()
        customer = account.v1.customers.create()
        price = Billing(account, card=None).price()
        trial = account.v1.subscriptions.create(
            {
                "customer": customer.id, "items": [{"price": price.id}],
                "trial_end": account.v1.customers.retrieve(customer.id).created + 3,
                "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
            }
        )  # fmt: skip
        assert trial.status == "trialing"
        wait_until(lambda: account.v1.subscriptions.retrieve(trial.id).status == "paused", "the trial has ended")
        listed = [event.type for event in account.v1.events.list({"type": "customer.subscription.*"}).data]
        assert listed == [
            "customer.subscription.paused", "customer.subscription.updated", "customer.subscription.trial_will_end",
            "customer.subscription.created",
        ]  # fmt: skip
    finally:
        sandbox.close()


def test_what_time_does_outlives_a_restart(tmp_path):
    sandbox = Sandbox(tmp_path, state=tmp_path / "state.db", arguments=["--invoice-draft-time", "0"])
    try:
        account = sandbox.start().account()
        billing = Billing(account)
        subscription = billing.subscribe(trial_period_days=7)
        sandbox.program.kill()
        sandbox.start()
        billing.advance(START + 7 * 86400)
        assert [invoice.amount_paid for invoice in billing.invoices(subscription)] == [0, 3000]
        assert billing.subscription(subscription).status == "active"
    finally:
        sandbox.close()


def test_an_unpaid_subscription_drafts_its_invoices(tmp_path):
    sandbox = Sandbox(tmp_path, arguments=["--invoice-retry-schedule", "86400", "--after-invoice-retries", "unpaid"])
    try:
        billing = Billing(sandbox.start().account())
        subscription = billing.subscribe()
        billing.use_card("pm_card_chargeCustomerFail")
        billing.advance(seconds("2026-04-03 12:00:00"))
        assert billing.subscription(subscription).status == "unpaid"
        billing.advance(seconds("2026-05-03 12:00:00"))
        statuses = [(invoice.status, invoice.auto_advance) for invoice in billing.invoices(subscription)]
        assert statuses == [("paid", False), ("open", True), ("draft", False)]
        billing.v1.invoices.pay(billing.invoices(subscription)[-1].id, {"payment_method": "pm_card_visa"})
        assert billing.subscription(subscription).status == "active"
    finally:
        sandbox.close()
