"""A PostgreSQL server of a test's own, to be stopped, cut off and filled up."""

import contextlib
import importlib.util
import os
import subprocess
from importlib.machinery import SourceFileLoader

from harness.program import ROOT
from harness.tables import Tables

_path = ROOT / "scripts" / "with-postgres"
_loader = SourceFileLoader("with_postgres", str(_path))
with_postgres = importlib.util.module_from_spec(importlib.util.spec_from_loader(_loader.name, _loader))
_loader.exec_module(with_postgres)


class Postgres(with_postgres.Server):
    """As `scripts/with-postgres` makes it."""

    @contextlib.contextmanager
    def down(self, request):
        """By SIGINT it cuts all connections and shuts down; SIGQUIT is as if it had crashed."""
        self.process.send_signal(request)
        self.process.wait(30)
        try:
            yield
        finally:
            self._start_again()

    def _start_again(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command("postgres", "-D", self.directory / "data"),
                cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.wait_until_ready()

    def cut(self, database):
        """Ends all connections to a database; returns how many there were."""
        return Tables(self.url).number(
            f"SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}'"
        )

    def backends(self, database):
        """The process ids of a database's connections."""
        rows = Tables(self.url).rows(f"SELECT pid FROM pg_stat_activity WHERE datname = '{database}'")
        return [int(row[0]) for row in rows]

    def put_tables_in(self, folder):
        """All tables that are made from now on live there; the rest of the server stays where it is."""
        if self.owner:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        Tables(self.url).execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        Tables(self.url).execute("ALTER SYSTEM SET default_tablespace = 'small'")
        Tables(self.url).execute("SELECT pg_reload_conf()")
