"""Where a run took place, and with which versions."""

import os
import platform
import re
import subprocess
import tempfile
import time
from pathlib import Path

from measure.paths import CONTENDERS_PYTHON

# Kept in memory: a sync there costs nothing, so figures of a database there say nothing.
MEMORY = {"tmpfs", "ramfs"}


def folder(wanted):
    """Where the databases of all contenders go: on a disk."""
    place = Path(wanted or tempfile.gettempdir()).resolve()
    kind = file_system(place)
    if kind in MEMORY:
        raise SystemExit(f"{place} is in memory ({kind}): name a folder on a disk, --folder PATH")
    # PostgreSQL's socket lies there, too, and its path is short.
    if not re.fullmatch(r"[\w/.-]{1,60}", str(place), re.ASCII):
        raise SystemExit(f"{place} is too long for PostgreSQL's socket: name another folder, --folder PATH")
    return place


def file_system(place):
    """The kind of the mount that `place` is on; empty where the system does not tell."""
    found = ("", "")
    with Path("/proc/mounts").open() as mounts:
        for line in mounts:
            _, mount, kind, *_ = line.split()
            if (place == Path(mount) or Path(mount) in place.parents) and len(mount) >= len(found[0]):
                found = (mount, kind)
    return found[1]


def syncs_a_second():
    """What the disk under the databases can do, for scale."""
    with tempfile.NamedTemporaryFile() as file:
        count, end = 0, time.monotonic() + 1
        while time.monotonic() < end:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            count += 1
    return count


def described():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return f"{platform.machine()}, {os.cpu_count()} cores{f' ({model})' if model else ''}, Linux {platform.release()}"


def versions():
    """Of what is measured against; empty where it is not installed."""
    found = [first_line(["psql", "--version"]), first_line(["swift", "--version"])]
    if CONTENDERS_PYTHON.exists():
        code = (
            "import sqlite3, importlib.metadata as m;"
            "print('SQLite ' + sqlite3.sqlite_version, *(n + ' ' + m.version(n) for n in"
            " ('huey', 'pgqueuer', 'procrastinate', 'psycopg', 'asyncpg')), sep=', ')"
        )
        found.append(f"Python {platform.python_version()}")
        found.append(first_line([str(CONTENDERS_PYTHON), "-c", code]))
    return ", ".join(one for one in found if one)


def first_line(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.splitlines()[0] if done.returncode == 0 and done.stdout else ""
