"""A program in its image's root file system, as a cluster would run it and with no engine: namespaces and a chroot."""

import os
import signal
import subprocess
from pathlib import Path

from harness.program import Program
from harness.waiting import wait_until

ENTER = Path(__file__).resolve().parents[1] / "enter"


class Container(Program):
    """The image's own program or, by `command`, another one; its files are on the volume `data`."""

    def __init__(self, image, data, environment, log_folder, port, command=None):
        super().__init__(image.name, {**image.environment, **environment}, log_folder, port)
        self.image = image
        self.data = data
        self.command = command or image.config["Entrypoint"]

    def run(self, *arguments):
        """To its end."""
        return subprocess.run(
            self._command(arguments), env=self._environment(), capture_output=True, text=True, timeout=60
        )

    def start(self, wait=True):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command(()), env=self._environment(), stdout=log, stderr=subprocess.STDOUT
            )
        if wait:
            self.wait_ready()
        return self

    @property
    def pid(self):
        """Of the first process inside, as it is known outside."""
        outer = self.process.pid
        children = Path(f"/proc/{outer}/task/{outer}/children")
        return int(wait_until(children.read_text, "a process in the container").split()[0])

    def inside(self, file):
        """What /proc tells of the process."""
        return Path(f"/proc/{self.pid}/{file}").read_text()

    def send(self, number):
        os.kill(self.pid, number)

    def terminate(self, seconds=30):
        self.send(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self):
        self.send(signal.SIGKILL)
        self.process.wait(10)

    def _command(self, arguments):
        namespaces = ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]
        return [*namespaces, str(ENTER), str(self.image.root), str(self.data), *self.command, *arguments]

    def _environment(self):
        user, group = self.image.config["User"].split(":")
        # The tools that set it up are the host's; what is inside is named by whole paths.
        return {**self.environment, "PATH": os.environ["PATH"], "CHECKOUT_UID": user, "CHECKOUT_GID": group}
