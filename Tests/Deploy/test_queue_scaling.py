"""KEDA's queries on a real PostgreSQL with our schema: what more workers could do, and how late it is."""

import pytest
from harness.tables import Tables
from kube.databases import POSTGRES, database
from kube.manifests import named
from kube.running import run_job

pytestmark = pytest.mark.skipif(not POSTGRES, reason="scripts/k8s-check starts one")


@pytest.fixture(scope="module")
def tables(rendered, tmp_path_factory):
    objects = rendered["overlays/scale-out"]
    with database("postgres") as url:
        done = run_job(objects, "checkout-migrate", tmp_path_factory.mktemp("job"), {"DATABASE_URL": url})
        assert done.returncode == 0, done.stderr
        yield Tables(url)


@pytest.fixture(scope="module")
def triggers(rendered):
    scaled = named(rendered["overlays/scale-out"], "ScaledObject", "fulfillment-worker")
    return {one["name"]: one for one in scaled["spec"]["triggers"]}


@pytest.fixture
def ask(tables, triggers):
    """Both answers; KEDA takes a query's only number."""

    def both():
        answers = []
        for name in ("depth", "oldest-age"):
            ((answer,),) = tables.rows(triggers[name]["metadata"]["query"])
            answers.append(int(answer))
        return answers

    tables.execute("DELETE FROM jobs; DELETE FROM queue_pauses; DELETE FROM queue_breakers; DELETE FROM queue_shares")
    return both


def put(tables, tenant, state="ready", count=1, age=0, kind="apply_stripe_event"):
    leased = "now_us(), 'token-' || n, now_us() + 1000000" if state == "leased" else "NULL, NULL, NULL"
    finished = "now_us()" if state in ("done", "dead") else "NULL"
    tables.execute(
        f"""
        INSERT INTO jobs (kind, tenant_id, priority, state, attempt, max_attempts, failures, crashes, run_at, created_at,
            leased_at, lease_token, lease_until, finished_at)
        SELECT '{kind}', '{tenant}', 2, '{state}', 0, 5, 0, 0, now_us() - {age} * 1000000, now_us(), {leased}, {finished}
        FROM generate_series(1, {count}) AS n
        """
    )


def test_an_empty_queue_asks_for_nobody(ask):
    assert ask() == [0, 0]


def test_what_waits_and_what_runs_counts_and_what_is_over_does_not(tables, ask):
    put(tables, "ten_a", count=30, age=5)
    put(tables, "ten_b", count=12, age=90)
    put(tables, "ten_a", "leased", count=16)
    for state in ("scheduled", "blocked", "suspect", "done", "dead"):
        put(tables, "ten_a", state, count=100, age=500)
    depth, age = ask()
    assert depth == 58
    assert 90 <= age < 120


def test_what_no_worker_may_start_asks_for_nobody(tables, ask):
    for tenant in ("ten_paused", "ten_down", "ten_bounded", "ten_free"):
        put(tables, tenant, age=1000)
    put(tables, "ten_free", kind="deliver_to_storefront", age=10)
    put(tables, "ten_free", kind="send_email", age=2000)
    put(tables, "ten_free", kind="finish_refund", age=1500)
    tables.execute(
        """
        INSERT INTO queue_pauses VALUES ('ten_paused', '', 0), ('ten_free', 'apply_stripe_event', 0), ('', 'send_email', 0);
        INSERT INTO queue_breakers VALUES ('ten_down', 'apply_stripe_event', 9, now_us() + 60000000),
            ('ten_free', 'deliver_to_storefront', 9, now_us() - 1), ('', 'finish_refund', 9, now_us() + 60000000);
        INSERT INTO queue_shares VALUES ('ten_bounded', 1, 4), ('ten_free', 2, NULL)
        """
    )
    depth, age = ask()
    assert depth == 1
    assert 10 <= age < 60
    tables.execute("INSERT INTO queue_pauses VALUES ('', '', 0)")
    assert ask() == [0, 0]


def test_a_long_queue_is_counted_up_to_a_bound(tables, ask):
    put(tables, "ten_a", count=100_500)
    assert ask()[0] == 100_000


def test_the_trigger_is_whole(rendered, triggers):
    objects = rendered["overlays/scale-out"]
    scaled = named(objects, "ScaledObject", "fulfillment-worker")["spec"]
    assert scaled["minReplicaCount"] >= 1
    # KEDA's fallback wants an average of every trigger, and an age is none.
    assert "fallback" not in scaled
    assert {name: one["metricType"] for name, one in triggers.items()} == {
        "depth": "AverageValue",
        "oldest-age": "Value",
    }
    for one in triggers.values():
        assert one["type"] == "postgresql"
        assert set(one["metadata"]) == {"query", "targetQueryValue"}
        assert float(one["metadata"]["targetQueryValue"]) > 0
        login = named(objects, "TriggerAuthentication", one["authenticationRef"]["name"])
        (secret,) = login["spec"]["secretTargetRef"]
        # The Secret that the programs read as well.
        assert (secret["parameter"], secret["name"], secret["key"]) == ("connection", "checkout-database-app", "uri")
