"""Several of each program on one database, killed and rolled at random under load: nothing is lost, nothing happens
twice, and what must have one runner at a time has one.

On PostgreSQL several routers and APIs share the load; on SQLite there is one of each, whose successor takes over before
it goes. The seed is printed and set by CHECKOUT_SEED, as in test_chaos.
"""

import itertools
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
import requests
from harness.audit import Audit
from harness.duties import Duties
from harness.flow import place
from harness.roller import Roller
from harness.tables import Tables
from harness.trail import BLUR
from harness.waiting import wait_until

EVENTS = 2000
INTERVAL = 1
OLD_ROWS = 400


class Buyers:
    """Three of them send the same requests, each to any of the API's replicas, again and again until it is answered."""

    def __init__(self, stack, shop, random):
        self.stack = stack
        self.shop = shop
        self.random = random
        self.over = False
        # By idempotency key: the orders that were answered.
        self.orders = {}
        self.pool = ThreadPoolExecutor(3)
        self.shoppers = [self.pool.submit(self._shop) for _ in range(3)]

    def _shop(self):
        for number in itertools.count():
            if self.over:
                return
            self.orders.setdefault(f"basket-{number}", set()).add(self._buy(f"basket-{number}"))

    def _buy(self, key):
        while True:
            time.sleep(self.random.uniform(0.05, 0.15))
            try:
                answer = requests.post(
                    self.random.choice(tuple(self.stack.apis)).url + "/v1/payment_intents",
                    json={"amount": 500, "currency": "eur", "metadata": {"basket": key}},
                    headers={"Authorization": f"Bearer {self.shop.api_key}", "Idempotency-Key": key},
                    timeout=20,
                )
            except requests.RequestException:
                continue
            if answer.status_code == 201:
                return answer.json()["id"]
            assert answer.status_code in (409, 429, 500, 502, 503), answer.text

    def stop(self):
        self.over = True
        for shopper in self.shoppers:
            shopper.result(60)
        self.pool.shutdown()

    def check(self, tables):
        """One order for each key, whoever asked for it how often, and one payment at Stripe."""
        assert len(self.orders) > 5
        assert [key for key, orders in self.orders.items() if len(orders) != 1] == []
        made = {order for orders in self.orders.values() for order in orders}
        stored = tables.rows(f"SELECT id FROM orders WHERE tenant_id = '{self.shop.id}'")
        assert sorted(made) == sorted(row[0] for row in stored)
        intents = self.shop.stripe.v1.payment_intents.list({"limit": 100}).auto_paging_iter()
        assert sorted(one.metadata["checkout_order"] for one in intents) == sorted(made)


@pytest.mark.alone
@pytest.mark.timeout(240)
def test_replicas_that_come_and_go_lose_nothing_and_do_nothing_twice(engine):
    count = 3 if engine == "postgres" else 1
    with place(
        engine, routers=count, apis=min(count, 2), workers=3, RECONCILE_INTERVAL_SECONDS=str(INTERVAL)
    ) as here, here.flow(routers=here.stack.routers, pause=0.1) as flow:  # fmt: skip
        stack, tables, audit = here.stack, flow.tables, Audit(flow)
        add_old_events(tables)
        duties = restart_workers(stack, lambda: Duties(tables))
        wait_until(lambda: old_events(tables) == 0, "what is older than its days was removed", 30)
        flow.make_orders(EVENTS // 5)
        buyers = Buyers(stack, stack.tenant("Baskets", storefront=False), Random(f"{here.seed} buyers"))
        roller = Roller(
            [
                (stack.routers, stack.new_router), (stack.apis, stack.new_api),
                (stack.workers, stack.new_worker), (stack.workers, stack.new_worker),
            ],
            Random(f"{here.seed} roller"),
        )  # fmt: skip
        began = time.monotonic()
        sent = flow.send(missed=0.02)
        roller.rage(sent.done)
        sent.result(60)
        buyers.stop()
        flowed = time.monotonic()
        # Who was killed in a sweep has the turn until its lease ends.
        restart_workers(stack, duties.expire)
        wait_until(lambda: missed(tables) >= len(flow.missed), "what no webhook brought was found", 30)
        audit.everything(seconds=60)
        print(
            f"{flowed - began:.1f} s, {time.monotonic() - flowed:.1f} s for the rest; {sum(roller.kills.values())} kills, "
            f"{dict(roller.rolls)} rolled, {sum(map(len, here.api.listings.values()))} lists of events"
        )
        buyers.check(tables)
        assert len(flow.missed) > 10
        assert missed(tables) == len(flow.missed), "an event was missed twice"
        one_runner_at_a_time(duties, here.api)


def restart_workers(stack, meanwhile):
    for worker in stack.workers:
        assert worker.terminate() == 0
    done = meanwhile()
    for worker in stack.workers:
        worker.start(wait=False)
    for worker in stack.workers:
        worker.wait_ready()
    return done


def one_runner_at_a_time(duties, api):
    turns = duties.turns()
    # Due once an hour: none of the workers that were started since has done it again.
    assert len(turns["retention"]) == 1
    for name, pause in (("reconcile", INTERVAL * 1e6), ("check_orders", 0)):
        assert len(turns[name]) > 1
        ended = [turn.ended for turn in turns[name]]
        begun = [turn.began for turn in turns[name]]
        early = [name for before, after in zip(ended, begun[1:]) if before and after < before + pause - BLUR]
        assert early == [], "done more often than once an interval"
    sweeps = [name for name in turns if name.startswith("reconcile:")]
    assert len(sweeps) == len(api.listings) == 6
    for times in api.listings.values():
        # Two sweeps of a tenant at once would ask while the other waits for its answer.
        together = [later - sooner for sooner, later in itertools.pairwise(times) if later - sooner < api.LISTING]
        assert together == []


def add_old_events(tables):
    """Settled 40 days ago, of nobody: enough of them for several steps of whoever removes them."""
    then = int((time.time() - 40 * 86400) * 1e6)
    rows = ", ".join(
        f"('evn_old{number}', 'ten_old', FALSE, 'evt_{uuid.uuid4().hex}', 'charge.updated', 1, {then}, 'we_old', '', "
        f"'', 'ignored', {then})"
        for number in range(OLD_ROWS)
    )
    columns = (
        "id, tenant_id, livemode, stripe_event_id, type, created, received_at, endpoint_id, signature, body, state, "
        "settled_at"
    )
    tables.execute(f"INSERT INTO events ({columns}) VALUES {rows};")


def old_events(tables):
    return tables.number("SELECT COUNT(*) FROM events WHERE tenant_id = 'ten_old'")


def missed(tables: Tables):
    return tables.number("SELECT COALESCE(SUM(missed_total), 0) FROM reconcile_runs")
