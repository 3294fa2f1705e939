"""A loop of bare SQL on PostgreSQL: FOR UPDATE SKIP LOCKED, prepared statements, each commit synced.

With `--unsynced-claims` a claim's commit is not waited for, as ours is not. It has a session of its own then: to say it
in each transaction would be more messages to the server, and the loop slower by them.
"""

import contest
import psycopg

READY = "SELECT id FROM jobs WHERE state = 0 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
CLAIM = f"UPDATE jobs SET state = 1 WHERE id IN ({READY}) RETURNING id, payload"
DONE = {
    "update": "UPDATE jobs SET state = 2 WHERE id = ANY(%s)",
    "delete": "DELETE FROM jobs WHERE id = ANY(%s)",
}


def fill(arguments):
    with psycopg.connect(arguments.target) as connection:
        connection.execute(
            "CREATE TABLE jobs (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state INT NOT NULL, payload TEXT)"
        )
        connection.execute("CREATE INDEX jobs_ready ON jobs (id) WHERE state = 0")
        with connection.cursor().copy("COPY jobs (state, payload) FROM STDIN") as copy:
            for text in contest.payloads(arguments.jobs):
                copy.write_row((0, text))
    with psycopg.connect(arguments.target, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE jobs")


def consumer(arguments):
    def cursor():
        return psycopg.connect(arguments.target, autocommit=True, prepare_threshold=0).cursor(binary=True)

    claims = completions = cursor()
    if arguments.unsynced_claims:
        claims = cursor()
        claims.execute("SET synchronous_commit = off")
    done = DONE[arguments.variant]

    def work():
        count = 0
        while rows := claims.execute(CLAIM, (arguments.batch,)).fetchall():
            completions.execute(done, ([identifier for identifier, _ in rows],))
            count += len(rows)
        return count

    return work


if __name__ == "__main__":
    contest.run(__doc__, fill, consumer, {"kind": "processes", "batch": 100, "variant": "update"})
