"""Admission and detection: the Rego's own tests, what it says of our pods, and the shape of Falco's rules."""

import re
import shutil
import subprocess

import pytest
import yaml
from kube.manifests import FOLDER, MOVES, OVERLAYS, ROOT, pod, render, workloads
from kube.rego import GATEKEEPER, NONE, OPA, failed_cases, regopy, source, violations

needs_rego = pytest.mark.skipif(not OPA and not regopy, reason=NONE)
NAMES = sorted(path.stem for path in (GATEKEEPER / "templates").glob("*.yaml") if path.stem != "kustomization")
FALCO = FOLDER / "policies" / "falco" / "checkout.yaml"


def falcos(kind, name):
    return next(one for one in yaml.safe_load(FALCO.read_text(encoding="utf-8")) if one.get(kind) == name)


def test_each_constraint_has_its_template():
    templates = {one["spec"]["crd"]["spec"]["names"]["kind"]: one for one in render("policies/gatekeeper/templates")}
    constraints = render("policies/gatekeeper/constraints")
    assert sorted(one["kind"] for one in constraints) == sorted(templates)
    for one in constraints:
        assert templates[one["kind"]]["metadata"]["name"] == one["kind"].lower(), "Gatekeeper asks for that"
        assert one["spec"]["enforcementAction"] == "deny"
        assert one["spec"]["match"]["namespaces"] == ["checkout"]


@needs_rego
@pytest.mark.parametrize("name", NAMES)
def test_each_policy_says_what_its_cases_expect(name):
    assert failed_cases(name) == []


@needs_rego
@pytest.mark.parametrize("name", NAMES)
def test_a_policy_that_lets_all_pass_is_found(broken, name):
    broken.replace(f"policies/gatekeeper/templates/{name}.yaml", "input.review.object", "input.review.nothing")
    assert failed_cases(name, broken.folder / "policies" / "gatekeeper")


@needs_rego
@pytest.mark.parametrize("name", NAMES)
def test_our_pods_are_admitted(rendered, name):
    constraint = yaml.safe_load((GATEKEEPER / "constraints" / f"{name}.yaml").read_text(encoding="utf-8"))
    for path in [*OVERLAYS, *MOVES]:
        for one in workloads(rendered[path]):
            said = violations(source(name), pod(one), constraint["spec"].get("parameters", {}))
            # Images of the developer's machine: of no registry, without a digest.
            expected = 2 * len(pod(one)["containers"]) if (path, name) == ("overlays/local", "images") else 0
            assert len(said) == expected, (path, said)


def test_falcos_rules_are_whole():
    entries = yaml.safe_load(FALCO.read_text(encoding="utf-8"))
    rules = [one for one in entries if "rule" in one]
    assert len({one["rule"] for one in rules}) == len(rules) == 4
    for one in rules:
        assert {"rule", "desc", "condition", "output", "priority", "tags"} == set(one), one["rule"]
        assert one["priority"] in ("CRITICAL", "ERROR", "WARNING")
        assert "of_checkout" in one["condition"]
        assert one["condition"].count("(") == one["condition"].count(")")
    defined = {one.get("list") or one.get("macro") for one in entries} - {None}
    for name in defined - {"of_checkout"}:
        assert any(name in str({**one, "list": "", "macro": ""}) for one in entries), f"{name} is used nowhere"


def test_falcos_ports_are_those_of_the_policies(rendered):
    def going_out(path):
        policies = [one["spec"] for one in rendered[path] if one["kind"] == "NetworkPolicy"]
        return {port["port"] for one in policies for rule in one.get("egress", []) for port in rule["ports"]}

    assert set(falcos("list", "checkout_ports")["items"]) == going_out("overlays/scale-out")
    (webhook,) = going_out("overlays/local") - going_out("overlays/scale-out")
    assert f"fd.sport = {webhook} and" in falcos("macro", "webhook_of_sandbox")["condition"]


def test_falcos_programs_are_those_of_the_images():
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        f"{folder}{source.rpartition('/')[2]}"
        for source, folder in re.findall(
            r"^COPY --from=build\S* (/\S+) (/usr/local/(?:bin|libexec)/)$", dockerfile, re.M
        )
    }
    assert len(copied) == 6
    assert set(falcos("list", "checkout_programs")["items"]) == copied


@pytest.mark.skipif(not shutil.which("falco"), reason="falco is not here")
def test_falco_takes_its_rules():
    subprocess.run(["falco", "--validate", str(FALCO)], check=True, capture_output=True, timeout=60)
