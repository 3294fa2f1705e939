"""What a process of ours uses, read from /proc."""

import contextlib
import os
import re
import time
from pathlib import Path


def cpu_shares(programs, seconds):
    """The share of a core that each of them uses meanwhile, in percent."""
    before = [run_nanoseconds(program) for program in programs]
    time.sleep(seconds)
    return [(run_nanoseconds(one) - earlier) / 1e9 / seconds * 100 for one, earlier in zip(programs, before)]


def run_nanoseconds(program):
    """User and system time of all its threads: an idle one uses less than the hundredths that `stat` counts in."""
    # The clock that clock_getcpuclockid(3) names; Python has no call for that of another process.
    return time.clock_gettime_ns((~program.process.pid << 3) | 2)


def cpu_seconds(program):
    fields = Path(f"/proc/{program.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family_cpu_seconds(program):
    """Of a program, its children, and the children that have ended: a PostgreSQL server with all its processes."""
    pid = program.process.pid
    own = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = sum(int(field) for field in own[11:15])
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        # One that ends meanwhile is counted by its parent from now on.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mebibytes(program, peak=False):
    """Now, or the most it ever was."""
    text = Path(f"/proc/{program.process.pid}/status").read_text()
    name = "VmHWM" if peak else "VmRSS"
    return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)[1]) / 1024
