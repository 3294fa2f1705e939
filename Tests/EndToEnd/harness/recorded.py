"""The calls that our programs made to Stripe, as the sandbox recorded them (docs/sandbox.md), and what is wrong there."""

import json
import os
from collections import defaultdict
from pathlib import Path

import stripe

from harness import sdk_calls

# Where a whole run keeps its records; by itself a stack keeps its own.
FOLDER = os.environ.get("CHECKOUT_CALL_RECORDS")
# Who else calls a stack's sandbox: the buyer's browser, and tests in the merchant's place. Everything else is ours.
OTHERS = ("Stripe/", "python-requests", "Mozilla/")
# `doctor` looks whether Stripe is there at all, in nobody's name.
REACH = ("GET", "/v1/balance")


def read(file):
    """The calls of our programs, in the order in which they were answered."""
    calls = [json.loads(line) for line in Path(file).read_text().splitlines()]
    return [call for call in calls if not (call["user_agent"] or "").startswith(OTHERS)]


def check(file):
    """Fails with all that is wrong in a record."""
    found = faults(read(file)) if Path(file).exists() else []
    assert not found, "calls that Stripe would refuse, or take for another:\n" + "\n".join(found)


def faults(calls):
    """A line a fault, each once."""
    found = [f"{call['method']} {call['path']}: {fault}" for call in calls for fault in _faults_of(call)]
    return list(dict.fromkeys(found + _reused_keys(calls)))


def _faults_of(call):
    known = sdk_calls.call(call["method"], call["path"])
    if known is None:
        yield "the SDK has no such call"
    else:
        yield from (f"the SDK knows no {name}" for name in call["parameters"] if not known.knows(name))
    if call["method"] == "POST" and not call["idempotency_key"]:
        yield "no idempotency key"
    if call["stripe_version"] != stripe.api_version:
        yield f"version {call['stripe_version']} instead of {stripe.api_version}"
    is_reach = (call["method"], call["path"]) == REACH and call["authorization"] is None
    if call["authorization"] != "Bearer" and not is_reach:
        yield "no authorization"


def _reused_keys(calls):
    """A key stands for one call with one body, in its account and mode."""
    used = defaultdict(dict)
    for call in calls:
        if call["idempotency_key"]:
            slot = (call["account"], call["livemode"], call["idempotency_key"])
            used[slot][call["method"], call["path"], call["digest"]] = call["parameters"]
    return [
        f"key {key} of {account}: used for {' and '.join(f'{method} {path} {names}' for (method, path, _), names in bodies.items())}"
        for (account, _, key), bodies in used.items()
        if len(bodies) > 1
    ]
