"""Whether a flow of events adds up: what was sent, what the tables hold, what the storefronts got."""

from collections import Counter

from harness.payments import ACTED_ON
from harness.waiting import NeverHappened, wait_until

# Of the job that applies an event.
PAYLOAD = """'{"event":"' || events.id || '"}'"""
UNFINISHED = "state NOT IN ('done', 'dead', 'discarded')"


class Audit:
    def __init__(self, flow):
        self.flow = flow
        self.tables = flow.tables
        self.tenants = ", ".join(f"'{shop.tenant.id}'" for shop in flow.shops)

    def everything(self, seconds=60):
        """After the last event was answered: all that is to happen happens within `seconds`, and happened once."""
        self.wait_until_idle(seconds)
        self.stored()
        self.settled()
        self.orders()
        self.deliveries()

    def backlog(self):
        return self.tables.number(f"SELECT COUNT(*) FROM jobs WHERE {UNFINISHED}")

    def wait_until_idle(self, seconds):
        """No job waits, none is leased: a lease that nobody held any more would show here."""
        try:
            wait_until(lambda: self.backlog() == 0, "no job is left", seconds)
        except NeverHappened as error:
            columns = "state, kind, COUNT(*), MAX(attempt), MAX(last_error)"
            left = self.tables.rows(f"SELECT {columns} FROM jobs WHERE {UNFINISHED} GROUP BY state, kind")
            raise AssertionError(f"{error}: {left}") from None

    def stored(self):
        """At any moment: every event that was answered with 200 is held, once; with it its job, and no other."""
        sender = self.flow.sender
        answered = set(sender.stored) | set(sender.duplicate)
        held = self.tables.rows(
            f"""
            SELECT events.stripe_event_id, events.type, COUNT(jobs.id) FROM events
            LEFT JOIN jobs ON jobs.kind = 'apply_stripe_event' AND jobs.payload = {PAYLOAD}
            WHERE events.tenant_id IN ({self.tenants}) GROUP BY events.id, events.stripe_event_id, events.type
            """
        )
        identifiers = Counter(event for event, _, _ in held)
        assert_none(answered - set(identifiers), "answered with 200 and not held")
        assert_none(set(identifiers) - set(self.flow.posted), "held and never sent")
        assert_none(repeated(identifiers), "held twice")
        assert_none(repeated(sender.stored), "answered twice as new")
        assert_none([one for one in held if int(one[2]) != (one[1] in ACTED_ON)], "held with too few or too many jobs")
        orphans = f"kind = 'apply_stripe_event' AND payload NOT IN (SELECT {PAYLOAD} FROM events)"
        assert_none(self.tables.rows(f"SELECT id FROM jobs WHERE {orphans}"), "jobs without an event")

    def settled(self):
        """Once every event was answered and every job ended: all events are held, and applied or ignored."""
        states = self.tables.rows(f"SELECT stripe_event_id, state FROM events WHERE tenant_id IN ({self.tenants})")
        events = self.flow.posted.values()
        expected = {(event.id, "applied" if event.type in ACTED_ON else "ignored") for event in events}
        assert_same(set(states), expected, "events and what became of them")
        assert self.tables.rows("SELECT * FROM jobs WHERE state IN ('dead', 'discarded')") == []
        assert self.flow.api.refused == []

    def orders(self):
        """Each order is where its payment is, and became paid, active or canceled once."""
        payments = self.flow.payments
        own = {shop.order["id"] for shop in self.flow.shops}
        found = self.tables.rows(f"SELECT id, status FROM orders WHERE tenant_id IN ({self.tenants})")
        expected = {(payment.order, payment.ending) for payment in payments}
        assert_same({one for one in found if one[0] not in own}, expected, "orders and their status")
        steps = Counter(
            self.tables.rows(
                f"""
                SELECT order_id, to_status FROM order_transitions
                WHERE from_status <> to_status AND tenant_id IN ({self.tenants})
                """
            )
        )
        for status, ending in (("paid", "active"), ("active", "active"), ("canceled", "canceled")):
            moved = {order: count for (order, to), count in steps.items() if to == status}
            assert_same(set(moved), {one.order for one in payments if one.ending == ending}, f"became {status}")
            assert_none(repeated(moved), f"became {status} twice")
        assert self.tables.rows("SELECT * FROM order_transitions WHERE anomaly IS NOT NULL") == []

    def deliveries(self):
        """What the storefronts got: one message for each thing to tell, sent until it was accepted."""
        ledger, payments = self.flow.ledger, self.flow.payments
        assert ledger.refused == []
        for type_, ending in (("order.activated", "active"), ("order.canceled", "canceled")):
            messages = ledger.messages(type_)
            assert_same(set(messages), {one.order for one in payments if one.ending == ending}, f"told {type_}")
            assert_none([order for order, ids in messages.items() if len(ids) > 1], f"told {type_} in two messages")
        # A decline was told of all that stayed declined, and perhaps of others, before they were paid or canceled.
        declined = ledger.messages("order.failed")
        assert_none({one.order for one in payments if one.ending == "failed"} - set(declined), "not told order.failed")
        assert_none([order for order, ids in declined.items() if len(ids) > 1], "told order.failed in two messages")
        entries = ledger.entries.values()
        # Only what the order left behind meanwhile is given up: a decline, after which it was paid or canceled.
        passing = {("order.failed", one.order) for one in payments if one.ending != "failed"}
        assert_none({(one.type, one.order) for one in entries if not one.is_accepted} - passing, "never accepted")
        told = {(one.order, one.shop) for one in entries}
        assert_same(told, {(one.order, f"/{one.shop.name}") for one in payments}, "which shop was told of which order")


def repeated(counts):
    return [one for one, count in counts.items() if count > 1]


def assert_none(found, what):
    """Says a few of them: there may be thousands."""
    assert not found, f"{what}: {len(found)}, such as {list(found)[:3]}"


def assert_same(found, expected, what):
    missing, extra = list(expected - found), list(found - expected)
    assert (missing, extra) == ([], []), (
        f"{what}: {len(missing)} missing {missing[:3]}, {len(extra)} too many {extra[:3]}"
    )
