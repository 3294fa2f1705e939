"""Where the programs listen, and whether they can."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path

from .failure import Failure

DEFAULTS = {
    "CHECKOUT_API_LISTEN": "127.0.0.1:8080",
    "WEBHOOK_ROUTER_LISTEN": "127.0.0.1:8081",
    "FULFILLMENT_WORKER_LISTEN": "127.0.0.1:8082",
    "STRIPE_SANDBOX_LISTEN": "127.0.0.1:12111",
}


class Addresses:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.listen = {name: environment.get(name) or preset for name, preset in DEFAULTS.items()}
        for name, address in self.listen.items():
            if not re.fullmatch(r".+:\d{1,5}", address):
                raise Failure(f'{name}: "{address}" is not HOST:PORT; set it to something like {DEFAULTS[name]}.')

    @property
    def sandbox(self) -> str:
        return self.listen["STRIPE_SANDBOX_LISTEN"]

    @property
    def sandbox_url(self) -> str:
        return f"http://{self.sandbox}"

    @property
    def api_url(self) -> str:
        return f"http://{self.listen['CHECKOUT_API_LISTEN']}"

    @property
    def router_url(self) -> str:
        return f"http://{self.listen['WEBHOOK_ROUTER_LISTEN']}"

    @property
    def services(self) -> list[tuple[str, str]]:
        return [
            ("checkout-api", self.api_url),
            ("webhook-router", self.router_url),
            ("fulfillment-worker", f"http://{self.listen['FULFILLMENT_WORKER_LISTEN']}"),
        ]

    def check_free(self) -> None:
        for name, address in self.listen.items():
            host, _, port = address.rpartition(":")
            host = host.strip("[]")
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
                # As servers bind: what lingers of connections that have ended does not count.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, int(port)))
                except (OSError, OverflowError) as error:
                    raise Failure(
                        f"{address} cannot be listened on ({error}{holder(int(port))}): stop what uses it, "
                        f"or choose another: make run {name}={host}:{int(port) % 50000 + 1000}"
                    ) from None


def holder(port: int) -> str:
    """`, by PROGRAM 123`: who listens on the port, where /proc lets us see that."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    for handle in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        with contextlib.suppress(OSError):
            if os.readlink(handle) in inodes:
                process = handle.parents[1]
                return f", by {(process / 'comm').read_text().strip()} {process.name}"
    return ""
