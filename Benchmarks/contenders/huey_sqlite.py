"""huey's SqliteHuey(fsync=True) as its consumer drives it, without running a task: enqueue, then dequeue until empty.

huey deletes a task as it hands it out, in one synced commit: there is no lease and no completion, so a consumer that
dies loses the task. What a real consumer does besides (read the task, run it, keep its result) is left out.
"""

import contest
from huey import SqliteHuey


def queue(arguments):
    return SqliteHuey("bench", filename=arguments.target, fsync=True, timeout=60)


def fill(arguments):
    storage = queue(arguments).storage
    # huey's enqueue is a synced commit a task; filling is not measured, so its own statement goes into one.
    with storage.db(commit=True) as cursor:
        cursor.executemany(
            "insert into task (queue, data, priority) values (?, ?, 0)",
            ((storage.name, memoryview(text.encode())) for text in contest.payloads(arguments.jobs)),
        )
    storage.close()


shared = {}


def consumer(arguments):
    # Its threads share one connection, its processes cannot.
    if arguments.kind == "threads":
        storage = shared.setdefault("huey", queue(arguments)).storage
    else:
        storage = queue(arguments).storage

    def work():
        count = 0
        while storage.dequeue() is not None:
            count += 1
        return count

    return work


if __name__ == "__main__":
    contest.run(__doc__, fill, consumer, {"kind": "threads"})
