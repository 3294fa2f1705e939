"""The whole product on one machine: sandbox, three services, a database of its own."""

import base64
import json
import os
import subprocess
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from harness.program import BINARIES, Program, free_port
from harness.storefront import Storefront
from harness.tenant import Tenant

POSTGRES = os.environ.get("CHECKOUT_TEST_POSTGRES_URL")


class Stack:
    """One of each service, or more workers; `worker_settings` are theirs alone. `postgres` is the server to make a
    database on, `data` the folder of SQLite's file."""

    def __init__(self, engine, folder, workers=1, worker_settings=None, postgres=POSTGRES, data=None, **settings):
        self.engine = engine
        self.folder = Path(folder)
        self.data = Path(data or folder)
        self.postgres = postgres
        self.storefronts = []
        ports = {name: free_port() for name in ("sandbox", "api", "router", "worker")}
        self.environment = {
            "DATABASE_URL": self._database(),
            "STRIPE_API_BASE": f"http://127.0.0.1:{ports['sandbox']}",
            "CHECKOUT_MASTER_KEYS": "test:" + base64.b64encode(os.urandom(32)).decode(),
            "CHECKOUT_API_LISTEN": f"127.0.0.1:{ports['api']}",
            "WEBHOOK_ROUTER_LISTEN": f"127.0.0.1:{ports['router']}",
            "FULFILLMENT_WORKER_LISTEN": f"127.0.0.1:{ports['worker']}",
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{ports['api']}",
            "WEBHOOK_BASE_URL": f"http://127.0.0.1:{ports['router']}",
            "ALLOW_PRIVATE_DESTINATIONS": "true",
            "DELIVERY_RETRY_SCHEDULE": ",".join(["1"] * 20),
            "WORKER_LEASE_SECONDS": "3",
            **settings,
        }
        state = ["--listen", f"127.0.0.1:{ports['sandbox']}", "--state", str(self.folder / "sandbox.db")]
        self.sandbox = Program("stripe-sandbox", {}, folder, ports["sandbox"], state)
        self.api = Program("checkout-api", self.environment, folder, ports["api"])
        self.router = Program("webhook-router", self.environment, folder, ports["router"])
        ports = [ports["worker"], *(free_port() for _ in range(workers - 1))]
        self.workers = [self._worker(port, worker_settings or {}) for port in ports]
        self.worker = self.workers[0]

    def _worker(self, port, settings):
        listen = {"FULFILLMENT_WORKER_LISTEN": f"127.0.0.1:{port}"}
        return Program("fulfillment-worker", {**self.environment, **listen, **settings}, self.folder, port)

    def _database(self):
        if self.engine == "sqlite":
            return f"sqlite:{self.data / 'checkout.db'}"
        self.database_name = "e2e_" + uuid.uuid4().hex
        self._psql(f"CREATE DATABASE {self.database_name}")
        return self.postgres.replace("/postgres?", f"/{self.database_name}?")

    def _psql(self, sql):
        subprocess.run(["psql", "-qX", self.postgres, "-c", sql], check=True, capture_output=True, timeout=60)

    @property
    def programs(self):
        return [*self.workers, self.router, self.api, self.sandbox]

    def start(self):
        self.sandbox.start(wait=False)
        self.sandbox.wait_ready("/healthz")
        self.ctl("migrate")
        services = (self.api, self.router, *self.workers)
        for service in services:
            service.start(wait=False)
        for service in services:
            service.wait_ready()
        return self

    def ctl(self, *arguments, status=0):
        """checkoutctl; with --json among the arguments its output, read."""
        done = subprocess.run(
            [str(BINARIES / "checkoutctl"), *arguments],
            env={"PATH": os.environ["PATH"], **self.environment},
            capture_output=True,
            text=True,
            timeout=60,
            cwd=self.folder,
        )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout) if "--json" in arguments else done.stdout + done.stderr

    def tenant(self, name="Shop", storefront=True, stripe_key=None, arguments=()):
        tail = uuid.uuid4().hex[:16]
        stripe_key = stripe_key or f"sk_test_{tail}"
        shop = None
        if storefront:
            shop = Storefront()
            self.storefronts.append(shop)
            arguments = [*arguments, "--fulfillment-url", shop.url]
        created = self.ctl(
            "tenant", "create", "--name", name, "--stripe-secret-key", stripe_key,
            "--stripe-publishable-key", f"pk_test_{tail}", "--register-webhook", "--json", *arguments,
        )  # fmt: skip
        if shop:
            shop.secret = created["fulfillment_secret"]
        return Tenant(self, created, stripe_key, shop)

    def fault(self, **fault):
        answer = requests.post(self.sandbox.url + "/_sandbox/faults", json=fault, timeout=10)
        assert answer.status_code < 300, answer.text

    def clear_faults(self):
        requests.delete(self.sandbox.url + "/_sandbox/faults", timeout=10)

    def close(self):
        for shop in self.storefronts:
            shop.close()
        with ThreadPoolExecutor() as pool:
            list(pool.map(Program.stop, self.programs))
        if self.engine == "postgres":
            self._psql(f"DROP DATABASE {self.database_name} WITH (FORCE)")


def temporary_folder():
    """A short path: it holds a database's files and the programs' logs."""
    return tempfile.TemporaryDirectory(prefix="checkout-")
