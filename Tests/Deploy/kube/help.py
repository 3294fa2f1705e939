"""The settings that the programs know, from the programs: what each says on --help."""

import functools
import re
import subprocess

from harness.program import BINARIES


@functools.cache
def settings_of(program, *command):
    text = subprocess.run(
        [str(BINARIES / program), *command, "--help"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    found = set(re.findall(r"\(([A-Z][A-Z_]+)(?:; (?:no )?default|\))", re.sub(r"\s+", " ", text)))
    assert found, f"{program} --help names no setting any more as this check reads it"
    return found


def known_settings():
    programs = (["checkout-api"], ["webhook-router"], ["fulfillment-worker"], ["checkoutctl", "migrate"])
    return set().union(*(settings_of(*program) for program in programs))
