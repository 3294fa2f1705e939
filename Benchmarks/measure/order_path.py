"""From a webhook's 200 to the arrival of the delivery at the storefront."""

import hashlib
import hmac
import json
import time
import uuid

from measure.report import Table, percentile
from measure.stacks import SECRET, shop, stack


def order_path(bench):
    count = bench.arguments.orders
    with stack(bench, "sqlite") as one:
        rate, waits = measured(one, count)
    table = Table(
        "Order path, webhook's 200 to the delivery's arrival, SQLite", ["orders a second", "p50 ms", "p99 ms"]
    )
    table.add(f"{count} orders, one after the other", int(rate), percentile(waits, 0.5), percentile(waits, 0.99))
    return table


def measured(one, count):
    import requests

    made = shop(one, storefront=True)
    arrivals = {}
    take = made.storefront.take

    def noting(headers, body):
        now = time.monotonic()
        arrivals.setdefault(json.loads(body)["data"]["object"]["id"], now)
        return take(headers, body)

    made.storefront.take = noting
    orders = [made.start_payment(amount=1000 + number) for number in range(count)]
    answered = {}
    started = time.monotonic()
    with requests.Session() as session:
        for order in orders:
            body = succeeded(order)
            now = int(time.time())
            mac = hmac.new(SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
            answer = session.post(made.webhook_url, data=body, headers={"Stripe-Signature": f"t={now},v1={mac}"})
            answered[order["id"]] = time.monotonic()
            answer.raise_for_status()
    for order in orders:
        made.storefront.wait_for("order.activated", order["id"], 60)
    seconds = max(arrivals.values()) - started
    return count / seconds, [max(0.0, arrivals[one["id"]] - answered[one["id"]]) * 1000 for one in orders]


def succeeded(order):
    intent = {
        "id": order["payment_intent"], "object": "payment_intent", "status": "succeeded", "amount": order["amount"],
        "amount_received": order["amount"], "currency": order["currency"], "livemode": False,
        "created": int(time.time()), "metadata": {},
    }  # fmt: skip
    event = {
        "id": "evt_" + uuid.uuid4().hex, "object": "event", "type": "payment_intent.succeeded", "livemode": False,
        "created": int(time.time()), "api_version": "2026-10-28.endive", "data": {"object": intent},
    }  # fmt: skip
    return json.dumps(event).encode()
