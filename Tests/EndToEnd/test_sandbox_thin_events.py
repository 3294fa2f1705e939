"""The official SDK drives the sandbox: event destinations, and the thin events that they get."""

import pytest
import stripe
from harness.receiver import Receiver
from harness.refusals import invalid
from harness.typed import misfits
from harness.waiting import wait_until
from stripe.events._event_classes import get_v2_event_notification_class

SECRET = ["webhook_endpoint.signing_secret", "webhook_endpoint.url"]


def fields(url="https://shop.example/hook", *types, payload="thin", **others):
    return {
        "name": "Shop", "type": "webhook_endpoint", "event_payload": payload, "enabled_events": list(types) or ["*"],
        "webhook_endpoint": {"url": url}, **others,
    }  # fmt: skip


def listen(account, *types, **others):
    """A receiver that is registered as a destination."""
    receiver = Receiver()
    account.sandbox.receivers.append(receiver)
    asked = fields(receiver.url, *types, **others, include=SECRET)
    receiver.endpoint = account.client.v2.core.event_destinations.create(asked)
    receiver.secret = receiver.endpoint.webhook_endpoint.signing_secret
    return receiver


def notifications(account, receiver, count):
    """What has come, checked and read by the SDK."""
    wait_until(lambda: len(receiver.deliveries) >= count, f"{count} thin events", 10)
    return [
        account.client.parse_event_notification(one.body, one.signature, receiver.secret) for one in receiver.deliveries
    ]


def thin_misfits(event):
    """The SDK declares a class of `related_object` and then does not make one, so that is looked at here."""
    others = [one for one in misfits(event) if ".related_object:" not in one]
    related = event.related_object.to_dict()
    fits = set(related) == {"id", "type", "url"} and all(isinstance(one, str) for one in related.values())
    return others if fits else [*others, f"related_object: {related}"]


def test_a_destination_is_made_found_changed_and_deleted(account):
    destinations = account.client.v2.core.event_destinations
    created = destinations.create(
        fields("https://shop.example/hook", "v1.charge.failed", metadata={"a": "1", "b": "2"}, include=SECRET)
    )
    assert isinstance(created, stripe.v2.core.EventDestination)
    assert misfits(created) == []
    assert created.webhook_endpoint.signing_secret.startswith("whsec_")
    assert created.webhook_endpoint.url == "https://shop.example/hook"
    assert (created.status, created.event_payload, created.events_from) == ("enabled", "thin", ["@self"])
    assert created.snapshot_api_version is None
    changed = destinations.update(
        created.id,
        {"name": "Shop 2", "enabled_events": ["v1.charge.*"], "metadata": {"a": None, "c": "3"},
         "webhook_endpoint": {"url": "https://shop.example/new"}, "include": ["webhook_endpoint.url"]},
    )  # fmt: skip
    assert misfits(changed) == []
    assert (changed.name, changed.enabled_events) == ("Shop 2", ["v1.charge.*"])
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    # The secret is shown to whoever makes it, and to nobody afterwards.
    assert (changed.webhook_endpoint.url, changed.webhook_endpoint.signing_secret) == ("https://shop.example/new", None)
    found = destinations.retrieve(created.id)
    assert (found.webhook_endpoint.url, found.webhook_endpoint.signing_secret) == (None, None)
    disabled = destinations.disable(created.id)
    assert (misfits(disabled), disabled.status, disabled.status_details.disabled.reason) == ([], "disabled", "user")
    assert destinations.enable(created.id).status == "enabled"
    assert destinations.delete(created.id).id == created.id
    with invalid("resource_missing", "id", 404):
        destinations.retrieve(created.id)


def test_destinations_are_listed_page_by_page(account):
    destinations = account.client.v2.core.event_destinations
    made = [destinations.create(fields()).id for _ in range(3)]
    page = destinations.list({"limit": 2, "include": ["webhook_endpoint.url"]})
    assert [one.id for one in page.data] == made[:0:-1]
    everything = list(page.auto_paging_iter())
    assert [one.id for one in everything] == made[::-1]
    assert {one.webhook_endpoint.url for one in everything} == {"https://shop.example/hook"}


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"enabled_events": ["charge.failed"]}, None, "enabled_events"),
        ({"enabled_events": []}, "parameter_missing", "enabled_events"),
        ({"event_payload": "snapshot", "enabled_events": ["v1.charge.failed"]}, None, "enabled_events"),
        ({"snapshot_api_version": "2026-10-28.endive"}, None, "snapshot_api_version"),
        ({"webhook_endpoint": {"url": "shop.example"}}, "url_invalid", "webhook_endpoint[url]"),
        ({"webhook_endpoint": {"href": "https://shop.example"}}, "parameter_unknown", "webhook_endpoint[href]"),
        ({"type": "amazon_eventbridge"}, None, "type"),
        ({"events_from": ["@everybody"]}, None, "events_from"),
    ],
    ids=str,
)
def test_what_a_destination_cannot_be_is_refused(account, change, code, param):
    with invalid(code, param):
        account.client.v2.core.event_destinations.create({**fields(), **change})


def test_a_thin_event_is_pushed_fetched_and_followed_to_its_object(account):
    receiver = listen(account, "v1.payment_intent.succeeded")
    intent = account.client.v1.payment_intents.create(
        {"amount": 2000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True},
        {"idempotency_key": "ord_1:create:1"},
    )
    [note] = notifications(account, receiver, 1)
    assert type(note).__name__ == "V1PaymentIntentSucceededEventNotification"
    assert (note.type, note.livemode, note.context) == ("v1.payment_intent.succeeded", False, None)
    assert (note.reason.request.id, note.reason.request.idempotency_key) == (
        intent.last_response.request_id, "ord_1:create:1",
    )  # fmt: skip
    related = note.fetch_related_object()
    assert isinstance(related, stripe.PaymentIntent)
    assert related.id == intent.id
    event = note.fetch_event()
    assert thin_misfits(event) == []
    assert (event.id, event.related_object.id, event.related_object.type) == (note.id, intent.id, "payment_intent")
    twin = account.v1.events.retrieve(event.snapshot_event)
    assert (twin.type, twin.data.object.id) == ("payment_intent.succeeded", intent.id)


def test_a_snapshot_and_its_twin_name_one_event(account):
    thin, whole = listen(account, "v1.customer.created"), account.listen("customer.created")
    account.v1.customers.create()
    [note] = notifications(account, thin, 1)
    [snapshot] = whole.wait_for(1)
    assert note.fetch_event().snapshot_event == snapshot.id != note.id
    assert b'"snapshot_event"' in thin.deliveries[0].body


def test_a_destination_can_have_snapshots(account):
    receiver = listen(account, "customer.created", payload="snapshot", snapshot_api_version="2025-09-30.clover")
    assert receiver.endpoint.snapshot_api_version == "2025-09-30.clover"
    customer = account.v1.customers.create()
    [event] = receiver.wait_for(1)
    assert (event.data.object.id, event.api_version) == (customer.id, "2025-09-30.clover")


def test_a_disabled_destination_hears_nothing(account):
    silent, witness = listen(account, "v1.customer.created"), listen(account, "v1.customer.created")
    account.client.v2.core.event_destinations.disable(silent.endpoint.id)
    account.v1.customers.create()
    notifications(account, witness, 1)
    assert silent.deliveries == []
    with invalid(None, "id"):
        account.client.v2.core.event_destinations.ping(silent.endpoint.id)


def test_a_ping_comes_to_the_destination_alone(account):
    receiver, other = listen(account), listen(account)
    event = account.client.v2.core.event_destinations.ping(receiver.endpoint.id)
    assert thin_misfits(event) == []
    assert event.type == "v2.core.event_destination.ping"
    [note] = notifications(account, receiver, 1)
    assert (note.id, note.related_object.id) == (event.id, receiver.endpoint.id)
    assert note.fetch_related_object().id == receiver.endpoint.id
    assert note.fetch_event().id == event.id
    assert other.deliveries == []


def test_thin_events_are_listed_by_type_object_time_and_page(account):
    first, second = account.pay(), account.pay()
    events = account.client.v2.core.events
    everything = list(events.list({"limit": 2}).auto_paging_iter())
    assert [event.type for event in everything] == [
        "v1.payment_intent.succeeded", "v1.charge.succeeded", "v1.payment_intent.created",
    ] * 2  # fmt: skip
    assert [thin_misfits(event) for event in everything] == [[]] * 6
    assert [one.snapshot_event for one in everything] == account.pages("events")
    assert [one.id for one in everything] == [events.retrieve(one.id).id for one in everything]
    types = ["v1.payment_intent.created", "v1.charge.succeeded"]
    found = list(events.list({"types": types, "limit": 1}).auto_paging_iter())
    assert [event.related_object.id for event in found] == [
        second.latest_charge, second.id, first.latest_charge, first.id,
    ]  # fmt: skip
    assert len(events.list({"object_id": first.id}).data) == 2
    created = everything[-1].created
    assert len(events.list({"created": {"gte": created}}).data) == 6
    assert events.list({"created": {"lt": created}}).data == []
    with invalid(None, "created[gte]"):
        events.list({"created": {"gte": "yesterday"}})
    with invalid("resource_missing", "id", 404):
        events.retrieve("evt_test_unknown")


def test_a_platform_hears_thinly_of_its_connected_accounts(account):
    shop = account.v1.accounts.create({})
    receiver = listen(account, "v1.customer.created", events_from=["@accounts"])
    theirs = account.v1.customers.create({}, {"stripe_account": shop.id})
    account.v1.customers.create()
    [note] = notifications(account, receiver, 1)
    assert str(note.context) == shop.id
    # The SDK takes the context along, so both are found where they are.
    assert note.fetch_related_object().id == theirs.id
    assert note.fetch_event().context == shop.id


def test_every_type_that_is_told_thinly_is_one_that_stripe_has(account):
    receiver = listen(account)
    account.v1.refunds.create({"payment_intent": account.pay("pm_card_refundFail").id})
    account.pay("pm_card_createDispute")
    customer = account.v1.customers.create()
    account.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    with pytest.raises(stripe.CardError):
        account.pay("pm_card_chargeDeclined")
    assert account.sandbox.post("/_sandbox/appointments/hurry").status_code == 200
    count = len(account.v1.events.list({"limit": 100}).data)
    types = {note.type for note in notifications(account, receiver, count)}
    assert "v1.charge.dispute.created" in types
    assert [one for one in types if get_v2_event_notification_class(one).__name__.startswith("Unknown")] == []


def test_what_is_not_taken_is_tried_again(account):
    receiver = listen(account, "v1.customer.created")
    receiver.answers.extend([500])
    account.v1.customers.create()
    notes = notifications(account, receiver, 2)
    assert notes[0].id == notes[1].id
