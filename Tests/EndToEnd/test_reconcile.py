"""What no webhook brought is found at Stripe, and applied as if it had come."""

import requests
from harness.tables import Tables


def missed(stack, shop):
    tables = Tables(stack.environment["DATABASE_URL"])
    return tables.number(f"SELECT missed_total FROM reconcile_runs WHERE tenant_id = '{shop.id}'")


def test_what_was_paid_while_the_router_was_off_is_found_and_applied_once(own_stack):
    shop = own_stack.tenant()
    own_stack.router.kill()
    orders = [shop.start_payment(1000 + number) for number in range(3)]
    for order in orders:
        shop.pay(order)
    [row] = own_stack.ctl("reconcile", shop.id, "--json")["data"]
    assert row["outcome"] == "swept"
    assert row["missed"] >= len(orders)
    for order in orders:
        shop.wait_status(order["id"], "active")
    found = missed(own_stack, shop)
    assert found == row["missed"]
    # The router comes back, and Stripe sends them after all; another sweep finds nothing.
    own_stack.router.start()
    own_stack.router.wait_ready()
    requests.post(own_stack.sandbox.url + "/_sandbox/appointments/hurry?within=86400", timeout=30)
    own_stack.ctl("reconcile", "--json")
    assert missed(own_stack, shop) == found
    assert len(shop.storefront.events("order.activated")) == len(orders)


def test_a_refused_key_fails_its_tenant_alone(own_stack):
    shops = [own_stack.tenant(name) for name in ("Ann", "Ben")]
    answer = requests.post(
        own_stack.sandbox.url + "/_sandbox/keys", json={"key": shops[0].stripe_key, "state": "revoked"}, timeout=10
    )
    assert answer.status_code < 300, answer.text
    swept = own_stack.ctl("reconcile", "--json", status=1)
    outcomes = {row["tenant"]: row["outcome"] for row in swept["data"]}
    assert outcomes == {shops[0].id: "failed", shops[1].id: "swept"}
