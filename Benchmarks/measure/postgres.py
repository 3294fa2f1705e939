"""A PostgreSQL that syncs, as one in production does; the one of the tests does not."""

import contextlib
import subprocess
import uuid
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

from measure.paths import ROOT

# fsync and synchronous_commit are on by default and stay so. The rest keeps checkpoints out of single rounds and is the
# same for all contenders.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{directory}'
max_connections = 200
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 30min
log_min_messages = error
"""


@contextlib.contextmanager
def server():
    """A server of our own in the folder for temporary files, gone at the end."""
    module = _with_postgres()
    module.SETTINGS = SETTINGS
    one = module.Server()
    try:
        one.start()
        yield Postgres(one.url, one.process)
    finally:
        one.stop()


def _with_postgres():
    loader = SourceFileLoader("with_postgres", str(ROOT / "scripts" / "with-postgres"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


class Postgres:
    def __init__(self, url, process):
        self.url = url
        self.process = process

    def sql(self, text, url=None):
        done = subprocess.run(
            ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", url or self.url, "-c", text],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    @contextlib.contextmanager
    def database(self):
        """The URL of an empty database, gone at the end."""
        name = "bench_" + uuid.uuid4().hex[:12]
        self.sql(f"CREATE DATABASE {name}")
        try:
            yield self.url.replace("/postgres?", f"/{name}?")
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")
            # What one contender wrote is not flushed in the next one's time.
            self.sql("CHECKPOINT")
