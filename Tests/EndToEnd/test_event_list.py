"""One list of event types: what an endpoint is registered for, what the worker applies, and what docs/events.md says."""

import re
from collections import Counter

import pytest
from conftest import running_stack
from harness.program import ROOT


@pytest.fixture(scope="module")
def stack(request):
    """The list is the same on every engine."""
    yield from running_stack("sqlite", request)


def acted_on():
    """The types in the Swift source."""
    source = (ROOT / "Shared/StripeModels/Events/StripeEventType.swift").read_text()
    found = re.findall(r'^    case \w+ = "([a-z_.]+)"$', source, re.MULTILINE)
    assert len(found) == source.count("\n    case "), "a case that this test cannot read"
    everything = (ROOT / "Shared/Commerce/Fulfillment/ActedOnEvents.swift").read_text()
    assert "StripeEventType.allCases.map(\\.rawValue)" in everything
    return set(found)


def documented():
    """The types by their rows in docs/events.md: a row is about one."""
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "docs/events.md").read_text(), re.MULTILINE)
    assert [row for row in rows if not re.fullmatch(r"`[a-z_.]+`", row)] == []
    types = Counter(row.strip("`") for row in rows)
    assert [name for name, count in types.items() if count > 1] == []
    return set(types)


def test_each_type_has_a_row_and_is_registered(stack):
    wanted = acted_on()
    assert len(wanted) > 20
    assert documented() == wanted
    shop = stack.tenant()
    [endpoint] = shop.stripe.v1.webhook_endpoints.list().data
    assert sorted(endpoint.enabled_events) == sorted(wanted)
    # Nobody has to know of it when a type comes or goes.
    shop.stripe.v1.webhook_endpoints.update(endpoint.id, {"enabled_events": ["charge.failed", "invoice.paid"]})
    stack.ctl("tenant", "update", shop.id, "--register-webhook")
    [endpoint] = shop.stripe.v1.webhook_endpoints.list().data
    assert sorted(endpoint.enabled_events) == sorted(wanted)
