"""A loop of bare SQL on SQLite: one table, claim a batch, complete it, each commit synced.

With `--unsynced-claims` a claim's commit is not, as ours is not.
"""

import sqlite3
import time

import contest

CLAIM = """
UPDATE jobs SET state = 1 WHERE id IN (SELECT id FROM jobs WHERE state = 0 ORDER BY id LIMIT ?) RETURNING id, payload
"""


def connect(path):
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 0")
    return connection


def fill(arguments):
    connection = connect(arguments.target)
    connection.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, payload TEXT NOT NULL)")
    connection.execute("CREATE INDEX jobs_ready ON jobs (id) WHERE state = 0")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO jobs (state, payload) VALUES (0, ?)", ((text,) for text in contest.payloads(arguments.jobs))
    )
    connection.execute("COMMIT")
    connection.close()


def consumer(arguments):
    connection = connect(arguments.target)
    marks = ", ".join("?" * arguments.batch)
    done = {
        "update": f"UPDATE jobs SET state = 2 WHERE id IN ({marks})",
        "delete": f"DELETE FROM jobs WHERE id IN ({marks})",
    }[arguments.variant]

    def written(sql, values, synced=True):
        if arguments.unsynced_claims:
            connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
        # SQLite's own waiting naps for up to 100 ms; ours is short, as a good loop's would be.
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError:
                time.sleep(0.0005)
        rows = connection.execute(sql, values).fetchall()
        connection.execute("COMMIT")
        return rows

    def work():
        count = 0
        while rows := written(CLAIM, (arguments.batch,), synced=False):
            identifiers = [identifier for identifier, _ in rows]
            # NULL for the places of a last batch that is not full.
            written(done, identifiers + [None] * (arguments.batch - len(identifiers)))
            count += len(rows)
        return count

    return work


if __name__ == "__main__":
    contest.run(__doc__, fill, consumer, {"kind": "threads", "batch": 100, "variant": "update"})
