"""What the manifests ask of the programs, asked of the programs: probes, paths, limits, jobs."""

import json
import re

import pytest
import requests
import yaml
from harness.tables import Tables
from harness.waiting import wait_until
from kube.databases import POSTGRES, database
from kube.manifests import PROGRAMS, named, of_kind
from kube.running import Started, run_job

PROBES = ["startupProbe", "livenessProbe", "readinessProbe"]
needs_postgres = pytest.mark.skipif(not POSTGRES, reason="scripts/k8s-check starts one")


@pytest.fixture(scope="module", params=["overlays/local", pytest.param("overlays/scale-out", marks=needs_postgres)])
def started(request, rendered, tmp_path_factory):
    """An overlay's programs, which found an empty database and saw it migrated by the Job."""
    path = request.param
    engine = "sqlite" if path == "overlays/local" else "postgres"
    folder = tmp_path_factory.mktemp("data")
    with database(engine) as url, Started(rendered[path], folder, {"DATABASE_URL": url}) as running:
        for program in running.programs.values():
            program.wait_ready("/healthz")
        # Before the migration: alive, so that nobody restarts it, and not ready.
        running.before = {
            name: [requests.get(running.probe(name, probe), timeout=10).status_code for probe in PROBES]
            for name in PROGRAMS
        }
        done = run_job(rendered[path], "checkout-migrate", folder, {"DATABASE_URL": url})
        assert done.returncode == 0, done.stderr
        yield running


def test_every_probe_is_answered_and_readiness_waits_for_the_migration(started):
    for name in PROGRAMS:
        assert started.before[name] == [200, 200, 503], name
    for name in started.programs:
        for probe in PROBES:
            url = started.probe(name, probe)
            wait_until(lambda url=url: requests.get(url, timeout=10).status_code == 200, f"{name}: {probe}")


def test_metrics_are_where_prometheus_is_told_to_look(started):
    for name in PROGRAMS:
        notes = named(started.objects, "Deployment", name)["spec"]["template"]["metadata"]["annotations"]
        answer = requests.get(started.programs[name].url + notes["prometheus.io/path"], timeout=10)
        assert answer.status_code == 200
        assert "# TYPE" in answer.text


def routes(objects, name):
    ((rule,),) = [one["spec"]["rules"] for one in of_kind(objects, "Ingress") if one["metadata"]["name"] == name]
    return [(one["path"], one["pathType"]) for one in rule["http"]["paths"]]


def is_led(path, routes):
    return any(path == one or (kind == "Prefix" and path.startswith(one.rstrip("/") + "/")) for one, kind in routes)


def test_the_ingress_leads_to_all_that_is_public_and_to_nothing_else(started):
    api = started.programs["checkout-api"]
    contract = yaml.safe_load(requests.get(api.url + "/openapi.yaml", timeout=10).text)
    docs = requests.get(api.url + "/docs", timeout=10).text
    inner = {"/healthz", "/readyz", "/metrics"}
    public = ({*contract["paths"]} | set(re.findall(r'(?:src|href)="(/[^"]+)"', docs))) - inner
    assert len(public) > 20
    to_api, to_router = routes(started.objects, "checkout-api"), routes(started.objects, "webhook-router")
    assert [one for one in sorted(public) if not is_led(one, to_api)] == []
    assert is_led("/webhooks/stripe/we_1", to_router)
    for path in inner:
        assert not is_led(path, to_api), path
        assert not is_led(path, to_router), path
    # Each of the paths is one that the program has something behind.
    for path, _ in to_api:
        assert any(is_led(one, [(path, "Prefix")]) for one in public | {"/assets/demo.js"}), path
    assert requests.get(api.url + "/assets/demo.js", timeout=10).status_code == 200
    assert requests.get(started.programs["webhook-router"].url + "/webhooks/stripe/we_1", timeout=10).status_code == 405


def test_body_limits_of_the_ingress_are_the_programs(started):
    keys = ["--stripe-secret-key", "sk_test_deploytest", "--stripe-publishable-key", "pk_test_deploytest"]
    hook = ["--register-webhook"] if "stripe-sandbox" in started.programs else ["--webhook-secret", "whsec_" + "0" * 32]
    tenant = json.loads(started.ctl("tenant", "create", "--json", "--name", "Shop", *keys, *hook))
    hook = tenant["webhook_url"].partition("/webhooks/")[2]
    for name, path in (("checkout-api", "/v1/payment_intents"), ("webhook-router", f"/webhooks/{hook}")):
        notes = named(started.objects, "Ingress", name)["metadata"]["annotations"]
        (limit,) = {notes["nginx.ingress.kubernetes.io/proxy-body-size"], notes["nginx.org/client-max-body-size"]}
        size = int(limit[:-1]) * {"k": 1024, "m": 1024**2}[limit[-1]]
        headers = {"Authorization": f"Bearer {tenant['api_key']}", "Stripe-Signature": "t=1,v1=00"}
        answers = [
            requests.post(
                started.programs[name].url + path, data=b" " * length, headers=headers, timeout=10
            ).status_code
            for length in (size, size + 1)
        ]
        assert answers[0] in (400, 415), (name, answers)
        assert answers[1] == 413, (name, answers)


@needs_postgres
def test_the_move_copies_the_file_into_postgres_and_back_onto_a_new_volume(rendered, tmp_path):
    assert run_job(rendered["overlays/embedded"], "checkout-migrate", tmp_path).returncode == 0
    Tables(f"sqlite:{tmp_path}/checkout.db").execute("INSERT INTO queue_pauses VALUES ('ten_a', '', 7)")
    with database("postgres") as url:
        for _ in range(2):
            done = run_job(rendered["move"], "checkout-move", tmp_path, {"TARGET_DATABASE_URL": url})
            assert done.returncode == 0, done.stdout + done.stderr
        # The services' own Job finds nothing left to do there.
        done = run_job(rendered["overlays/scale-out"], "checkout-migrate", tmp_path, {"DATABASE_URL": url})
        assert done.returncode == 0, done.stderr
        assert "Applied" not in done.stdout
        done = run_job(rendered["move-back"], "checkout-move", tmp_path, {"DATABASE_URL": url})
        assert done.returncode == 1
        assert "not empty" in done.stderr, "onto the old file, which is behind"
        volume = tmp_path / "new"
        volume.mkdir()
        for _ in range(2):
            done = run_job(rendered["move-back"], "checkout-move", volume, {"DATABASE_URL": url})
            assert done.returncode == 0, done.stdout + done.stderr
        done = run_job(rendered["overlays/embedded"], "checkout-migrate", volume)
        assert done.returncode == 0, done.stderr
        assert "Applied" not in done.stdout
        paused = Tables(f"sqlite:{volume}/checkout.db").rows("SELECT * FROM queue_pauses")
        assert [[str(one) for one in row] for row in paused] == [["ten_a", "", "7"]]
