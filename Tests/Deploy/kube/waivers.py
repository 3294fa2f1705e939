"""The checks of checkov that fail and may: by check and object, each with a reason."""

from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple


class Waiver(NamedTuple):
    check: str
    # As checkov names them, with the folder in front: overlays/local Deployment.checkout.webhook-router
    object: str
    reason: str

    def covers(self, check, name):
        return self.check == check and fnmatch(name, self.object)


def read(path):
    waivers = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            parts = [part.strip() for part in line.split("|")]
            if len(parts) != 3 or not all(parts):
                raise ValueError(f"waivers.txt: a check, its objects and a reason: {line}")
            waivers.append(Waiver(*parts))
    return waivers


def unwaived(failures, waivers):
    return [one for one in failures if not any(waiver.covers(*one) for waiver in waivers)]


def unused(failures, waivers):
    return [waiver for waiver in waivers if not any(waiver.covers(*one) for one in failures)]
