"""Two demo shops in the database, made once."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from .failure import Failure
from .settings import bare_environment

# The account at the sandbox is what follows the key's prefix.
SHOPS = [
    {
        "name": "Atelier Lumen",
        "account": "demoatelierlumen",
        "currency": "eur",
        "items": [
            ("lamp-arc", "Arc floor lamp", 24900, "Brushed brass, dimmable, two metres of linen cable."),
            ("lamp-dune", "Dune table lamp", 8900, "Hand-thrown stoneware with a paper shade."),
            ("bulb-warm", "Warm filament bulb", 1250, "E27, 4 W, 2200 K, and lasts for ten years."),
            ("candle-fig", "Fig leaf candle", 2800, "Rapeseed wax, burns for forty hours."),
        ],
    },
    {
        "name": "雲 Kumo Tea",
        "account": "demokumoteahouse",
        "currency": "jpy",
        "items": [
            ("sencha", "Spring sencha", 1800, "First flush from Uji, 80 g."),
            ("genmaicha", "Genmaicha", 1200, "Green tea with roasted rice, 100 g."),
            ("kyusu", "Kyusu teapot", 6400, "Tokoname clay, 280 ml, with a fine strainer."),
            ("tin", "Cherry bark tin", 3900, "Keeps leaves fresh, and fits 100 g."),
        ],
    },
]


class Shops:
    def __init__(self, control: Path, settings: Path, kept: Path) -> None:
        self.program = control
        self.settings = settings
        self.kept = kept
        self.made: list[dict] = []

    def control(self, *arguments: str, key: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs checkoutctl; `key` goes by standard input, where the list of processes does not show it."""
        done = subprocess.run(
            [str(self.program), *arguments, "--env-file", str(self.settings)],
            env=bare_environment(), input=key or "", capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if done.returncode != 0:
            said = "\n".join(done.stderr.strip().splitlines()[:10])
            raise Failure(
                f"checkoutctl {' '.join(arguments[:2])} failed ({done.returncode}): {said}\n"
                f"'rm -r {self.kept.parent}' starts afresh."
            )
        return done

    def prepare(self) -> None:
        """Makes the shops that are not there yet, and points the sandbox's webhooks at this run's router."""
        kept = {shop["account"]: shop for shop in self.read()}
        there = self.tenants()
        for shop in SHOPS:
            known = kept.get(shop["account"])
            if known and known["tenant_id"] in there:
                self.control("tenant", "update", known["tenant_id"], "--register-webhook")
            else:
                known = self.make(shop)
            self.made.append(known)
            kept[shop["account"]] = known
            # After each shop: its keys are shown once, so an interrupted run must not forget them.
            self.write(list(kept.values()))

    def make(self, shop: dict) -> dict:
        print(f"Making the demo shop {shop['name']}.", flush=True)
        created = json.loads(
            self.control(
                "tenant", "create", "--json", "--name", shop["name"], "--register-webhook",
                "--stripe-secret-key", "-", "--stripe-publishable-key", f"pk_test_{shop['account']}",
                key=f"sk_test_{shop['account']}\n",
            ).stdout
        )  # fmt: skip
        for sku, name, amount, description in shop["items"]:
            self.control(
                "catalog", "add", created["tenant_id"], "--sku", sku, "--name", name, "--unit-amount", str(amount),
                "--currency", shop["currency"], "--description", description,
            )  # fmt: skip
        return {"name": shop["name"], "account": shop["account"], **created}

    def tenants(self) -> set[str]:
        listed = json.loads(self.control("tenant", "list", "--json", "--limit", "1000").stdout)
        return {tenant["id"] for tenant in listed["data"]}

    def read(self) -> list[dict]:
        if not self.kept.exists():
            return []
        try:
            return json.loads(self.kept.read_text(encoding="utf-8"))
        except ValueError:
            raise Failure(f"{self.kept} is damaged: 'rm {self.kept}' has the demo shops made anew.") from None

    def write(self, shops: list[dict]) -> None:
        new = self.kept.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(shops, file, indent=2, ensure_ascii=False)
        new.replace(self.kept)
