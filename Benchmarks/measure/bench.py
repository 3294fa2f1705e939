"""What a section of the benchmarks gets to work with."""

import contextlib
import json
import subprocess
import tempfile
import time
from pathlib import Path

from measure import postgres
from measure.paths import CONTENDERS, CONTENDERS_PYTHON


class Bench:
    def __init__(self, arguments, binaries):
        self.arguments = arguments
        self.binaries = Path(binaries)
        self.started = time.monotonic()
        self._kept = contextlib.ExitStack()
        self._postgres = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._kept.close()

    @property
    def postgres(self):
        """One server for all sections, started when the first one asks."""
        if self._postgres is None:
            self.say("starting PostgreSQL")
            self._postgres = self._kept.enter_context(postgres.server())
        return self._postgres

    def say(self, text):
        elapsed = int(time.monotonic() - self.started)
        print(f"[{elapsed // 60:2}:{elapsed % 60:02}] {text}", flush=True)

    def count(self, full):
        """How many jobs, events or samples: fewer when the run is only a try."""
        return max(1, full // 20) if self.arguments.quick else full

    @property
    def rounds(self):
        return 1 if self.arguments.quick else self.arguments.rounds

    @property
    def seconds(self):
        """Of a round that sends events."""
        return 1 if self.arguments.quick else self.arguments.seconds

    def samples(self, full):
        """Of one round, so that all rounds together take `full`."""
        return max(1, self.count(full) // self.rounds)

    @contextlib.contextmanager
    def database(self, engine):
        """An empty database of its own, as the URL that our programs take."""
        if engine == "postgres":
            with self.postgres.database() as url:
                yield url
        else:
            with tempfile.TemporaryDirectory(prefix="checkout-bench-") as folder:
                yield f"sqlite:{folder}/bench.db"

    def ours(self, command, url, **options):
        """Runs a command of queue-benchmark and reads the JSON that it prints."""
        return run_json([*self.queue_benchmark(command, url), *flags(options)])

    def queue_benchmark(self, command, url):
        return [str(self.binaries / "queue-benchmark"), command, "--url", url]

    def contender(self, name, url, **options):
        """Jobs a second of one of the contenders."""
        command = [str(CONTENDERS_PYTHON), str(CONTENDERS / f"{name}.py"), "--target", url.removeprefix("sqlite:")]
        figures = run_json([*command, *flags(options)])
        return figures["jobs"] / figures["seconds"]


def flags(options):
    for name, value in options.items():
        yield "--" + name.replace("_", "-")
        if value is not True:
            yield str(value)


def run_json(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return json.loads(done.stdout) if done.stdout.strip() else None
