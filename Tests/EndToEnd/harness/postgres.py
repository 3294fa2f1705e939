"""A PostgreSQL server of a test's own, to be stopped, cut off and filled up."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
from importlib.machinery import SourceFileLoader

from harness.program import ROOT
from harness.tables import Tables
from harness.waiting import wait_until

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
            self.start_again()

    def start_again(self):
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
        self._give_away(folder)
        Tables(self.url).execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        Tables(self.url).execute("ALTER SYSTEM SET default_tablespace = 'small'")
        Tables(self.url).execute("SELECT pg_reload_conf()")

    def put_log_in(self, folder):
        """Its write-ahead log lives there, in files of 16 MB. It keeps them all: else it would write the old ones again."""
        with (self.directory / "data" / "postgresql.conf").open("a") as settings:
            settings.write("wal_keep_size = 1GB\n")
        log = self.directory / "data" / "pg_wal"
        with self.down(signal.SIGINT):
            self._give_away(folder)
            subprocess.run(["cp", "--archive", f"{log}/.", folder], check=True)
            shutil.rmtree(log)
            log.symlink_to(folder)

    def use_up_log(self):
        """Until there is no room for the log's next file, and the server ends."""

        def has_ended():
            with contextlib.suppress(subprocess.CalledProcessError):
                Tables(self.url).execute("SELECT pg_switch_wal()")
            return self.process.poll() is not None

        wait_until(has_ended, "it has no room for its log", 60)

    def _give_away(self, folder):
        if self.owner:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
