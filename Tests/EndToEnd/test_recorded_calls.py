"""What the sandbox records of a call, and whether the checks of a record can fail."""

import json

import pytest
import requests
import stripe
from harness import client_calls, recorded, sdk_calls
from harness.sandbox import Sandbox
from harness.stack import temporary_folder


def call(**changes):
    return {
        "time": 1795305600.5,
        "method": "POST",
        "path": "/v1/refunds",
        "parameters": ["payment_intent", "amount", "metadata[order]"],
        "digest": "a",
        "idempotency_key": "rfd_1:1",
        "authorization": "Bearer",
        "account": "acct_1",
        "livemode": False,
        "stripe_account": None,
        "stripe_version": stripe.api_version,
        "user_agent": "checkout/1",
        "status": 200,
        **changes,
    }


READ = {"method": "GET", "path": "/v1/events", "parameters": ["limit", "created[gte]"], "idempotency_key": None}


def test_what_our_programs_send_has_no_fault():
    reach = call(method="GET", path="/v1/balance", parameters=[], idempotency_key=None, authorization=None)
    # Again, as after an answer that was lost; and for another account, or in the other mode.
    elsewhere = [call(account="acct_2", digest="b"), call(livemode=True, digest="c")]
    assert recorded.faults([call(), call(), *elsewhere, call(**READ), reach]) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"parameters": ["colour"]}, "POST /v1/refunds: the SDK knows no colour"),
        ({"parameters": ["amount[value]"]}, "POST /v1/refunds: the SDK knows no amount[value]"),
        ({"parameters": ["metadata"]}, None),
        ({"parameters": ["api_key"]}, "POST /v1/refunds: the SDK knows no api_key"),
        ({**READ, "parameters": ["created[since]"]}, "GET /v1/events: the SDK knows no created[since]"),
        ({"path": "/v1/refunds/re_1/undo"}, "POST /v1/refunds/re_1/undo: the SDK has no such call"),
        ({"method": "DELETE"}, "DELETE /v1/refunds: the SDK has no such call"),
        ({"idempotency_key": None}, "POST /v1/refunds: no idempotency key"),
        ({"stripe_version": None}, f"POST /v1/refunds: version None instead of {stripe.api_version}"),
        ({"authorization": None}, "POST /v1/refunds: no authorization"),
        ({"authorization": "Basic"}, "POST /v1/refunds: no authorization"),
        # Its own doing, or the buyer's and the merchant's.
        ({"user_agent": "Stripe/v1 PythonBindings/16.1.0", "idempotency_key": None}, None),
        ({"user_agent": None, "idempotency_key": None}, "POST /v1/refunds: no idempotency key"),
    ],
)
def test_a_fault_is_found(tmp_path, changes, fault):
    file = tmp_path / "calls.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in (call(**READ), call(**changes))))
    assert recorded.faults(recorded.read(file)) == ([fault] if fault else [])
    if fault:
        with pytest.raises(AssertionError, match="would refuse"):
            recorded.check(file)


def test_a_key_stands_for_one_body():
    (fault,) = recorded.faults([call(), call(digest="b", parameters=["payment_intent"]), call()])
    assert fault.startswith("key rfd_1:1 of acct_1: used for POST /v1/refunds ['payment_intent', 'amount'")
    assert recorded.faults([call(), call(path="/v1/customers", parameters=["email"])]) != []


def test_nested_parameters_are_read_as_the_sdk_declares_them():
    create = sdk_calls.call("POST", "/v1/checkout/sessions")
    known = ["line_items[0][price]", "line_items[][price_data][product_data][name]", "metadata[any]", "expand[0]"]
    unknown = ["line_items[0][cost]", "line_items[price]", "metadata[any][more]", "automatic_tax", "customer[id]"]
    assert [name for name in known + unknown if create.knows(name)] == known
    preview = sdk_calls.call("POST", "/v1/invoices/create_preview")
    assert preview.name == "POST /v1/invoices/create_preview"
    assert preview.knows("subscription_details[items][0][quantity]")


def test_what_the_client_can_call_is_read_from_its_sources():
    methods = client_calls.methods()
    assert methods["paymentIntent"] == "GET /v1/payment_intents/{id}"
    assert methods["eventPage"] == "GET /v1/events"
    assert methods["cancelSubscription"] == "DELETE /v1/subscriptions/{id}"
    assert len(methods) > 30
    with pytest.raises(AssertionError, match="which call does pay make"):
        dict(client_calls.methods_in("    package func pay() async throws {\n        try await charge()\n    }\n"))


def test_a_call_that_was_never_made_is_missed(tmp_path, capsys, monkeypatch):
    (tmp_path / "a.jsonl").write_text(json.dumps(call()) + "\n")
    (tmp_path / "b.jsonl").write_text(json.dumps(call(method="GET", path="/v1/refunds/re_1")) + "\n")
    wanted = {"createRefund": "POST /v1/refunds", "refund": "GET /v1/refunds/{id}"}
    monkeypatch.setattr(client_calls, "methods", lambda: wanted)
    assert client_calls.main(tmp_path) == 0
    wanted["refunds"] = "GET /v1/refunds"
    # Refused, failed, and never answered.
    tries = [call(method="GET", path="/v1/refunds", status=status) for status in (400, 500, None)]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(one) + "\n" for one in tries))
    assert client_calls.main(tmp_path) == 1
    assert "refunds: GET /v1/refunds\n" in capsys.readouterr().err


def test_the_sandbox_records_names_and_no_values():
    with temporary_folder() as folder:
        file = f"{folder}/calls.jsonl"
        sandbox = Sandbox(folder, arguments=["--record", file])
        try:
            account = sandbox.start().account()
            account.v1.customers.create(
                {"email": "ann@example.com", "metadata": {"a": "secretly"}, "expand": ["default_source"]},
                {"idempotency_key": "k1"},
            )
            # A killed sandbox goes on with its record.
            sandbox.program.kill()
            sandbox.start()
            account.fault(action="drop_before_acting")
            with pytest.raises(stripe.APIConnectionError):
                account.v1.customers.list({"limit": 1})
            requests.get(sandbox.url + "/v1/balance", headers={"User-Agent": "mine"}, timeout=20)
            v2 = account.client.v2.core.event_destinations.list({"limit": 1})
            assert v2.data == []
        finally:
            sandbox.close()
        with open(file) as lines:  # noqa: PTH123
            text = lines.read()
        create, listed, balance, destinations = map(json.loads, text.splitlines())
        assert set(create) == set(call())
        assert (create["method"], create["path"], create["status"]) == ("POST", "/v1/customers", 200)
        assert create["parameters"] == ["email", "metadata[a]", "expand[0]"]
        assert (create["idempotency_key"], create["authorization"]) == ("k1", "Bearer")
        assert create["account"].startswith("acct_")
        assert (listed["parameters"], listed["status"]) == (["limit"], None)
        assert (balance["authorization"], balance["account"], balance["status"]) == (None, None, 401)
        assert destinations["parameters"] == ["limit"]
        assert create["digest"] != listed["digest"] == destinations["digest"]
        for secret in (account.key, "ann@example.com", "secretly"):
            assert secret not in text
        assert [one["user_agent"] for one in recorded.read(file)] == ["mine"]
