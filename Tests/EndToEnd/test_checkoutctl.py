"""What checkoutctl does at Stripe, with secrets, and when something is wrong."""

import json
import os
import subprocess

import pytest
from harness.program import BINARIES, free_port

CREATED = {
    "tenant_id", "webhook_url", "webhook_endpoint_id", "api_key", "publishable_api_key", "fulfillment_secret",
}  # fmt: skip


def run(stack, *arguments, text=""):
    """Like stack.ctl, with a standard input, and whatever comes of it."""
    return subprocess.run(
        [str(BINARIES / "checkoutctl"), *arguments],
        env={"PATH": os.environ["PATH"], **stack.environment},
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
    )


def endpoints(tenant):
    return list(tenant.stripe.v1.webhook_endpoints.list().data)


@pytest.fixture
def shop(stack):
    return stack.tenant(storefront=False)


def test_a_new_tenant_has_the_contracts_fields_and_a_webhook_at_stripe(stack, shop):
    assert set(shop.created) == CREATED
    assert shop.api_key.startswith("ck_test_")
    assert shop.publishable_key.startswith("cpk_test_")
    assert shop.created["fulfillment_secret"].startswith("whsec_")
    assert shop.webhook_url == f"{stack.router.url}/webhooks/stripe/{shop.created['webhook_endpoint_id']}"
    (endpoint,) = endpoints(shop)
    assert endpoint.url == shop.webhook_url
    assert endpoint.api_version == "2026-10-28.endive"
    assert "payment_intent.succeeded" in endpoint.enabled_events


def test_registering_again_changes_nothing(stack, shop):
    before = stack.ctl("tenant", "show", shop.id, "--json")
    stack.ctl("tenant", "update", shop.id, "--register-webhook")
    assert stack.ctl("tenant", "show", shop.id, "--json") == before
    assert len(endpoints(shop)) == 1


def test_a_webhook_follows_the_router_to_another_address(stack, shop):
    stack.ctl("tenant", "update", shop.id, "--register-webhook", "--webhook-base-url", "http://127.0.0.1:9")
    (moved,) = endpoints(shop)
    assert moved.url.startswith("http://127.0.0.1:9/webhooks/stripe/we_")
    stack.ctl("tenant", "update", shop.id, "--register-webhook")
    assert [endpoint.url for endpoint in endpoints(shop)] == [shop.webhook_url]


def test_a_webhook_that_is_gone_at_stripe_is_made_anew_and_works(stack, shop):
    shop.stripe.v1.webhook_endpoints.delete(endpoints(shop)[0].id)
    stack.ctl("tenant", "update", shop.id, "--register-webhook")
    assert [endpoint.url for endpoint in endpoints(shop)] == [shop.webhook_url]
    order = shop.start_payment()
    shop.pay(order)
    shop.wait_status(order["id"], "active")


def test_an_endpoint_whose_secret_was_never_kept_is_replaced(stack, shop):
    shop.stripe.v1.webhook_endpoints.delete(endpoints(shop)[0].id)
    unkept = shop.webhook_url.replace(stack.router.url, "http://127.0.0.1:9")
    shop.stripe.v1.webhook_endpoints.create({"url": unkept, "enabled_events": ["*"]})
    stack.ctl("tenant", "update", shop.id, "--register-webhook")
    assert [endpoint.url for endpoint in endpoints(shop)] == [shop.webhook_url]


def test_a_tenant_made_while_stripe_is_away_is_shown_and_registered_later(stack):
    away = f"http://127.0.0.1:{free_port()}"
    made = run(
        stack, "tenant", "create", "--json", "--name", "Away", "--stripe-secret-key", "-",
        "--stripe-publishable-key", "pk_test_awayaway", "--register-webhook", "--stripe-api-base", away,
        text="sk_test_awayaway\n",
    )  # fmt: skip
    assert made.returncode == 1
    created = json.loads(made.stdout)
    assert set(created) == CREATED
    mend = f"checkoutctl tenant update {created['tenant_id']} --register-webhook"
    assert mend in made.stderr
    stack.ctl(*mend.split()[1:])
    assert stack.ctl("tenant", "show", created["tenant_id"], "--json")["webhook_endpoints"][0]["stripe_id"]


def test_secrets_come_from_standard_input_and_are_never_shown_again(stack, shop):
    assert run(stack, "tenant", "webhook", "add-secret", shop.id, "-", text="whsec_abcdefgh1234\n").returncode == 0
    assert run(stack, "tenant", "webhook", "add-secret", shop.id, "-").returncode == 64
    shown = json.dumps(stack.ctl("tenant", "show", shop.id, "--json"))
    assert '"ending": "1234"' in shown
    for secret in ("whsec_abcdefgh", shop.api_key, shop.created["fulfillment_secret"], shop.stripe_key):
        assert secret not in shown
    stack.ctl("tenant", "webhook", "remove-secret", shop.id, "--ending", "1234")
    stack.ctl("tenant", "webhook", "remove-secret", shop.id, "--ending", "1234", status=1)


def test_a_list_goes_on_where_it_ended(stack, shop):
    for sku in ("a", "b", "c"):
        stack.ctl("catalog", "add", shop.id, "--sku", sku, "--name", sku, "--unit-amount", "900", "--currency", "eur")
    first = stack.ctl("catalog", "list", shop.id, "--limit", "2", "--json")
    assert [item["sku"] for item in first["data"]] == ["a", "b"]
    assert (first["object"], first["has_more"]) == ("list", True)
    rest = stack.ctl("catalog", "list", shop.id, "--limit", "2", "--starting-after", "b", "--json")
    assert [item["sku"] for item in rest["data"]] == ["c"]
    assert not rest["has_more"]


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_limit_out_of_bounds_is_bad_usage(stack, limit):
    for command in (["tenant", "list"], ["orders", "list"], ["events", "list"]):
        stack.ctl(*command, "--limit", limit, status=64)


def checks(output):
    return {row["check"]: row for row in json.loads(output)["data"]}


def test_the_doctor_names_what_is_wrong_and_the_mend(own_stack):
    shop = own_stack.tenant(storefront=False)
    well = run(own_stack, "doctor", "--json")
    assert well.returncode == 0, well.stdout
    assert {row["status"] for row in checks(well.stdout).values()} == {"ok"}

    stripe_away = run(own_stack, "doctor", "--json", "--stripe-api-base", f"http://127.0.0.1:{free_port()}")
    assert stripe_away.returncode == 1
    assert checks(stripe_away.stdout)["Stripe"]["status"] == "wrong"

    run(own_stack, "tenant", "update", shop.id, "--stripe-secret-key", "-", text="sk_test_x\n")
    bad_key = run(own_stack, "doctor", "--json")
    assert bad_key.returncode == 1
    found = checks(bad_key.stdout)[f"{shop.id} Stripe key"]
    assert found["status"] == "wrong"
    assert f"tenant update {shop.id} --stripe-secret-key" in found["mend"]


def test_the_doctor_finds_a_missing_schema_and_a_wrong_setting(tmp_path, own_stack):
    environment = {**own_stack.environment, "DATABASE_URL": f"sqlite:{tmp_path}/new.db", "LOG_LEVEL": "loud"}
    done = subprocess.run(
        [str(BINARIES / "checkoutctl"), "doctor", "--json"],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    found = checks(done.stdout)
    assert (found["schema"]["status"], found["schema"]["mend"]) == ("wrong", "run 'checkoutctl migrate'")
    assert found["LOG_LEVEL"]["status"] == "wrong"
