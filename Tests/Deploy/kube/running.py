"""The programs, started as a manifest says: its command, its environment, on ports and in a folder of this machine."""

import base64
import os
import subprocess

from harness.program import BINARIES, Program, free_port

from kube.manifests import container, containers, named, of_kind, settings

# What a Secret would hold, and no manifest does.
SECRETS = {"CHECKOUT_MASTER_KEYS": "test:" + base64.b64encode(os.urandom(32)).decode()}


def environment(objects, main, folder, secrets):
    """As the container would have it: its folder /data is `folder`, and what is secret comes from `secrets`."""
    found = {}
    for name, value in settings(objects, main).items():
        value = secrets.get(name) if value is None else value
        if value is not None:
            found[name] = value.replace("/data/", f"{folder}/")
    return found


def command(main):
    program, *arguments = main["command"]
    assert os.path.dirname(program) == "/usr/local/bin"
    return [str(BINARIES / os.path.basename(program)), *arguments]


def run_job(objects, name, folder, secrets=None):
    main = container(named(objects, "Job", name))
    env = environment(objects, main, folder, {**SECRETS, **(secrets or {})})
    return subprocess.run(command(main), env=env, cwd=folder, capture_output=True, text=True, timeout=60)


class Started:
    """The containers of an overlay's Deployments, each as one process, on free ports in place of their own."""

    def __init__(self, objects, folder, secrets=None):
        self.objects = objects
        self.containers = {}
        for workload in of_kind(objects, "Deployment"):
            if workload["spec"].get("replicas") != 0:
                self.containers.update((main["name"], main) for main in containers(workload))
        ports = {main["ports"][0]["containerPort"]: free_port() for main in self.containers.values()}
        self.programs = {}
        for name, main in self.containers.items():
            env = environment(objects, main, folder, {**SECRETS, **(secrets or {})})
            port = main["ports"][0]["containerPort"]
            listen = "LISTEN" if "LISTEN" in env else name.upper().replace("-", "_") + "_LISTEN"
            assert env[listen] == f"0.0.0.0:{port}", f"{name} listens where no probe asks"
            env[listen] = f"127.0.0.1:{ports[port]}"
            # Whom it calls is on another port as well.
            for setting, value in env.items():
                for old, new in ports.items():
                    if value == f"http://127.0.0.1:{old}":
                        env[setting] = f"http://127.0.0.1:{new}"
            self.programs[name] = Program(name, env, folder, ports[port])

    def probe(self, name, probe):
        """Where the kubelet asks."""
        asked = self.containers[name][probe]["httpGet"]
        assert asked["port"] == self.containers[name]["ports"][0]["name"]
        return self.programs[name].url + asked["path"]

    def ctl(self, *arguments):
        """checkoutctl, as `kubectl exec` into the API's container runs it."""
        api = self.programs["checkout-api"]
        return subprocess.run(
            [str(BINARIES / "checkoutctl"), *arguments],
            env=api.environment, cwd=api.log.parent, capture_output=True, text=True, timeout=60, check=True,
        ).stdout  # fmt: skip

    def __enter__(self):
        for program in self.programs.values():
            program.start(wait=False)
        return self

    def __exit__(self, *_):
        for program in self.programs.values():
            program.stop()
