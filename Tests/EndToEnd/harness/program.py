"""One of our programs as a process of its own."""

import contextlib
import os
import random
import re
import signal
import socket
import subprocess
from pathlib import Path

import requests

from harness.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]
BINARIES = Path(os.environ.get("CHECKOUT_BIN", ROOT / ".build" / "debug")).resolve()


# Below the ports that the system gives to outgoing connections: one of those may be taken between the look and the use.
PORTS = range(12_000, 32_000)
given_out = set()


def free_port():
    """A port that nothing listens on now and that no other worker of this run will be given."""
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "0")) or 0)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        port = random.choice(PORTS) // workers * workers + worker
        if port in given_out:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                given_out.add(port)
                return port


class Program:
    """Starts, watches, drains and kills one program; its output goes to a file."""

    def __init__(self, name, environment, log_folder, port, arguments=()):
        self.name = name
        self.environment = environment
        self.arguments = list(arguments)
        self.log = Path(log_folder) / f"{name}-{port}.log"
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.process = None

    def start(self, wait=True):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(BINARIES / self.name), *self.arguments],
                env={"PATH": os.environ["PATH"], **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.log.parent,
            )
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, path="/readyz"):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}: {self.output()[-2000:]}")
            try:
                return requests.get(self.url + path, timeout=5).status_code == 200
            except requests.RequestException:
                return False

        wait_until(ready, f"{self.name} is ready", 30)

    def output(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def kill(self):
        """As a crash would: SIGKILL, no chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def terminate(self, seconds=30):
        """SIGTERM, and the exit code after the drain."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def stop(self):
        """Ends it, if it runs: kindly, and after a while not."""
        if self.process is None or self.process.poll() is not None:
            return
        try:
            self.terminate(15)
        except subprocess.TimeoutExpired:
            self.kill()
