"""The whole product for one section, as the end-to-end tests start it, with the release build."""

import contextlib
import json
import os
import subprocess
import sys
import uuid

from measure.paths import BENCHMARKS, ROOT

SECRET = "whsec_" + "b" * 32


def prepare(binaries):
    """Before the harness is imported: it reads this once."""
    os.environ["CHECKOUT_BIN"] = str(binaries)
    sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))


@contextlib.contextmanager
def stack(bench, engine, **options):
    from harness.stack import Stack, temporary_folder

    with temporary_folder() as folder:
        postgres = bench.postgres.url if engine == "postgres" else None
        one = Stack(engine, folder, postgres=postgres, **options)
        try:
            yield one.start()
        finally:
            one.close()


def shop(one, storefront):
    """A tenant whose events are signed with `SECRET`, and whose calls to Stripe are not what is measured."""
    made = one.tenant(storefront=storefront, arguments=["--stripe-rate", "1000"])
    one.ctl("tenant", "webhook", "add-secret", made.id, SECRET)
    return made


def wrk(url, seconds, connections, event):
    """Fresh signed events of `event` for so long: how many, at which rate, and how long each took."""
    word = uuid.uuid4().hex[:12]
    base, path = url.split("/webhooks", 1)
    command = ["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds}s", "--latency", "--timeout", "10s"]
    command += ["-s", str(BENCHMARKS / "webhooks.lua"), base, "--", "/webhooks" + path, SECRET, word, event]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result = json.loads(line[len("RESULT ") :])
    if result["errors"]:
        raise SystemExit(f"{result['errors']} requests failed:\n{done.stdout}")
    count = result["requests"]
    # A server that hangs: a request that is still waited for is no error.
    if not count:
        raise SystemExit(f"no request was answered within {seconds} s:\n{done.stdout}")
    return {"count": count, "rate": count / result["seconds"], "p50": result["p50_ms"], "p99": result["p99_ms"]}
