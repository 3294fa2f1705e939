"""pgqueuer's own queries, as its QueueManager calls them, without running a job: dequeue a batch, log it as successful.

Claiming and logging are a synced commit each; a finished job's row is deleted and a line of the log is kept.
"""

import asyncio
import uuid
from datetime import timedelta

import asyncpg
import contest
import uvloop
from pgqueuer.db import AsyncpgDriver
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries

ENTRYPOINT = "bench"


def fill(arguments):
    asyncio.run(filled(arguments))


async def filled(arguments):
    connection = await asyncpg.connect(arguments.target)
    queries = Queries(AsyncpgDriver(connection))
    await queries.install()
    texts = [text.encode() for text in contest.payloads(arguments.jobs)]
    for start in range(0, len(texts), 5000):
        batch = texts[start : start + 5000]
        await queries.enqueue([ENTRYPOINT] * len(batch), batch, [0] * len(batch))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def consumer(arguments):
    loop = uvloop.new_event_loop()
    queries = Queries(AsyncpgDriver(loop.run_until_complete(asyncpg.connect(arguments.target))))
    manager = uuid.uuid4()

    async def work_off():
        count = 0
        while True:
            jobs = await queries.dequeue(
                batch_size=arguments.batch,
                entrypoints={ENTRYPOINT: EntrypointExecutionParameter(concurrency_limit=0)},
                queue_manager_id=manager,
                global_concurrency_limit=None,
                heartbeat_timeout=timedelta(seconds=30),
            )
            if not jobs:
                return count
            await queries.log_jobs([(job, "successful", None) for job in jobs])
            count += len(jobs)

    return lambda: loop.run_until_complete(work_off())


if __name__ == "__main__":
    contest.run(__doc__, fill, consumer, {"kind": "processes", "batch": 100})
