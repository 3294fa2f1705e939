"""The manifests, rendered by kubectl: as they are, or with a fault put in."""

import os
import shutil
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "deploy" / "k8s"
# What is applied, by its path in the folder; the others are what these are made of.
OVERLAYS = ["overlays/embedded", "overlays/local", "overlays/scale-out", "overlays/scale-out/without-keda"]
MOVES = ["move", "move-back"]
APPLIED = [*OVERLAYS, *MOVES, "volume", "postgres", "policies/namespace"]
PROGRAMS = ["checkout-api", "webhook-router", "fulfillment-worker"]


def kustomizations(folder=FOLDER):
    return sorted(str(path.parent.relative_to(folder)) for path in folder.rglob("kustomization.yaml"))


def render_text(path, folder=FOLDER):
    done = subprocess.run(
        [os.environ.get("KUBECTL", "kubectl"), "kustomize", str(folder / path)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"kubectl kustomize {path}: {done.stderr[-2000:]}")
    return done.stdout


def render(path, folder=FOLDER):
    return [one for one in yaml.safe_load_all(render_text(path, folder)) if one is not None]


class Broken:
    """A copy of the folder with a fault in it."""

    def __init__(self, temporary):
        self.folder = Path(temporary) / "k8s"
        shutil.copytree(FOLDER, self.folder)

    def replace(self, file, old, new, count=-1):
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no '{old}' any more: this test puts its fault there"
        path.write_text(text.replace(old, new, count), encoding="utf-8")
        return self

    def render(self, path):
        return render(path, self.folder)


def of_kind(objects, *kinds):
    return [one for one in objects if one["kind"] in kinds]


def named(objects, kind, name):
    return next(one for one in of_kind(objects, kind) if one["metadata"]["name"] == name)


def workloads(objects):
    return of_kind(objects, "Deployment", "Job")


def pod(workload):
    return workload["spec"]["template"]["spec"]


def pod_labels(workload):
    return workload["spec"]["template"]["metadata"]["labels"]


def containers(workload):
    return pod(workload)["containers"]


def container(workload):
    """The one that the workload is named after; the Jobs' have a name of their own."""
    name = workload["metadata"]["name"]
    if workload["kind"] == "Job":
        name = name.removeprefix("checkout-")
    return next(one for one in containers(workload) if one["name"] == name)


def settings(objects, main):
    """What a container finds in its environment; from a Secret: None."""
    found = {}
    for source in main.get("envFrom", []):
        found.update(named(objects, "ConfigMap", source["configMapRef"]["name"])["data"])
    for one in main.get("env", []):
        found[one["name"]] = one.get("value")
    return found
