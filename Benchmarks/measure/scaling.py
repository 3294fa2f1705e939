"""CPU time of each program for an event or a request, and what several of them do side by side, on both engines.

CPU time is read from /proc: generators and neighbours on the same cores are not in it, though they slow it down.
"""

import contextlib
import uuid
from concurrent.futures import ThreadPoolExecutor

from measure.findings import Findings
from measure.fleet import WORKERS, fleet
from measure.latency import ENGINES
from measure.processes import resident_mebibytes
from measure.report import median

CREW_SIZES = (1, 2, WORKERS)
BATCHES = (1, 16, 100)
# Of the worker, beside a storefront that takes 100 ms.
PLACES = (16, 64)


def scaling(bench):
    found = Findings()
    with contextlib.ExitStack() as kept:
        fleets = {engine: kept.enter_context(fleet(bench, engine)) for engine in ENGINES}
        for engine, one in fleets.items():
            weigh(found, engine, one, "idle")
            bench.say(f"{ENGINES[engine]}: orders that are paid at the sandbox")
            footprint(bench, found, engine, one)
            one.rest()
        for number in range(bench.rounds):
            for engine, one in fleets.items():
                bench.say(f"round {number + 1} of {bench.rounds}: {ENGINES[engine]}")
                ingest(found, engine, one)
                apply(bench, found, engine, one)
                call(bench, found, engine, one)
        for engine, one in fleets.items():
            weigh(found, engine, one, "most")
    claims(bench, found)
    return found.tables()


def ingest(found, engine, one):
    used = one.ingest(1, 256)
    found.cpu("router: an event, 256 connections", engine, used)
    found.rate("ingest, 1 router", engine, used)
    found.cpu("router: an event, 8 connections", engine, one.ingest(1, 8))
    found.rate("ingest, 2 routers", engine, one.ingest(2, 256))


def apply(bench, found, engine, one):
    for name, shop, count in (("an event of nobody's", None, 8000), ("an order paid and delivered", "quick", 3000)):
        for workers in CREW_SIZES:
            used = one.drain(bench.count(count), workers, shop)
            if workers == 1:
                found.cpu(f"worker: {name}", engine, used)
            found.rate(f"{name}, {workers} worker{'s' if workers > 1 else ''}", engine, used)
            bench.say(f"{name}, {workers} workers: {used.count / used.seconds:,.0f} a second")
    for places in PLACES:
        used = one.drain(bench.count(800), 1, "slow", places)
        found.rate(f"storefront of 100 ms, 1 worker of {places}", engine, used)


def call(bench, found, engine, one):
    orders = []

    def start(session, shop):
        body = {"amount": 1999, "currency": "eur"}
        headers = {"Authorization": f"Bearer {shop.api_key}", "Idempotency-Key": str(uuid.uuid4())}
        answer = session.post(f"{one.stack.api.url}/v1/payment_intents", json=body, headers=headers)
        answer.raise_for_status()
        orders.append(answer.json()["id"])

    def look(session, shop):
        headers = {"Authorization": f"Bearer {shop.api_key}"}
        session.get(f"{one.stack.api.url}/v1/orders/{orders[0]}", headers=headers).raise_for_status()

    found.cpu("API: POST /v1/payment_intents", engine, one.call(bench.count(800), start))
    found.cpu("API: GET /v1/orders/ID", engine, one.call(bench.count(2000), look))


def weigh(found, engine, one, when):
    for name, program in (("webhook-router", one.stack.router), ("checkout-api", one.stack.api)):
        found.memory(name, engine, when, resident_mebibytes(program, peak=when == "most"))
    # No worker runs at the end.
    worker = resident_mebibytes(one.stack.worker) if when == "idle" else one.heaviest
    found.memory("fulfillment-worker", engine, when, worker)


def footprint(bench, found, engine, one):
    """What is stored for an order that a card pays at the sandbox, and how often Stripe is called for it."""
    from harness import recorded

    def seen():
        tables = {name: one.tables.number(f"SELECT COUNT(*) FROM {name}") for name in ("events", "jobs")}
        sizes = {column: one.tables.number(sql) for column, sql in SIZES[engine].items()}
        return {**tables, "calls": len(recorded.read(one.stack.record)), **sizes}

    def buy(_):
        shop.pay(shop.start_payment(amount=1999, customer_email="ann@example.com", metadata={"cart": "7"}))

    shop, count = one.shops["quick"], bench.count(400)
    before = seen()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(buy, range(count)))
    shop.settle(60)
    after = seen()
    for column in after:
        found.add("footprint", ENGINES[engine], column, (after[column] - before[column]) / count)


# Of all, and of what retention removes after its days.
SIZES = {
    "sqlite": {
        "bytes": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        "removed": """SELECT SUM(pgsize) FROM dbstat WHERE name IN (
            SELECT name FROM sqlite_master WHERE tbl_name IN ('events', 'jobs', 'job_payloads'))""",
    },
    "postgres": {
        "bytes": "SELECT pg_database_size(current_database())",
        "removed": """SELECT SUM(pg_total_relation_size(name))
            FROM unnest(ARRAY['events', 'jobs', 'job_payloads']) AS name""",
    },
}


def claims(bench, found):
    """What one claim takes, by how many jobs it finds: on PostgreSQL, how long the others wait for theirs."""
    with contextlib.ExitStack() as kept:
        urls = {engine: kept.enter_context(bench.database(engine)) for engine in ENGINES}
        for engine, url in urls.items():
            bench.ours("fill-rows", url, ready=bench.count(20_000), done=bench.count(20_000))
            if engine == "postgres":
                bench.postgres.sql("VACUUM ANALYZE", url)
        for _ in range(bench.rounds):
            for batch in BATCHES:
                for engine, url in urls.items():
                    times = bench.ours("claim-cost", url, samples=100, batch=batch)["claim"]
                    found.add("claims", f"{batch} job{'s' if batch > 1 else ''}", engine, median(times))
