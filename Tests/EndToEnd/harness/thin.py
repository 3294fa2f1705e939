"""Destinations for thin events."""

import requests
import stripe


def register_thin(stack, shop, *types):
    """One at the tenant's own webhook URL, for types by their snapshots' names; its id."""
    fields = {
        "name": "thin", "type": "webhook_endpoint", "event_payload": "thin",
        "enabled_events": [f"v1.{type_}" for type_ in types],
        "webhook_endpoint": {"url": shop.webhook_url},
        "include": ["webhook_endpoint.signing_secret"],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {shop.stripe_key}", "Stripe-Version": stripe.api_version}
    answer = requests.post(stack.sandbox.url + "/v2/core/event_destinations", json=fields, headers=headers, timeout=20)
    assert answer.status_code < 300, answer.text
    stack.ctl("tenant", "webhook", "add-secret", shop.id, answer.json()["webhook_endpoint"]["signing_secret"])
    return answer.json()["id"]
