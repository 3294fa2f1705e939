"""checkov finds nothing that is not waived by name, with a reason."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kube.manifests import APPLIED, FOLDER, Broken, render_text
from kube.waivers import read, unused, unwaived

BROKEN = "overlays/with a fault"


def checkov(folder):
    """(check, folder and object) for each that failed."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "checkov"), "--directory", str(folder), "--framework", "kubernetes",
         "--compact", "--quiet", "--skip-download", "--output", "json"],
        capture_output=True, text=True, timeout=240, cwd=folder, env={**os.environ, "LOG_LEVEL": "ERROR"},
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0, report["summary"]
    assert report["summary"]["resource_count"] > 50, report["summary"]
    return [
        (one["check_id"], f"{one['file_path'].strip('/').removesuffix('.yaml')} {one['resource']}")
        for one in report["results"]["failed_checks"]
    ]


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """Of one run, which takes a while: the folders, and one with a fault."""
    folder = tmp_path_factory.mktemp("checkov")
    broken = Broken(tmp_path_factory.mktemp("broken"))
    broken.replace("base/fulfillment-worker.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true")
    texts = {path: render_text(path) for path in APPLIED}
    texts[BROKEN] = render_text("overlays/embedded", broken.folder)
    for path, text in texts.items():
        file = folder / f"{path}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return checkov(folder)


def test_no_check_fails_that_is_not_waived(failures):
    real = [one for one in failures if not one[1].startswith(BROKEN)]
    waivers = read(FOLDER / "waivers.txt")
    assert unwaived(real, waivers) == []
    assert unused(real, waivers) == []


def test_a_pod_with_a_fault_is_found(failures):
    found = unwaived([one for one in failures if one[1].startswith(BROKEN)], read(FOLDER / "waivers.txt"))
    assert [check for check, _ in found] == ["CKV_K8S_20"], found


def test_a_waiver_needs_a_reason(tmp_path):
    (tmp_path / "waivers.txt").write_text("CKV_K8S_35 | * |\n")
    with pytest.raises(ValueError, match="reason"):
        read(tmp_path / "waivers.txt")
