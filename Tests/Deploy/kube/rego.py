"""The Rego of the Gatekeeper templates, run by opa, or by an interpreter from PyPI, or not at all."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml

from kube.manifests import FOLDER

try:
    import regopy
except ImportError:
    regopy = None

GATEKEEPER = FOLDER / "policies" / "gatekeeper"
OPA = shutil.which("opa")
NONE = "neither opa nor regopy is here"


def source(name, folder=GATEKEEPER):
    template = yaml.safe_load((folder / "templates" / f"{name}.yaml").read_text(encoding="utf-8"))
    (code,) = template["spec"]["targets"][0]["code"]
    assert (code["engine"], code["source"]["version"]) == ("Rego", "v1")
    return code["source"]["rego"]


def violations(rego, spec, parameters):
    """What a policy says of a pod, in alphabetical order."""
    package = re.match(r"package (\S+)", rego).group(1)
    query = f"data.{package}.violation"
    given = {"review": {"object": {"spec": spec}}, "parameters": parameters}
    found = by_opa(rego, query, given) if OPA else by_regopy(rego, query, given)
    return sorted(one["msg"] for one in found)


def by_opa(rego, query, given):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "policy.rego").write_text(rego, encoding="utf-8")
        subprocess.run([OPA, "check", "--strict", folder], check=True, timeout=60)
        done = subprocess.run(
            [OPA, "eval", "--format=json", "--data", folder, "--stdin-input", query],
            input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
    return json.loads(done.stdout)["result"][0]["expressions"][0]["value"]


def by_regopy(rego, query, given):
    """Without `with`, which this interpreter has only in part: so there are cases in YAML, and no tests in Rego."""
    interpreter = regopy.Interpreter()
    interpreter.add_module("policy.rego", rego)
    interpreter.set_input(given)
    answer = interpreter.query(query)
    assert answer.ok(), f"regopy cannot answer {query}"
    return json.loads(str(answer))["expressions"][0]


def failed_cases(name, folder=GATEKEEPER):
    suite = yaml.safe_load((folder / "tests" / f"{name}.yaml").read_text(encoding="utf-8"))
    rego = source(name, folder)
    found = []
    for case in suite["cases"]:
        said = violations(rego, case["spec"], suite.get("parameters", {}))
        if said != case["says"]:
            found.append(f"{case['name']}: {said}")
    return found
