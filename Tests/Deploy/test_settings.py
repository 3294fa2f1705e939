"""Each name in a pod's environment is a setting that a program has."""

import os
import re

from kube.help import known_settings, settings_of
from kube.manifests import FOLDER, MOVES, OVERLAYS, PROGRAMS, ROOT, containers, of_kind, pod, settings, workloads

# Read by libpq, not by us: what CloudNativePG's URL leaves out.
LIBPQ = {"PGSSLMODE", "PGSSLROOTCERT"}


def faults(objects):
    found = []
    for one in of_kind(objects, "ConfigMap"):
        found += [f"{name}: no program has such a setting" for name in one["data"] if name not in known_settings()]
    for main in (main for one in workloads(objects) for main in containers(one)):
        is_program = main["name"] in (*PROGRAMS, "stripe-sandbox")
        program = [main["name"]] if is_program else ["checkoutctl", *main["command"][1:]]
        known = settings_of(*program) | LIBPQ
        found += [
            f"{' '.join(program)} has no setting {one['name']}"
            for one in main.get("env", [])
            if one["name"] not in known
        ]
    return found


def test_every_name_is_a_setting(rendered):
    for path, objects in rendered.items():
        assert faults(objects) == [], path


def test_a_misspelt_setting_is_found(broken):
    broken.replace("base/kustomization.yaml", "EMAIL_FROM", "EMAIL_SENDER")
    broken.replace("base/fulfillment-worker.yaml", "name: SMTP_URL", "name: SMTP_URI")
    found = faults(broken.render("overlays/embedded"))
    assert len(found) == 2, found
    assert all("EMAIL_SENDER" in one or "SMTP_URI" in one for one in found)


def test_a_setting_of_another_program_is_found(broken):
    broken.replace("base/webhook-router.yaml", "name: CHECKOUT_MASTER_KEYS", "name: SMTP_URL")
    assert faults(broken.render("base")) == ["webhook-router has no setting SMTP_URL"]


def test_all_agree_on_the_database(rendered):
    """Whoever looks for it in another place finds an empty one and is content."""
    for path in OVERLAYS:
        found = set()
        for main in (main for one in workloads(rendered[path]) for main in containers(one)):
            if main["name"] != "stripe-sandbox":
                env = {entry["name"]: entry for entry in main.get("env", [])}
                found.add(settings(rendered[path], main).get("DATABASE_URL") or str(env.get("DATABASE_URL")))
        assert len(found) == 1, (path, found)
        assert "None" not in found, path


def test_the_move_is_told_where_to(broken):
    broken.replace("move/job.yaml", "TARGET_DATABASE_URL", "TARGET_URL")
    assert faults(broken.render("move")) == ["checkoutctl db copy has no setting TARGET_URL"]


def test_the_move_goes_from_the_one_overlay_to_the_other_and_back(rendered):
    def place(objects, name, setting):
        (found,) = [
            {key: entry[key] for key in ("value", "valueFrom") if key in entry}
            for main in (main for one in workloads(objects) for main in containers(one) if main["name"] == name)
            for entry in main["env"]
            if entry["name"] == setting
        ]
        return found

    (settings_of_file,) = of_kind(rendered["overlays/embedded"], "ConfigMap")
    file = {"value": settings_of_file["data"]["DATABASE_URL"]}
    postgres = place(rendered["overlays/scale-out"], "checkout-api", "DATABASE_URL")
    for path, ends in (("move", (file, postgres)), ("move-back", (postgres, file))):
        assert (
            place(rendered[path], "move", "DATABASE_URL"),
            place(rendered[path], "move", "TARGET_DATABASE_URL"),
        ) == ends


def test_what_the_file_needs_is_mounted(rendered):
    for path in ("overlays/embedded", "overlays/local", *MOVES):
        for one in workloads(rendered[path]):
            assert {"name": "data", "persistentVolumeClaim": {"claimName": "checkout-data"}} in pod(one)["volumes"]
            for main in containers(one):
                assert {"name": "data", "mountPath": "/data"} in main["volumeMounts"], (path, main["name"])


def test_whoever_goes_to_postgres_verifies_it(rendered):
    """CloudNativePG's URL asks for nothing; where its authority is not, there is no connection."""
    for path in ("overlays/scale-out", "overlays/scale-out/without-keda", *MOVES):
        for main in (main for one in workloads(rendered[path]) for main in containers(one)):
            env = {entry["name"]: entry.get("value") for entry in main["env"]}
            assert env["PGSSLMODE"] == "verify-full", (path, main["name"])
            folder, name = os.path.split(env["PGSSLROOTCERT"])
            (mount,) = [one for one in main["volumeMounts"] if one["mountPath"] == folder]
            (items,) = [
                volume["secret"]["items"]
                for one in workloads(rendered[path])
                if main in containers(one)
                for volume in pod(one)["volumes"]
                if volume["name"] == mount["name"]
            ]
            assert [item["path"] for item in items] == [name]


def test_the_example_names_authorities_that_the_image_has():
    example = (FOLDER / "base" / "secrets.example").read_text(encoding="utf-8")
    (path,) = re.findall(r"sslrootcert=([^&\"]+)", example)
    # libpq knows the word `system` from version 16 on; Debian's is older.
    assert path.startswith("/")
    minimal_root = (ROOT / "deploy" / "minimal-root").read_text(encoding="utf-8")
    assert f'cp {path} "$root{os.path.dirname(path)}/"' in minimal_root
