"""data/dev.env: what the programs run with here."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

from .addresses import Addresses

HEAD = """\
# What `make run` starts the programs with, for use with --env-file. Written anew by each run, but for the master key:
# without it, the secrets in the database cannot be opened any more.
"""


def write_settings(data: Path, addresses: Addresses) -> Path:
    """Writes the file, readable by its owner alone, and returns its path."""
    data.mkdir(exist_ok=True)
    path = data / "dev.env"
    values = {
        "CHECKOUT_MASTER_KEYS": kept_key(path) or "dev:" + base64.b64encode(os.urandom(32)).decode(),
        "DATABASE_URL": f"sqlite:{data / 'checkout.db'}",
        "STRIPE_API_BASE": addresses.sandbox_url,
        "PUBLIC_BASE_URL": addresses.api_url,
        "WEBHOOK_BASE_URL": addresses.router_url,
        "ALLOW_PRIVATE_DESTINATIONS": "true",
        "LOG_FORMAT": "text",
    }
    values.update({name: value for name, value in addresses.listen.items() if name != "STRIPE_SANDBOX_LISTEN"})
    lines = HEAD + "".join(f"{name}={value}\n" for name, value in values.items())
    # Into place in one step: a run that is interrupted here must not lose the key.
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(lines)
    new.replace(path)
    return path


def kept_key(path: Path) -> str | None:
    if not path.exists():
        return None
    found = re.search(r"^CHECKOUT_MASTER_KEYS=(\S+)$", path.read_text(), re.MULTILINE)
    return found.group(1) if found else None


def bare_environment() -> dict[str, str]:
    """What programs get of ours: a DATABASE_URL that happens to be set must not lead them to another database."""
    names = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in names if name in os.environ}
