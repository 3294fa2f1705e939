"""Where a debug build lets crash tests kill it, a release has nothing: the one source file is compiled both ways."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "Shared" / "Database" / "FaultPoint.swift"
# Without a caller nothing of it would be left in either.
CALLER = "func run() { FaultPoint.beforeStatement() }\n"
# The setting and what is done about it.
TRACES = [b"CHECKOUT_KILL_AT_STATEMENT", b"kill", b"getpid"]


@pytest.mark.parametrize(
    ("flags", "found"), [(["-Onone", "-D", "DEBUG"], TRACES), (["-O"], [])], ids=["debug", "release"]
)
def test_a_fault_point_is_in_debug_builds_only(tmp_path, flags, found):
    caller = tmp_path / "Caller.swift"
    caller.write_text(CALLER)
    made = tmp_path / "made.o"
    mode = [*flags, "-swift-version", "6", "-parse-as-library", "-wmo", "-module-name", "Fault"]
    subprocess.run(["swiftc", *mode, "-emit-object", "-o", made, SOURCE, caller], check=True, timeout=120)
    code = made.read_bytes()
    assert [trace for trace in TRACES if trace in code] == found
