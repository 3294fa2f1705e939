"""Every folder renders, and every object is one that Kubernetes knows, field by field."""

import json

import kubernetes_validate
import pytest
from kube.manifests import APPLIED, kustomizations, render

# The oldest that the README names, for its kubelet's `sleep`, and the newest that the validator knows.
VERSIONS = ["1.30", kubernetes_validate.latest_version()]
# Made by operators, so that no schema of Kubernetes has them; what matters of them is checked by other tests.
OF_OPERATORS = {"ScaledObject", "TriggerAuthentication", "Cluster"}
PARTS = {
    "base",
    "overlays/embedded/common",
    "overlays/scale-out/common",
    "policies/gatekeeper/templates",
    "policies/gatekeeper/constraints",
}


def faults(objects, version):
    found = []
    for one in objects:
        name = f"{one['kind']} {one['metadata']['name']}"
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            if one["kind"] not in OF_OPERATORS:
                found.append(f"{name}: Kubernetes {version} has no such kind in {one['apiVersion']}")
        except kubernetes_validate.ValidationError as fault:
            found.append(f"{name}: {fault.message}")
    return found


def test_each_folder_is_known_and_renders():
    assert set(kustomizations()) == {*APPLIED, *PARTS}
    for path in kustomizations():
        assert render(path), path


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(rendered, version):
    # Most are the same in several folders.
    different = {json.dumps(one, sort_keys=True): one for objects in rendered.values() for one in objects}
    assert faults(different.values(), version) == []


def test_a_field_that_does_not_exist_is_found(broken):
    broken.replace("base/webhook-router.yaml", "readOnlyRootFilesystem", "readOnlyRootFileSystem")
    assert any("readOnlyRootFileSystem" in one for one in faults(broken.render("base"), VERSIONS[0]))


def test_the_oldest_version_is_the_first_that_sleeps_by_itself(rendered):
    """1.29 has the field behind a switch; the schema of 1.28 does not have it at all."""
    assert any("preStop" in one or "sleep" in one for one in faults(rendered["overlays/embedded"], "1.28"))
