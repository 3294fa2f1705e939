"""What a process of ours uses, read from /proc."""

import os
import re
import time
from pathlib import Path


def cpu_shares(programs, seconds):
    """The share of a core that each of them uses meanwhile, in percent."""
    before = [cpu_seconds(program) for program in programs]
    time.sleep(seconds)
    return [(cpu_seconds(one) - earlier) / seconds * 100 for one, earlier in zip(programs, before)]


def cpu_seconds(program):
    fields = Path(f"/proc/{program.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mebibytes(program):
    text = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", text, re.MULTILINE)[1]) / 1024
