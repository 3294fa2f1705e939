"""procrastinate's own job manager, as its worker calls it, without running a task: fetch a job, finish it.

It claims one job at a time, so each is two synced commits, with a line of its events table each.
"""

import contest
import procrastinate
import psycopg
import uvloop
from procrastinate.jobs import Status


def fill(arguments):
    uvloop.new_event_loop().run_until_complete(installed(arguments))
    with psycopg.connect(arguments.target) as connection:
        # Its deferring is a function call a job; filling is not measured.
        connection.execute("ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER")
        with connection.cursor().copy("COPY procrastinate_jobs (queue_name, task_name, args) FROM STDIN") as copy:
            for text in contest.payloads(arguments.jobs):
                copy.write_row(("bench", "bench", text))
        connection.execute("ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER")
    with psycopg.connect(arguments.target, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def opened(arguments):
    return procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=arguments.target, min_size=1, max_size=1)
    )


async def installed(arguments):
    async with opened(arguments).open_async() as app:
        await app.schema_manager.apply_schema_async()


def consumer(arguments):
    loop = uvloop.new_event_loop()

    async def connected():
        app = await opened(arguments).open_async()
        return app.job_manager, await app.job_manager.register_worker()

    manager, worker = loop.run_until_complete(connected())

    async def work_off():
        count = 0
        while job := await manager.fetch_job(queues=None, worker_id=worker):
            await manager.finish_job(job, Status.SUCCEEDED, delete_job=False)
            count += 1
        return count

    return lambda: loop.run_until_complete(work_off())


if __name__ == "__main__":
    contest.run(__doc__, fill, consumer, {"kind": "processes"})
