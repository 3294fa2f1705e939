"""Disks that are full."""

import contextlib
import os
import resource
import subprocess
import tempfile
from pathlib import Path

import pytest


class SmallDisk:
    """A file system of a few megabytes in memory."""

    def __init__(self, folder):
        self.folder = folder
        self.filler = folder / "filler"

    def fill(self):
        with self.filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)) == 4096:
                pass

    def free(self):
        self.filler.unlink()


@contextlib.contextmanager
def small_disk(megabytes):
    """Mounts one. Where that is not allowed the test is skipped, and says so in the summary of the run."""
    with tempfile.TemporaryDirectory(prefix="checkout-disk-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            pytest.skip("no full disk was tried: only root, and not in every container, can mount a small file system")
        try:
            yield SmallDisk(Path(folder))
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


class Quota:
    """What one program may write of a file: 256 KB, much less than SQLite's log takes.

    Its writes fail, and nothing more: the signal that comes with that is blocked in the threads that write."""

    def __init__(self, program):
        self.program = program

    def fill(self):
        self._limit(256 * 1024)

    def free(self):
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size):
        resource.prlimit(self.program.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
