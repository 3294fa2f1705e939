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

from harness import recorded
from harness.program import BINARIES, Program, free_port
from harness.storefront import Storefront
from harness.tenant import Tenant
from harness.waiting import wait_until

POSTGRES = os.environ.get("CHECKOUT_TEST_POSTGRES_URL")


class Stack:
    """One of each service, or more; `worker_settings` are the workers' alone, `sandbox_settings` the sandbox's.
    `postgres` is the server to make a database on, `data` the folder of SQLite's file."""

    def __init__(
        self, engine, folder, workers=1, routers=1, apis=1, worker_settings=None, sandbox_settings=None,
        postgres=POSTGRES, data=None, **settings,
    ):  # fmt: skip
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
        self.record = Path(recorded.FOLDER or folder) / f"{uuid.uuid4().hex}.jsonl"
        sandbox = {"RECORD": str(self.record), **(sandbox_settings or {})}
        state = ["--listen", f"127.0.0.1:{ports['sandbox']}", "--state", str(self.folder / "sandbox.db")]
        self.sandbox = Program("stripe-sandbox", sandbox, folder, ports["sandbox"], state)
        self.api = Program("checkout-api", self.environment, folder, ports["api"])
        self.router = Program("webhook-router", self.environment, folder, ports["router"])
        self.worker_settings = worker_settings or {}
        self.worker = self.new_worker(ports["worker"])
        self.apis = [self.api, *(self.new_api() for _ in range(apis - 1))]
        self.routers = [self.router, *(self.new_router() for _ in range(routers - 1))]
        self.workers = [self.worker, *(self.new_worker() for _ in range(workers - 1))]

    def new_api(self):
        """One more of them, not started; whoever keeps it puts it into its list."""
        return self._program("checkout-api", "CHECKOUT_API_LISTEN")

    def new_router(self):
        return self._program("webhook-router", "WEBHOOK_ROUTER_LISTEN")

    def new_worker(self, port=None):
        return self._program("fulfillment-worker", "FULFILLMENT_WORKER_LISTEN", port, self.worker_settings)

    def _program(self, name, listen, port=None, settings=None):
        port = port or free_port()
        own = {listen: f"127.0.0.1:{port}", **(settings or {})}
        return Program(name, {**self.environment, **own}, self.folder, port)

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
        return [*self.workers, *self.routers, *self.apis, self.sandbox]

    def start(self):
        self.sandbox.start(wait=False)
        self.sandbox.wait_ready("/healthz")
        self.ctl("migrate")
        services = (*self.apis, *self.routers, *self.workers)
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

    def tenant(self, name="Shop", storefront=True, stripe_key=None, mode="test", arguments=()):
        tail = uuid.uuid4().hex[:16]
        stripe_key = stripe_key or f"sk_{mode}_{tail}"
        shop = None
        if storefront:
            shop = Storefront()
            self.storefronts.append(shop)
            arguments = [*arguments, "--fulfillment-url", shop.url]
        created = self.ctl(
            "tenant", "create", "--name", name, "--mode", mode, "--stripe-secret-key", stripe_key,
            "--stripe-publishable-key", f"pk_{mode}_{tail}", "--register-webhook", "--json", *arguments,
        )  # fmt: skip
        if shop:
            shop.secret = created["fulfillment_secret"]
        return Tenant(self, created, stripe_key, shop)

    def fault(self, **fault):
        answer = requests.post(self.sandbox.url + "/_sandbox/faults", json=fault, timeout=10)
        assert answer.status_code < 300, answer.text

    def hurry_stripe(self):
        """What Stripe would do within the next minute has happened."""
        requests.post(self.sandbox.url + "/_sandbox/appointments/hurry", timeout=20).raise_for_status()

    def await_webhooks(self, seconds=40):
        """Until Stripe has told everything: what waits for its next try is tried at once."""
        self.hurry_stripe()

        def told():
            return requests.post(self.sandbox.url + "/_sandbox/webhooks/hurry", timeout=20).json()["data"] == []

        wait_until(told, "every webhook came", seconds)

    def clear_faults(self):
        requests.delete(self.sandbox.url + "/_sandbox/faults", timeout=10)

    def close(self):
        for shop in self.storefronts:
            shop.close()
        with ThreadPoolExecutor() as pool:
            list(pool.map(Program.stop, self.programs))
        if self.engine == "postgres":
            self._psql(f"DROP DATABASE {self.database_name} WITH (FORCE)")
        recorded.check(self.record)


def temporary_folder():
    """A short path: it holds a database's files and the programs' logs."""
    return tempfile.TemporaryDirectory(prefix="checkout-")
