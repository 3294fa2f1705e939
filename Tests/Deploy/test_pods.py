"""How pods start, end, and are bounded; and that the overlays keep what they promise."""

import re

import pytest
import yaml
from kube.manifests import (
    APPLIED,
    FOLDER,
    MOVES,
    OVERLAYS,
    PROGRAMS,
    ROOT,
    container,
    containers,
    named,
    of_kind,
    pod,
    pod_labels,
    render,
    settings,
    workloads,
)  # fmt: skip

SPARE_SECONDS = 5


def size(text):
    """Bytes of 512Mi, cores of 250m."""
    units = {"": 1, "m": 0.001, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text)).groups()
    return float(number) * units[unit]


def faults(objects, digests=True):
    found = []
    for one in workloads(objects):
        said = [*end_faults(objects, one), *token_faults(objects, one), *rollout_faults(one)]
        said += [fault for main in containers(one) for fault in container_faults(one, main, digests)]
        found += [f"{one['metadata']['name']}: {fault}" for fault in said]
    return found


def end_faults(objects, workload):
    """SIGTERM comes after preStop, both within the pod's time."""
    if workload["kind"] != "Deployment":
        return []
    main = container(workload)
    first = main.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    needed = first + int(settings(objects, main)["SHUTDOWN_GRACE_SECONDS"]) + SPARE_SECONDS
    given = pod(workload)["terminationGracePeriodSeconds"]
    found = [] if given >= needed else [f"is killed after {given} s and needs {needed}"]
    if workload["metadata"]["name"] in ("checkout-api", "webhook-router") and first < 5:
        found.append("ends before its proxies have heard of it")
    return found


def token_faults(objects, workload):
    holders = [pod(workload)]
    # The move uses the migration's account, which is in the overlays.
    holders += [
        one for one in of_kind(objects, "ServiceAccount") if one["metadata"]["name"] == holders[0]["serviceAccountName"]
    ]
    return ["has a token of the cluster" for one in holders if one.get("automountServiceAccountToken") is not False]


def rollout_faults(workload):
    strategy = workload["spec"].get("strategy", {}).get("rollingUpdate", {"maxUnavailable": 0})
    return ["a rollout takes one away before there is another"] if strategy["maxUnavailable"] != 0 else []


def container_faults(workload, main, digests):
    asked, most = main["resources"]["requests"], main["resources"]["limits"]
    found = [
        f"asks for more {kind} than it may have" for kind in ("cpu", "memory") if size(asked[kind]) > size(most[kind])
    ]
    if digests and not re.search(r"@sha256:[0-9a-f]{64}$", main["image"]):
        found.append("its image is not named by digest")
    if workload["kind"] == "Deployment":
        found += [f"no {probe}" for probe in ("startupProbe", "readinessProbe", "livenessProbe") if probe not in main]
    return found


def test_pods_end_in_time_and_are_bounded(rendered):
    for path in [*OVERLAYS, *MOVES]:
        assert faults(rendered[path], digests=path != "overlays/local") == [], path


FAULTS = {
    "too short a time to end": ("base/webhook-router.yaml", "PeriodSeconds: 45", "PeriodSeconds: 30", "is killed after 30 s and needs 40"),
    "a longer drain": ("base/kustomization.yaml", "SECONDS=25", "SECONDS=60", "checkout-api: is killed after 45 s and needs 75"),
    "a gap in rollouts": ("base/checkout-api.yaml", "maxUnavailable: 0", "maxUnavailable: 1", "takes one away"),
    "a token": ("base/service-accounts.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "has a token"),
    "a tag": ("overlays/embedded/kustomization.yaml", "digest: sha256:" + "0" * 64, "newTag: latest", "not named by digest"),
    "no readiness": ("base/checkout-api.yaml", "readinessProbe:", "startupProbe:", "no readinessProbe"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pod_with_a_fault_is_found(broken, fault):
    file, old, new, said = FAULTS[fault]
    if fault == "no readiness":
        broken.replace(file, "startupProbe:", "unknownProbe:")
    broken.replace(file, old, new)
    found = faults(broken.render("overlays/embedded"))
    assert any(said in one for one in found), found


def test_one_port_a_program_everywhere(rendered):
    """The setting, the container's port, the Service's and the annotation for Prometheus are one number."""
    for path in OVERLAYS:
        objects = rendered[path]
        for name in PROGRAMS:
            one = named(objects, "Deployment", name)
            (port,) = container(one)["ports"]
            listen = settings(objects, container(one))[name.upper().replace("-", "_") + "_LISTEN"]
            notes = one["spec"]["template"]["metadata"]["annotations"]
            assert listen == f"0.0.0.0:{port['containerPort']}" == f"0.0.0.0:{notes['prometheus.io/port']}"
        services = of_kind(objects, "Service")
        # Nobody calls the worker.
        assert [one["metadata"]["name"] for one in services] == ["checkout-api", "webhook-router"]
        for service in services:
            behind = [
                one for one in workloads(objects) if service["spec"]["selector"].items() <= pod_labels(one).items()
            ]
            (port,) = service["spec"]["ports"]
            ports = [{"name": port["targetPort"], "containerPort": port["port"]}]
            assert [container(one)["ports"] for one in behind] == [ports]


def test_who_shares_the_file_shares_the_node(rendered):
    for path in ("overlays/embedded", "overlays/local", *MOVES):
        for one in workloads(rendered[path]):
            # With a level of its own each, where SELinux enforces, one could not open what another wrote.
            assert pod(one)["securityContext"]["seLinuxOptions"] == {"level": "s0:c65,c532"}
            (term,) = pod(one)["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
            assert term["topologyKey"] == "kubernetes.io/hostname"
            # Its own label is what the rule asks for: so the first of all has a place.
            assert term["labelSelector"]["matchLabels"].items() <= pod_labels(one).items()
            assert "topologySpreadConstraints" not in pod(one)
    replicas = {
        one["metadata"]["name"]: one["spec"].get("replicas")
        for one in of_kind(rendered["overlays/embedded"], "Deployment")
    }
    assert replicas == {"checkout-api": 1, "webhook-router": 1, "fulfillment-worker": 2}


def test_an_overlay_does_not_take_the_data_with_it(rendered):
    """`kubectl delete -k` deletes what it renders."""
    for path in APPLIED:
        claims = [one["metadata"]["name"] for one in of_kind(rendered[path], "PersistentVolumeClaim")]
        assert claims == (["checkout-data"] if path == "volume" else []), path
    for path in (*OVERLAYS, *MOVES):
        assert not of_kind(rendered[path], "Namespace", "Cluster", "PersistentVolume"), path


def test_the_readme_says_what_embedded_asks_of_its_node(rendered):
    """All that is there at once: one more of each in a rollout, and the Job."""
    asked = {"cpu": 0, "memory": 0}
    for one in workloads(rendered["overlays/embedded"]):
        most = one["spec"]["replicas"] + 1 if one["kind"] == "Deployment" else 1
        for kind in asked:
            asked[kind] += most * sum(size(main["resources"]["requests"][kind]) for main in containers(one))
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    (cores, memory) = re.search(r"asks its node for ([0-9.]+) cores and ([0-9.]+) GiB", text).groups()
    assert (float(cores), float(memory)) == (round(asked["cpu"], 1), round(asked["memory"] / 2**30, 1))


@pytest.mark.parametrize("path", OVERLAYS)
def test_a_pod_that_is_not_ready_holds_no_node_back(rendered, path):
    budgets = of_kind(rendered[path], "PodDisruptionBudget")
    assert [one["metadata"]["name"] for one in budgets] == sorted(PROGRAMS)
    assert {one["spec"]["unhealthyPodEvictionPolicy"] for one in budgets} == {"AlwaysAllow"}


def test_a_drained_node_of_embedded_is_let_go(rendered):
    """A pod that went waits for the node of what is left: a budget that keeps one back would wait for it forever."""
    for budget in of_kind(rendered["overlays/embedded"], "PodDisruptionBudget"):
        replicas = named(rendered["overlays/embedded"], "Deployment", budget["metadata"]["name"])["spec"]["replicas"]
        assert budget["spec"]["maxUnavailable"] == "100%" or budget["spec"]["maxUnavailable"] >= replicas


@pytest.mark.parametrize("path", ["overlays/scale-out", "overlays/scale-out/without-keda"])
def test_who_is_scaled_has_no_number_and_the_database_has_room_for_all(rendered, path):
    objects = rendered[path]
    scalers = of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
    assert sorted(one["spec"]["scaleTargetRef"]["name"] for one in scalers) == sorted(PROGRAMS)
    for name in PROGRAMS:
        assert "replicas" not in named(objects, "Deployment", name)["spec"], "applying again would undo the scaling"
    most = [one["spec"].get("maxReplicas", one["spec"].get("maxReplicaCount")) for one in scalers]
    connections = int(named_settings(objects)["DATABASE_CONNECTIONS"])
    cluster = named(rendered["postgres"], "Cluster", "checkout-database")
    room = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
    # One more of each in a rollout, one connection more of each for listening; some for others.
    assert (sum(most) + len(most)) * (connections + 1) <= room - 20


def named_settings(objects):
    (only,) = of_kind(objects, "ConfigMap")
    return only["data"]


IMAGE_FOLDERS = r"cd (?:deploy/k8s/)?(\S+) && kustomize edit set image"


def image_folders(path):
    return re.findall(IMAGE_FOLDERS, path.read_text(encoding="utf-8"))


def set_images(folder):
    """As `kustomize edit set image` does: in the folder's own file, whatever is above or below it."""
    file = folder / "kustomization.yaml"
    text = yaml.safe_load(file.read_text(encoding="utf-8"))
    others = [one for one in text.get("images", []) if one["name"] not in PROGRAMS]
    ours = [{"name": name, "newName": f"registry.test/{name}", "digest": "sha256:" + "1" * 64} for name in PROGRAMS]
    file.write_text(yaml.safe_dump({**text, "images": others + ours}), encoding="utf-8")


def test_images_that_are_set_as_the_readme_says_reach_every_pod(broken):
    folders = image_folders(FOLDER / "README.md")
    assert set(image_folders(ROOT / "docs" / "images.md")) <= set(folders)
    for folder in folders:
        set_images(broken.folder / folder)
    for path in [*OVERLAYS, *MOVES]:
        images = [main["image"] for one in workloads(broken.render(path)) for main in containers(one)]
        expected = "localhost/" if path == "overlays/local" else "registry.test/"
        assert [one for one in images if not one.startswith(expected)] == [], path


def test_images_that_are_set_where_others_have_named_them_are_found(broken):
    set_images(broken.folder / "overlays" / "scale-out")
    assert "0" * 64 in str(broken.render("overlays/scale-out")), "that folder would do as well"


def test_secrets_are_the_ones_of_the_example(rendered):
    example = yaml.safe_load_all((FOLDER / "base" / "secrets.example").read_text(encoding="utf-8"))
    shown = {(one["metadata"]["name"], key) for one in example for key in one["stringData"]}
    used = set()
    for path in [*OVERLAYS, *MOVES]:
        for entry in (
            entry for one in workloads(rendered[path]) for main in containers(one) for entry in main.get("env", [])
        ):
            reference = entry.get("valueFrom", {}).get("secretKeyRef")
            if reference:
                used.add((reference["name"], reference["key"]))
    assert used == shown
    for path in [*OVERLAYS, *MOVES, "volume", "postgres"]:
        assert not of_kind(rendered[path], "Secret"), path


def test_the_namespace_takes_restricted_pods_only(rendered):
    (namespace,) = rendered["policies/namespace"]
    labels = namespace["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}
    for path in [*OVERLAYS, *MOVES, "volume", "postgres"]:
        assert {one["metadata"]["namespace"] for one in rendered[path]} == {namespace["metadata"]["name"]}, path


def test_base_alone_has_no_database():
    assert "DATABASE_URL" not in named_settings(render("base"))
