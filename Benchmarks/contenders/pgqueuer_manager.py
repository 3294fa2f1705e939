"""pgqueuer as its guide says: a QueueManager a consumer, draining, with a job that does nothing."""

import asyncio

import asyncpg
import contest
import uvloop
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode
from pgqueuer_queue import ENTRYPOINT, fill


def consumer(arguments):
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    manager = loop.run_until_complete(made(arguments))
    count = 0

    @manager.entrypoint(ENTRYPOINT)
    async def nothing(_job: Job) -> None:
        nonlocal count
        count += 1

    def work():
        loop.run_until_complete(manager.run(batch_size=arguments.batch, mode=QueueExecutionMode.drain))
        return count

    return work


async def made(arguments):
    return QueueManager(Queries(AsyncpgDriver(await asyncpg.connect(arguments.target))))


if __name__ == "__main__":
    contest.run(__doc__, fill, consumer, {"kind": "processes", "batch": 100})
