"""What the router takes, refuses and keeps; late, doubled and disordered events."""

import json
import time
import uuid

import pytest
import requests
import stripe
from harness.waiting import wait_until

SECRET = "whsec_" + "k" * 32


@pytest.fixture(scope="module")
def shop(stack):
    shop = stack.tenant()
    stack.ctl("tenant", "webhook", "add-secret", shop.id, SECRET)
    return shop


def signed(body, secret=SECRET, at=None):
    timestamp = int(at if at is not None else time.time())
    mac = stripe.WebhookSignature._compute_signature(f"{timestamp}.{body.decode()}", secret)
    return {"Stripe-Signature": f"t={timestamp},v1={mac}"}


def event(**fields):
    return json.dumps(
        {
            "id": "evt_" + uuid.uuid4().hex, "object": "event", "type": "customer.created", "livemode": False,
            "created": int(time.time()), "api_version": "2026-10-28.endive", "data": {"object": {"id": "cus_1"}},
            **fields,
        }
    ).encode()  # fmt: skip


def post(shop, body, headers):
    return requests.post(shop.webhook_url, data=body, headers=headers, timeout=20)


def test_a_signed_event_is_stored_and_its_twin_is_told_apart(shop):
    body = event()
    first = post(shop, body, signed(body))
    assert (first.status_code, first.json()) == (200, {"received": True})
    again = post(shop, body, signed(body))
    assert (again.status_code, again.json()) == (200, {"received": True, "duplicate": True})
    rows = shop.stack.ctl("events", "list", "--json", "--limit", "1000")["data"]
    mine = [row for row in rows if row["stripe_event_id"] == json.loads(body)["id"]]
    assert [(row["tenant"], row["type"], row["livemode"]) for row in mine] == [(shop.id, "customer.created", False)]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (lambda body: {}, 400),
        (lambda body: {"Stripe-Signature": ""}, 400),
        (lambda body: {"Stripe-Signature": "t=,v1="}, 400),
        (lambda body: {"Stripe-Signature": "v1=" + "0" * 64}, 400),
        (lambda body: {"Stripe-Signature": "t=99999999999999999999999,v1=00"}, 400),
        (lambda body: {"Stripe-Signature": "t=1," * 4000}, 400),
        (lambda body: signed(body, "whsec_wrong"), 400),
        (lambda body: signed(body, at=time.time() - 400), 400),
        (lambda body: signed(body, at=time.time() + 400), 400),
        (lambda body: signed(body + b" "), 400),
        (lambda body: signed(body, at=time.time() - 200), 200),
    ],
)
def test_signatures(shop, headers, status):
    body = event()
    assert post(shop, body, headers(body)).status_code == status


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"id":7}', b"[" * 100_000, b'{"object":"event"}', "ä".encode("utf-16")]
)
def test_a_signed_body_that_is_no_event_is_malformed(shop, body):
    timestamp = int(time.time())
    import hashlib
    import hmac

    mac = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert post(shop, body, {"Stripe-Signature": f"t={timestamp},v1={mac}"}).status_code == 400
    requests.get(shop.stack.router.url + "/readyz", timeout=5).raise_for_status()


def test_the_route_and_its_limits(shop):
    body = event()
    unknown = shop.webhook_url[:-4] + "zzzz"
    assert requests.post(unknown, data=body, headers=signed(body), timeout=20).status_code == 404
    assert requests.get(shop.webhook_url, timeout=20).status_code == 405
    large = event(padding="x" * (1 << 20))
    assert post(shop, large, signed(large)).status_code == 413
    fits = event(padding="x" * 900_000)
    assert post(shop, fits, signed(fits)).status_code == 200


def test_an_event_of_the_other_mode_is_kept_and_never_applied(shop):
    order = shop.start_payment()
    body = event(
        type="payment_intent.succeeded",
        livemode=True,
        data={"object": {"id": order["payment_intent"], "object": "payment_intent", "status": "succeeded",
                         "amount": order["amount"], "amount_received": order["amount"], "currency": "eur",
                         "livemode": True, "created": 1, "metadata": {}}},
    )  # fmt: skip
    assert post(shop, body, signed(body)).status_code == 200
    rows = shop.stack.ctl("events", "list", "--json", "--limit", "1000")["data"]
    state = next(row["state"] for row in rows if row["stripe_event_id"] == json.loads(body)["id"])
    assert state == "kept"
    assert shop.order(order["id"])["status"] == "pending"


@pytest.mark.parametrize(
    "fault",
    [
        {"mode": "duplicate", "copies": 2, "times": 12},
        {"mode": "reorder", "seconds": 1, "times": 12},
        {"mode": "delay", "seconds": 2, "times": 2},
    ],
    ids=lambda fault: fault["mode"],
)
def test_doubled_late_and_disordered_webhooks_change_nothing(shop, fault):
    shop.stack.fault(webhooks=fault)
    try:
        orders = [shop.start_payment(amount=1000 + number) for number in range(4)]
        for order in orders:
            with pytest.raises(stripe.CardError):
                shop.pay(order, "pm_card_chargeDeclined")
            shop.pay(order)
        for order in orders:
            shop.wait_status(order["id"], "active", seconds=40)
        wait_until(lambda: settled(shop), "every event is settled", 40)
        for order in orders:
            assert shop.order(order["id"])["status"] == "active"
            assert len(shop.storefront.events("order.activated", order["id"])) == 1
    finally:
        shop.stack.clear_faults()


def settled(shop):
    rows = shop.stack.ctl("events", "list", "--json", "--limit", "1000")["data"]
    return all(row["state"] != "pending" for row in rows)
