"""Starting, refusing to start, and the operator's command line."""

import json
import os
import subprocess

import pytest
import requests
from harness.program import BINARIES

SERVICES = ["checkout-api", "webhook-router", "fulfillment-worker"]
KEYS = "a:" + "A" * 43 + "="


def run(program, *arguments, **environment):
    return subprocess.run(
        [str(BINARIES / program), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("CHECKOUT_MASTER_KEYS", ""),
        ("CHECKOUT_MASTER_KEYS", "a:tooshort"),
        ("DATABASE_URL", "mysql://x"),
        ("SHUTDOWN_GRACE_SECONDS", "soon"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(service, setting, value, tmp_path):
    good = {"CHECKOUT_MASTER_KEYS": KEYS, "DATABASE_URL": f"sqlite:{tmp_path}/x.db"}
    done = run(service, **{**good, setting: value})
    assert done.returncode not in (0, 139, 134, 133, 132, -4, -5, -6, -11)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].count(setting) >= 1
    if value:
        assert "tooshort" not in done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_all_wrong_settings_are_told_together(service):
    done = run(service, DATABASE_URL="nope", LOG_FORMAT="xml")
    for setting in ("DATABASE_URL", "LOG_FORMAT", "CHECKOUT_MASTER_KEYS"):
        assert setting in done.stderr


def test_flags_win_over_the_environment_and_the_environment_over_the_file(tmp_path):
    (tmp_path / "env").write_text("LOG_LEVEL=bad-file\n")
    arguments = ["--env-file", str(tmp_path / "env")]
    assert "bad-file" in run("checkout-api", *arguments, CHECKOUT_MASTER_KEYS=KEYS).stderr
    assert "bad-env" in run("checkout-api", *arguments, CHECKOUT_MASTER_KEYS=KEYS, LOG_LEVEL="bad-env").stderr
    flagged = run("checkout-api", *arguments, "--log-level", "bad-flag", CHECKOUT_MASTER_KEYS=KEYS, LOG_LEVEL="info")
    assert "bad-flag" in flagged.stderr


def test_health_metrics_and_logs(stack):
    shop = stack.tenant()
    shop.pay(order := shop.start_payment())
    shop.wait_status(order["id"], "active")
    for service in (stack.api, stack.router, stack.worker):
        assert requests.get(service.url + "/healthz", timeout=5).status_code == 200
        metrics = requests.get(service.url + "/metrics", timeout=5)
        assert metrics.headers["Content-Type"].startswith("text/plain")
        assert "# TYPE" in metrics.text
        for line in service.output().splitlines():
            json.loads(line)
        secrets = [shop.api_key, shop.publishable_key, shop.stripe_key, order["client_secret"]]
        secrets += [shop.created["fulfillment_secret"], stack.environment["CHECKOUT_MASTER_KEYS"]]
        for secret in secrets:
            assert secret not in service.output()
            assert secret not in metrics.text


def test_a_card_number_is_refused_and_in_no_log(stack):
    shop = stack.tenant()
    for field in ({"description": "4242 4242 4242 4242"}, {"metadata": {"note": "4000-0000-0000-0002"}}):
        answer = shop.call("POST", "/v1/payment_intents", {"amount": 500, "currency": "usd", **field})
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["param"].startswith(next(iter(field)))
    for program in stack.programs:
        assert "4242 4242" not in program.output()
        assert "4000-0000" not in program.output()


def test_a_service_waits_for_its_schema(tmp_path):
    from harness.program import Program, free_port

    port = free_port()
    environment = {
        "CHECKOUT_MASTER_KEYS": KEYS,
        "DATABASE_URL": f"sqlite:{tmp_path}/new.db",
        "CHECKOUT_API_LISTEN": f"127.0.0.1:{port}",
    }
    api = Program("checkout-api", environment, tmp_path, port).start(wait=False)
    try:
        api.wait_ready("/healthz")
        assert requests.get(api.url + "/readyz", timeout=5).status_code == 503
        assert run("checkoutctl", "migrate", **environment).returncode == 0
        api.wait_ready()
    finally:
        api.stop()


def test_the_command_line(stack):
    shop = stack.tenant("Command line")
    assert shop.created["webhook_endpoint_id"].startswith("we_")
    tenants = stack.ctl("tenant", "list", "--json", "--limit", "1000")
    assert tenants["object"] == "list"
    assert shop.id in json.dumps(tenants)
    stack.ctl("catalog", "add", shop.id, "--sku", "cap", "--name", "Cap", "--unit-amount", "900", "--currency", "eur")
    assert "cap" in json.dumps(stack.ctl("catalog", "list", shop.id, "--json"))
    order = shop.start_payment()
    orders = stack.ctl("orders", "list", "--json", "--limit", "5")
    assert orders["data"][0]["id"] == order["id"]
    stack.ctl("tenant", "show", "ten_nothing", status=1)
    stack.ctl("tenant", "create", status=64)
    stack.ctl("doctor")


def test_a_revoked_key_is_refused_at_once(stack):
    shop = stack.tenant()
    keys = stack.ctl("key", "list", shop.id, "--json")["data"]
    secret = next(key for key in keys if shop.api_key.startswith(key["prefix"]))
    assert shop.call("GET", "/v1/orders").status_code == 200
    stack.ctl("key", "revoke", shop.id, secret["id"])
    assert shop.call("GET", "/v1/orders").status_code == 401
