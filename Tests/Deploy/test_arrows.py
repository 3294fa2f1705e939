"""The NetworkPolicies let through the arrows of the README's table, and nothing else."""

import pytest
from kube.arrows import faults, picture, picture_faults
from kube.manifests import ROOT

# What is there at the same time; "move" comes before, and is checked with where it goes.
TOGETHER = {
    "embedded": ["overlays/embedded"],
    "local": ["overlays/local"],
    "scale-out": ["overlays/scale-out", "postgres", "move"],
}


@pytest.mark.parametrize("where", TOGETHER)
def test_every_arrow_is_in_the_table_and_every_row_has_a_policy(rendered, where):
    assert faults([one for path in TOGETHER[where] for one in rendered[path]], where) == []


POLICIES = "base/network-policies.yaml"
FAULTS = {
    "one port more": ("port: 587", "port: 25", "('fulfillment-worker', 'internet', '25') is let through"),
    "somebody else's way in": ("ingress-nginx", "default", "('namespace default', 'webhook-router', '8081') is let through"),
    "the private networks": ("              - 10.0.0.0/8\n", "", "'any address', '443') is let through"),
    "addresses that a cluster's own pods have": ("            cidr: 0.0.0.0/0\n", "            cidr: 2000::/3\n", "'any address', '443') is let through"),
    "no denial at all": ("  podSelector: {}\n  policyTypes:\n    - Ingress\n", "  podSelector: {}\n  policyTypes:\n", "checkout-migrate: no policy bounds its Ingress"),
    "a port that is not the router's": ("port: 8081", "port: 8080", "8081') is in the table and not let through"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_policy_that_lets_through_more_or_less_is_found(broken, fault):
    old, new, said = FAULTS[fault]
    broken.replace(POLICIES, old, new)
    found = faults(broken.render("overlays/embedded"), "embedded")
    assert any(said in one for one in found), found


def test_each_row_of_the_picture_is_an_arrow_there():
    assert len(picture()) == 8
    assert picture_faults() == []


def test_an_arrow_that_is_not_in_the_picture_is_found(broken, tmp_path):
    broken.replace("README.md", "| picture: email |", "| picture: Stripe |")
    broken.replace("README.md", "| picture: storefront | storefronts and browsers |", "| | storefronts and browsers |")
    assert picture_faults(broken.folder / "README.md") == [
        "'' says neither picture nor upkeep",
        "('fulfillment-worker', 'Stripe') is in the table and not in the picture",
        "('fulfillment-worker', 'email') is in the picture and not in the table",
        "('storefront', 'checkout-api') is in the picture and not in the table",
    ]
    main = tmp_path / "README.md"
    main.write_text(
        (ROOT / "README.md").read_text(encoding="utf-8").replace("signed POST to the storefront", "nothing")
    )
    assert picture_faults(main=main) == ["('fulfillment-worker', 'storefront') is in the table and not in the picture"]


def test_half_an_arrow_is_found(broken):
    broken.replace("postgres/network-policy.yaml", "                  - webhook-router\n", "")
    objects = [one for path in TOGETHER["scale-out"] for one in broken.render(path)]
    found = faults(objects, "scale-out")
    assert any("may be sent and not received" in one and "webhook-router" in one for one in found), found


def test_a_row_without_a_policy_is_found(rendered, broken):
    broken.replace("README.md", "| `checkout-api` | `internet` | 443 |", "| `webhook-router` | `internet` | 443 |")
    found = faults(rendered["overlays/embedded"], "embedded", broken.folder / "README.md")
    assert found == [
        "('checkout-api', 'internet', '443') is let through and not in the table",
        "('webhook-router', 'internet', '443') is in the table and not let through",
    ]
