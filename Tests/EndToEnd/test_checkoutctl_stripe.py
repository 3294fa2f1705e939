"""What checkoutctl does with a tenant's Stripe account: endpoints, sweeps, balance; and with the master keys."""

import base64
import json
import os
import pty
import select
import signal
import subprocess
import termios
import uuid

import pytest
import requests
import stripe
from harness.program import BINARIES
from harness.waiting import wait_until


@pytest.fixture
def shop(stack):
    return stack.tenant(storefront=False)


def run(stack, *arguments, text="", **environment):
    """Like stack.ctl, with a standard input, and whatever comes of it."""
    return subprocess.run(
        [str(BINARIES / "checkoutctl"), *arguments],
        env={"PATH": os.environ["PATH"], **stack.environment, **environment},
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
    )


def finding(stack, check):
    done = run(stack, "doctor", "--json")
    return {row["check"]: row for row in json.loads(done.stdout)["data"]}[check]


def endpoint(shop):
    [found] = shop.stripe.v1.webhook_endpoints.list().data
    return found


def paid(shop):
    order = shop.start_payment()
    shop.pay(order)
    return shop.wait_status(order["id"], "active")


# Emails


def test_a_tenant_says_it_in_its_own_words(stack, shop, tmp_path):
    html = tmp_path / "receipt.html"
    html.write_text("<p>Grüße von {{shop}}: {{amount}}</p>\n")
    kinds = stack.ctl("tenant", "email", "list", shop.id, "--json")["data"]
    assert {row["wording"] for row in kinds} == {"standard"}
    standard = next(row for row in kinds if row["kind"] == "receipt")
    done = run(
        stack, "tenant", "email", "set", shop.id, "receipt", "--subject", "Danke, {{shop}}", "--html", str(html),
        "--text", "-", "--json", text="Danke für {{amount}}.\n{{#order}}Nummer {{order}}{{/order}}\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = stack.ctl("tenant", "email", "show", shop.id, "receipt", "--json")
    assert shown == json.loads(done.stdout)
    assert (shown["wording"], shown["subject"], shown["html"]) == ("own", "Danke, {{shop}}", html.read_text())
    assert shown["text"].startswith("Danke für {{amount}}.\n")
    # What is not named stays.
    stack.ctl("tenant", "email", "set", shop.id, "receipt", "--subject", "Vielen Dank")
    changed = stack.ctl("tenant", "email", "show", shop.id, "receipt", "--json")
    assert changed == {**shown, "subject": "Vielen Dank"}
    assert "Vielen Dank" in stack.ctl("tenant", "email", "list", shop.id)
    assert stack.ctl("tenant", "show", shop.id, "--json")["email_templates"] == ["receipt"]
    stack.ctl("tenant", "email", "remove", shop.id, "receipt")
    assert stack.ctl("tenant", "email", "show", shop.id, "receipt", "--json") == standard
    stack.ctl("tenant", "email", "remove", shop.id, "receipt", status=1)


@pytest.mark.parametrize(
    ("option", "template", "said"),
    [
        ("--text", "one\n{{shop}}\n{{amuont}}\n", "text, line 3: There is no value {{amuont}}"),
        ("--html", "<p>\n{{#amount}}\n", "html, line 2: The section {{#amount}} is not closed"),
        ("--html", "{{{shop}}}", "html, line 1:"),
        ("--text", "", "text must not be empty"),
    ],
)
def test_a_template_that_could_not_be_sent_is_refused_with_part_and_line(stack, shop, option, template, said):
    before = stack.ctl("tenant", "email", "list", shop.id, "--json")
    done = run(stack, "tenant", "email", "set", shop.id, "receipt", option, "-", text=template)
    assert done.returncode == 64
    assert said in done.stderr
    assert stack.ctl("tenant", "email", "list", shop.id, "--json") == before


def test_bad_usage_of_emails(stack, shop):
    stack.ctl("tenant", "email", "set", shop.id, "receipt", status=64)
    stack.ctl("tenant", "email", "set", shop.id, "receipt", "--text", "-", "--html", "-", status=64)
    stack.ctl("tenant", "email", "set", shop.id, "reciept", "--subject", "x", status=64)
    assert "subject" in stack.ctl("tenant", "email", "set", shop.id, "receipt", "--subject", "two\nlines", status=64)
    assert "cannot be read" in stack.ctl("tenant", "email", "set", shop.id, "receipt", "--text", "/no", status=1)
    assert "--email-from" in stack.ctl("tenant", "update", shop.id, "--email-from", "(shop)@x", status=64)


# Endpoints at Stripe


def test_a_rolled_secret_takes_over_while_the_old_one_still_counts(stack, shop):
    old = endpoint(shop).id
    stack.ctl("tenant", "webhook", "roll", shop.id)
    new = endpoint(shop)
    assert (new.id != old, new.url) == (True, shop.webhook_url)
    secrets = stack.ctl("tenant", "show", shop.id, "--json")["webhook_endpoints"][0]["secrets"]
    assert sorted(secret["expires_at"] is None for secret in secrets) == [False, True]
    paid(shop)


def test_connected_accounts_share_their_platforms_endpoint(stack):
    tail = uuid.uuid4().hex[:16]
    platform = stripe.StripeClient(f"sk_test_{tail}", base_addresses={"api": stack.sandbox.url})
    shops = []
    for name in ("One", "Two"):
        account = platform.v1.accounts.create({"email": f"{name}@example.com"}).id
        options = ["--stripe-account", account, "--application-fee", "2.5"]
        shops.append(stack.tenant(name, storefront=False, stripe_key=f"sk_test_{tail}", arguments=options))
    [shared] = platform.v1.webhook_endpoints.list().data
    shown = [stack.ctl("tenant", "show", shop.id, "--json") for shop in shops]
    for tenant in shown:
        first = tenant["webhook_endpoints"][0]
        assert (first["url"], first["stripe_id"]) == (shared.url, shared.id)
        assert first["platform_account"] == tenant["platform_account"] == platform.v1.accounts.retrieve_current().id
        assert tenant["application_fee_bps"] == 250
    for shop in shops:
        assert finding(stack, f"{shop.id} webhook at Stripe")["status"] == "ok"
    stack.ctl("tenant", "webhook", "roll", shops[1].id)
    [rolled] = platform.v1.webhook_endpoints.list().data
    assert (rolled.id != shared.id, rolled.url) == (True, shared.url)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"disabled": True}, "disabled"),
        ({"url": "http://127.0.0.1:9/elsewhere"}, "it sends to http://127.0.0.1:9/elsewhere"),
        ({"enabled_events": ["payment_intent.succeeded"]}, "more event types"),
        (None, "is gone"),
    ],
)
def test_the_doctor_finds_an_endpoint_that_stripe_cannot_use(stack, shop, change, said):
    found = endpoint(shop).id
    if change:
        shop.stripe.v1.webhook_endpoints.update(found, change)
    else:
        shop.stripe.v1.webhook_endpoints.delete(found)
    check = f"{shop.id} webhook at Stripe"
    told = finding(stack, check)
    assert told["status"] == "wrong"
    assert said in told["detail"]
    mend = told["mend"].removeprefix("run 'checkoutctl ").removesuffix("'")
    stack.ctl(*mend.split())
    assert finding(stack, check)["status"] == "ok"


def test_the_doctor_says_plainly_what_is_wrong_with_a_key(own_stack):
    shop, other = own_stack.tenant(storefront=False), own_stack.tenant(storefront=False)
    check = f"{shop.id} Stripe key"
    refused = {"match": {"key": shop.stripe_key}, "action": "status", "times": "always"}
    own_stack.fault(**refused, status=401)
    told = finding(own_stack, check)
    assert "rolled or revoked" in told["detail"]
    assert f"tenant update {shop.id} --stripe-secret-key" in told["mend"]
    own_stack.clear_faults()
    own_stack.fault(**refused, status=403)
    told = finding(own_stack, check)
    assert "lacks a permission" in told["detail"]
    assert "add the permission" in told["mend"]
    assert finding(own_stack, f"{shop.id} webhook at Stripe")["status"] == "note"
    assert finding(own_stack, f"{other.id} Stripe key")["status"] == "ok"


def test_a_restricted_key_that_lacks_a_permission_is_its_tenants_alone(own_stack):
    shop, other = own_stack.tenant(storefront=False), own_stack.tenant(storefront=False)
    check = f"{shop.id} Stripe key"
    restricted = shop.stripe_key.replace("sk_", "rk_")
    own_stack.ctl("tenant", "update", shop.id, "--stripe-secret-key", restricted)
    order = paid(shop)
    permit(own_stack, restricted, payment_intents="read", customers="none")
    body = {"amount": 700, "currency": "eur"}
    for path, wanted in (("payment_intents", body), ("customers", {"email": "ann@example.com"})):
        answer = shop.call("POST", f"/v1/{path}", wanted, idempotency_key=path)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (502, "stripe_authentication"), answer.text
        assert "lacks a permission" in error["message"]
        assert "operator" in error["message"]
    # What it may do is done, and whatever the others want.
    assert shop.call("POST", "/v1/refunds", {"order": order["id"]}, idempotency_key="refund").status_code == 201
    paid(other)
    output = own_stack.api.output()
    told = [line for line in output.splitlines() if "Stripe refuses the key of a tenant" in line]
    assert len(told) == 2
    assert all(shop.id in line and "restricted_key" in line and "tenant update" in line for line in told)
    assert restricted not in output
    found = finding(own_stack, check)
    assert found["status"] == "wrong"
    # In Stripe's own words, which name it.
    assert "lacks a permission" in found["detail"]
    assert "rak_payment_intent_write" in found["detail"]
    assert "add the permission" in found["mend"]
    assert restricted not in json.dumps(found)
    assert finding(own_stack, f"{other.id} Stripe key")["status"] == "ok"
    permit(own_stack, restricted, customers="none")
    assert finding(own_stack, check)["status"] == "ok"
    answer = shop.call("POST", "/v1/payment_intents", body, idempotency_key="payment_intents")
    assert answer.status_code == 201, answer.text


def permit(stack, key, **permissions):
    """What a restricted key may do with these from now on; with everything else it may do all."""
    rule = {"key": key, "state": "restricted", "permissions": permissions}
    requests.post(stack.sandbox.url + "/_sandbox/keys", json=rule, timeout=20).raise_for_status()


# Sweeps


def test_what_no_webhook_brought_is_found_by_reconcile(own_stack):
    shop = own_stack.tenant(storefront=False)
    own_stack.router.kill()
    order = shop.start_payment()
    shop.pay(order)
    [row] = own_stack.ctl("reconcile", shop.id, "--json")["data"]
    assert (row["outcome"], row["missed"] >= 1) == ("swept", True)
    shop.wait_status(order["id"], "active")
    [again] = own_stack.ctl("reconcile", "--json")["data"]
    assert again["missed"] == 0
    assert own_stack.ctl("dashboard", shop.id, "--json")["missed_webhooks"]["count"] == row["missed"]
    own_stack.ctl("reconcile", "ten_no", status=1)


# Dashboard


def test_the_dashboard_shows_the_figures_of_the_api(stack, shop):
    first = paid(shop)
    shop.start_payment(500, "jpy")
    paid_in_yen = shop.start_payment(500, "jpy", description="Half a mug")
    shop.pay(paid_in_yen)
    shop.wait_status(paid_in_yen["id"], "active")
    declined = shop.start_payment(2500, "usd")
    with pytest.raises(stripe.CardError):
        shop.pay(declined, "pm_card_chargeDeclined")
    shop.wait_status(declined["id"], "failed")
    shop.settle()
    shown = stack.ctl("dashboard", shop.id, "--json")
    told = shop.call("GET", "/v1/dashboard").json()
    assert {**shown, "created": told["created"]} == told
    assert shown["orders"]["active"] == {"count": 2, "capped": False}
    assert {money["currency"] for money in shown["balance"]["pending"]} == {"eur", "jpy"}
    assert [(charge["text"], charge["order"]) for charge in shown["charges"]["data"]] == [
        ("25.00 USD", declined["id"]),
        ("500 JPY", paid_in_yen["id"]),
        ("19.99 EUR", first["id"]),
    ]
    text = stack.ctl("dashboard", shop.id)
    for said in (
        "2 active", "EUR pending", "JPY pending", f"25.00 USD  failed  {declined['id']}",
        f"500 JPY  succeeded  {paid_in_yen['id']}", f"19.99 EUR  succeeded  {first['id']}",
    ):  # fmt: skip
        assert said in text
    everyone = stack.ctl("dashboard", "--json")
    assert everyone["object"] == "list"
    assert shop.id in [row["tenant"] for row in everyone["data"]]


def test_the_dashboard_does_without_stripe(stack, shop):
    paid(shop)
    away = ("--stripe-api-base", "http://127.0.0.1:9")
    shown = stack.ctl("dashboard", shop.id, "--json", *away)
    assert (shown["balance"], shown["charges"]) == (None, None)
    assert [missing["part"] for missing in shown["missing"]] == ["balance", "charges"]
    assert all(missing["message"] for missing in shown["missing"])
    assert shown["orders"]["active"]["count"] == 1
    assert stack.ctl("dashboard", shop.id, *away).count("not known. ") == 2


def test_a_watch_wants_a_terminal_and_one_tenant_that_is_there(stack, shop):
    assert "no terminal" in stack.ctl("dashboard", "--watch", status=64)
    assert run(stack, "dashboard", "--watch", "--json").returncode == 64
    stack.ctl("dashboard", "ten_no", status=1)


def test_a_watch_redraws_until_ctrl_c_and_leaves_the_terminal_as_it_was(stack, shop):
    primary, secondary = pty.openpty()
    before = termios.tcgetattr(secondary)
    watching = subprocess.Popen(
        [str(BINARIES / "checkoutctl"), "dashboard", shop.id, "--watch"],
        env={"PATH": os.environ["PATH"], **stack.environment},
        stdin=secondary,
        stdout=secondary,
        stderr=subprocess.PIPE,
    )
    seen = b""

    def look():
        nonlocal seen
        while select.select([primary], [], [], 0)[0]:
            seen += os.read(primary, 65536)
        return seen

    try:
        wait_until(lambda: look().count(b"\x1b[H") >= 2, "the figures are drawn twice", 20)
        assert shop.id.encode() in seen
        watching.send_signal(signal.SIGINT)
        assert watching.wait(10) == 0
        look()
        assert termios.tcgetattr(secondary) == before
        assert seen.startswith(b"\x1b[?1049h")
        assert seen.endswith(b"\x1b[?25h\x1b[?7h\x1b[?1049l")
        assert watching.stderr.read() == b""
    finally:
        watching.kill()
        watching.wait(10)
        watching.stderr.close()
        os.close(primary)
        os.close(secondary)


# Master keys


def test_the_master_key_is_rotated_beside_running_services(own_stack):
    shop = own_stack.tenant(storefront=False)
    body = {"amount": 700, "currency": "eur"}
    first = shop.call("POST", "/v1/payment_intents", body, idempotency_key="k")
    old = own_stack.environment["CHECKOUT_MASTER_KEYS"]
    new = "new:" + base64.b64encode(os.urandom(32)).decode()

    def restart(keys):
        own_stack.environment["CHECKOUT_MASTER_KEYS"] = keys
        for service in (own_stack.api, own_stack.router, own_stack.worker):
            service.environment["CHECKOUT_MASTER_KEYS"] = keys
            service.stop()
            service.start()

    restart(f"{new},{old}")
    done = own_stack.ctl("keys", "rotate-master", "--json")
    assert done["finished"]
    # The tenant's key, its fulfillment secret, the endpoint's secret, the order's client secret and the stored answer.
    assert done["resealed"] == 5
    # No API key was used since: dropping the old master key now would lock the storefront out.
    assert done["unused_keys"] == []
    assert "still needed" in own_stack.ctl("keys", "rotate-master")
    paid(shop)
    again = own_stack.ctl("keys", "rotate-master", "--json")
    assert (again["resealed"], again["finished"]) == (0, True)

    restart(new)
    left = run(own_stack, "keys", "rotate-master")
    assert left.returncode == 0, left.stdout
    replayed = shop.call("POST", "/v1/payment_intents", body, idempotency_key="k")
    assert (replayed.headers["Idempotent-Replayed"], replayed.json()) == ("true", first.json())
    paid(shop)


def test_a_secret_whose_key_is_missing_is_left_and_told(own_stack):
    shop = own_stack.tenant(storefront=False)
    other = "other:" + base64.b64encode(os.urandom(32)).decode()
    done = run(own_stack, "keys", "rotate-master", "--json", CHECKOUT_MASTER_KEYS=other)
    assert done.returncode == 1
    view = json.loads(done.stdout)
    assert (view["finished"], view["resealed"], view["unreadable"]) == (False, 0, 3)
    [missing] = [key for key in view["keys"] if not key["in_ring"]]
    assert (missing["id"], missing["sealed"]) == ("test", 3)
    paid(shop)
