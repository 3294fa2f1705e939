"""Looks into the database beside the programs: whole tables at once, which no API hands out."""

import sqlite3
import subprocess
from contextlib import closing

SEPARATOR = "\x1f"


class Tables:
    """Every value comes as text, or None: the engines' own tools differ in all else."""

    def __init__(self, database_url):
        self.url = database_url

    def rows(self, sql):
        if self.url.startswith("sqlite:"):
            with closing(self._sqlite()) as connection:
                return [tuple(None if one is None else str(one) for one in row) for row in connection.execute(sql)]
        lines = self._psql(sql).split("\n")
        return [tuple(None if one == "\\N" else one for one in line.split(SEPARATOR)) for line in lines if line]

    def pairs(self, sql):
        return dict(self.rows(sql))

    def number(self, sql):
        return int(self.rows(sql)[0][0])

    def execute(self, sql):
        if self.url.startswith("sqlite:"):
            with closing(self._sqlite()) as connection, connection:
                connection.executescript(sql)
        else:
            self._psql(sql)

    def copy(self, table, key, template, changes):
        """Inserts copies of one row, each with other values in the columns that `changes` names: lists of a length."""
        columns = self._columns(table)
        names = list(changes)
        chosen = ", ".join(f"new.column{names.index(one) + 1}" if one in names else f"old.{one}" for one in columns)
        values = ", ".join("(" + ", ".join(f"'{value}'" for value in row) + ")" for row in zip(*changes.values()))
        self.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} "
            f"FROM {table} AS old, (VALUES {values}) AS new WHERE old.{key} = '{template}'"
        )

    def _columns(self, table):
        if self.url.startswith("sqlite:"):
            return [row[0] for row in self.rows(f"SELECT name FROM pragma_table_info('{table}')")]
        return [
            row[0]
            for row in self.rows(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'")
        ]

    def _sqlite(self):
        return sqlite3.connect(self.url[len("sqlite:") :], timeout=30)

    def _psql(self, sql):
        done = subprocess.run(
            ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-F", SEPARATOR, "-P", "null=\\N", self.url],
            input=sql, check=True, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.stdout
