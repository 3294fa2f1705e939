"""The sandbox's webhooks at a local receiver: the official SDK checks and reads every one of them."""

import pytest
import stripe
from harness.sandbox import RETURN_URL, answer_challenge
from harness.typed import misfits


def test_every_event_arrives_signed_once_and_in_order(account):
    receiver = account.listen()
    intent = account.pay("pm_card_threeDSecure2Required", return_url=RETURN_URL)
    answer_challenge(intent.next_action.redirect_to_url.url, "succeeded")
    account.v1.customers.create({"name": "Zoë 😀"})
    events = receiver.wait_for(5)
    assert [event.type for event in events] == [
        "payment_intent.created", "payment_intent.requires_action", "charge.succeeded", "payment_intent.succeeded",
        "customer.created",
    ]  # fmt: skip
    assert [misfit for event in events for misfit in misfits(event)] == []
    assert isinstance(events[0], stripe.Event)
    assert isinstance(events[3].data.object, stripe.PaymentIntent)
    assert (events[3].data.object.id, events[3].data.object.status) == (intent.id, "succeeded")
    assert events[4].data.object.name == "Zoë 😀"
    for event in events:
        kept = account.settled(event.id)
        # What was still to be tried when it was sent, and the version, are the delivery's own.
        assert {**event.to_dict(), "pending_webhooks": 0} == kept.to_dict()
    assert len(receiver.deliveries) == 5


def test_the_signature_is_the_one_that_the_sdk_computes(account):
    receiver = account.listen("customer.created")
    account.v1.customers.create({"name": "Zoë"})
    receiver.wait_for(1)
    delivery = receiver.deliveries[0]
    text = delivery.body.decode()
    timestamp = int(delivery.signature.partition(",")[0].partition("t=")[2])
    assert stripe.WebhookSignature.verify_header(delivery.body, delivery.signature, receiver.secret, tolerance=30)
    assert account.client.construct_event(delivery.body, delivery.signature, receiver.secret).type == "customer.created"
    expected = stripe.WebhookSignature.generate_signature_header(text, receiver.secret, timestamp)
    assert delivery.signature == expected
    assert delivery.headers["content-type"].startswith("application/json")
    assert delivery.headers["user-agent"].startswith("Stripe/1.0")
    for body, secret in ((text.replace("Zoë", "Zoe"), receiver.secret), (text, account.listen().secret)):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, delivery.signature, secret)


def test_every_endpoint_gets_what_it_asked_for_signed_with_its_own_secret(account):
    paid = account.listen("payment_intent.succeeded", "payment_intent.payment_failed")
    charges = account.listen("charge.failed", "charge.succeeded")
    everything = account.listen()
    account.pay()
    with pytest.raises(stripe.CardError):
        account.pay("pm_card_chargeDeclined")
    everything.wait_for(6)
    paid.wait_for(2)
    charges.wait_for(2)
    for event in everything.events():
        account.settled(event.id)
    assert paid.types() == ["payment_intent.succeeded", "payment_intent.payment_failed"]
    assert charges.types() == ["charge.succeeded", "charge.failed"]
    assert len(everything.types()) == 6
    assert len({paid.secret, charges.secret, everything.secret}) == 3
    assert paid.events()[0].id in [event.id for event in everything.events()]


def test_an_endpoint_hears_of_its_own_account_and_mode_only(sandbox, account):
    receiver = account.listen("customer.created")
    sandbox.account().v1.customers.create()
    sandbox.account(account.key.replace("_test_", "_live_")).v1.customers.create()
    mine = account.v1.customers.create()
    assert [event.data.object.id for event in receiver.wait_for(1)] == [mine.id]


def test_a_changed_a_disabled_and_a_deleted_endpoint(account):
    changed, disabled, deleted, witness = (account.listen("customer.created") for _ in range(4))
    account.v1.webhook_endpoints.update(changed.endpoint.id, {"enabled_events": ["customer.deleted"]})
    account.v1.webhook_endpoints.update(disabled.endpoint.id, {"disabled": True})
    account.v1.webhook_endpoints.delete(deleted.endpoint.id)
    customer = account.v1.customers.create()
    account.v1.customers.delete(customer.id)
    changed.wait_for(1)
    event = witness.wait_for(1)[0]
    account.settled(event.id)
    assert (changed.types(), disabled.types(), deleted.types()) == (["customer.deleted"], [], [])
    account.v1.webhook_endpoints.update(disabled.endpoint.id, {"disabled": False})
    account.v1.customers.create()
    assert [event.type for event in disabled.wait_for(1)] == ["customer.created"]


def test_an_endpoint_gets_events_in_the_version_it_was_made_with(account):
    receiver = account.listen("customer.created", api_version="2025-09-30.clover")
    account.v1.customers.create()
    assert receiver.wait_for(1)[0].api_version == "2025-09-30.clover"
    assert account.v1.events.list().data[0].api_version == "2026-10-28.endive"


def test_a_platform_hears_of_its_connected_accounts(account):
    shop = account.v1.accounts.create({"email": "shop@example.com"})
    own, connected = account.listen("customer.created"), account.listen("customer.created", connect=True)
    theirs = account.v1.customers.create({}, {"stripe_account": shop.id})
    mine = account.v1.customers.create()
    assert [(event.data.object.id, event.account) for event in connected.wait_for(1)] == [(theirs.id, shop.id)]
    event = own.wait_for(1)[0]
    assert (event.data.object.id, "account" in event) == (mine.id, False)


@pytest.mark.parametrize("answers", [[500], [404, 503], [302]], ids=str)
def test_what_is_not_taken_is_tried_again_with_the_same_body_and_a_new_signature(account, answers):
    receiver = account.listen("customer.created")
    receiver.answers.extend(answers)
    account.v1.customers.create()
    events = receiver.wait_for(len(answers) + 1)
    event = account.settled(events[0].id)
    assert [one.answer for one in receiver.deliveries] == [*answers, 200]
    assert {one.body for one in receiver.deliveries} == {receiver.deliveries[0].body}
    assert all(
        stripe.WebhookSignature.verify_header(one.body, one.signature, receiver.secret) for one in receiver.deliveries
    )
    assert event.id not in account.undelivered()


def test_what_is_never_taken_stays_undelivered_and_can_be_sent_again(sandbox, account):
    receiver = account.listen("customer.created")
    # As often as the schedule has it, and no more.
    receiver.answers.extend([500] * 3)
    first = account.v1.customers.create()
    event = account.settled(receiver.wait_for(3)[0].id)
    assert account.undelivered() == [event.id]
    second = account.v1.customers.create()
    assert [one.data.object.id for one in receiver.wait_for(4)] == [first.id] * 3 + [second.id]
    tries = sandbox.get("/_sandbox/webhooks", params={"event": event.id}).json()["data"]
    assert [(one["attempt"], one["state"], one["status"]) for one in tries] == [
        (3, "failed", 500), (2, "pending", 500), (1, "pending", 500),
    ]  # fmt: skip
    assert sandbox.post(f"/_sandbox/events/{event.id}/resend").status_code == 200
    assert receiver.wait_for(5)[4].id == event.id
    account.settled(event.id)
    assert account.undelivered() == []


def test_a_failing_endpoint_does_not_hold_up_another(account):
    failing, good = account.listen("customer.created"), account.listen("customer.created")
    failing.answers.extend([500] * 3)
    customers = [account.v1.customers.create().id for _ in range(3)]
    assert [event.data.object.id for event in good.wait_for(3)] == customers
    failing.wait_for(5)
    assert set(customers) == {event.data.object.id for event in failing.events()}
