"""Work that waits for workers."""

from measure.stacks import wrk

# It becomes a job, and decides alone: Stripe is not asked.
EVENT = "payment_intent.succeeded"


def fill(fleet, count, made, has_orders):
    """`count` events of the tenant `made`, each of an order of its own or of nobody's."""
    tables = fleet.tables
    tables.execute(f"DELETE FROM jobs WHERE state = 'ready' AND tenant_id <> '{made.id}'")
    while tables.number("SELECT COUNT(*) FROM jobs WHERE state = 'ready'") < count:
        wrk(made.webhook_url, 1, 64, EVENT)
    first = f"SELECT id FROM jobs WHERE state = 'ready' ORDER BY id LIMIT {count}"
    tables.execute(f"DELETE FROM jobs WHERE state = 'ready' AND id > (SELECT MAX(id) FROM ({first}) AS first)")
    if has_orders:
        make_orders(tables, made)
    if fleet.stack.engine == "postgres":
        # As autovacuum would have by the time that so much waits.
        tables.execute("VACUUM ANALYZE")


def make_orders(tables, made):
    """An order for each event that waits, all copies of one that came through the API: to make each there takes long."""
    order = made.start_payment(amount=1000)["id"]
    waiting = """(SELECT * FROM events WHERE '{"event":"' || id || '"}' IN
        (SELECT payload FROM jobs WHERE state = 'ready')) AS event"""
    name = "'ord_' || substr(event.id, 5)"
    own = {
        "orders": {"id": name, "payment_intent": "'pi_' || substr(event.stripe_event_id, 5)", "check_at": "NULL"},
        "order_transitions": {"order_id": name},
    }
    for table, key in (("orders", "id"), ("order_transitions", "order_id")):
        columns = tables._columns(table)
        values = ", ".join(own[table].get(one, f"old.{one}") for one in columns)
        tables.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} AS old, {waiting} "
            f"WHERE old.{key} = '{order}'"
        )
    forget_checks(tables)


def forget_checks(tables):
    """Of orders that nobody pays: no worker is to look after them while something is measured."""
    tables.execute("UPDATE orders SET check_at = NULL WHERE check_at IS NOT NULL")
