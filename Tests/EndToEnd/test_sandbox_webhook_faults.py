"""The sandbox sends webhooks twice, late, out of order or not at all, as it is told."""

import time


def test_a_doubled_webhook_is_the_same_event_again(account):
    receiver = account.listen("customer.created")
    account.webhook_fault(mode="duplicate", copies=2)
    first, second = account.v1.customers.create(), account.v1.customers.create()
    events = receiver.wait_for(4)
    account.settled(events[0].id)
    account.settled(events[-1].id)
    got = [event.data.object.id for event in receiver.events()]
    assert (got.count(first.id), got.count(second.id)) == (3, 1)
    assert len({event.id for event in receiver.events()}) == 2


def test_a_delayed_webhook_comes_late_and_later_ones_overtake_it(account):
    receiver = account.listen("customer.created")
    account.webhook_fault(mode="delay", seconds=1)
    start = time.monotonic()
    late, prompt = account.v1.customers.create(), account.v1.customers.create()
    assert [event.data.object.id for event in receiver.wait_for(2)] == [prompt.id, late.id]
    assert receiver.deliveries[1].at - start > 0.95


def test_reordered_webhooks_come_in_the_opposite_order(account):
    receiver = account.listen("payment_intent.created", "payment_intent.succeeded", "charge.succeeded")
    account.webhook_fault(mode="reorder", seconds=0.8, times=3)
    account.pay()
    receiver.wait_for(3)
    assert receiver.types() == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]


def test_a_dropped_webhook_never_comes_and_is_undelivered(account):
    receiver = account.listen("customer.created", "customer.deleted")
    account.webhook_fault(mode="drop", type="customer.created")
    customer = account.v1.customers.create()
    account.v1.customers.delete(customer.id)
    receiver.wait_for(1)
    assert receiver.types() == ["customer.deleted"]
    created = account.v1.events.list({"type": "customer.created"}).data[0]
    assert account.settled(created.id).pending_webhooks == 0
    assert account.undelivered() == [created.id]


def test_webhook_faults_meet_only_what_they_name_and_as_often_as_they_say(sandbox, account):
    other = sandbox.account()
    receivers = [one.listen("customer.created", "charge.succeeded") for one in (account, other)]
    account.webhook_fault(mode="drop", type="charge.*", times=2)
    for _ in range(3):
        account.pay()
        other.pay()
    account.v1.customers.create()
    receivers[0].wait_for(2)
    receivers[1].wait_for(3)
    assert receivers[0].types() == ["charge.succeeded", "customer.created"]


def test_a_gap_need_not_be_sat_out(sandbox, account):
    receiver = account.listen("customer.created")
    account.webhook_fault(mode="delay", seconds=600)
    account.v1.customers.create()
    event = account.v1.events.list().data[0]
    # Undelivered is also what is still to come.
    assert (event.pending_webhooks, account.undelivered()) == (1, [event.id])
    sandbox.hurry_to(receiver)
    assert [one.id for one in receiver.events()] == [event.id]
    account.settled(event.id)
    assert account.undelivered() == []
