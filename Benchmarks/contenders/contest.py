"""What all contenders share: the jobs, consumers that start together, the clock, the answer as one JSON line.

A contender gives two functions: one that fills its queue, and one that makes a consumer: it connects and returns what
works until the queue is empty and returns how many jobs it finished.
"""

import argparse
import json
import multiprocessing
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

PAYLOAD_BYTES = 1900


def payloads(count):
    """JSON of 1,900 bytes each, as our own contender stores."""
    for number in range(count):
        head = f'{{"number":{number},"text":"'
        yield head + "x" * (PAYLOAD_BYTES - len(head) - 2) + '"}'


def run(description, fill, consumer, preset):
    """Fills, works off, prints; `preset` is how this contender is at its best: consumers' kind and batch."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--target", required=True, help="a SQLite file, or a URL of PostgreSQL; empty")
    parser.add_argument("--jobs", type=int, required=True)
    parser.add_argument("--consumers", type=int, default=8)
    parser.add_argument("--kind", choices=["threads", "processes"], default=preset["kind"])
    parser.add_argument("--batch", type=int, default=preset.get("batch", 1))
    parser.add_argument("--variant", default=preset.get("variant"))
    parser.add_argument("--unsynced-claims", action="store_true", help="a bare loop: only completions are synced")
    arguments = parser.parse_args()
    fill(arguments)
    spans = work_off(consumer, arguments)
    done = sum(count for _, _, count in spans)
    if done != arguments.jobs:
        sys.exit(f"{done} of {arguments.jobs} jobs were finished")
    seconds = max(end for _, end, _ in spans) - min(start for start, _, _ in spans)
    print(json.dumps({"jobs": done, "seconds": seconds}))


def work_off(consumer, arguments):
    """(start, end, finished jobs) of every consumer; the clock is one for all processes of a host."""
    if arguments.kind == "threads":
        barrier = threading.Barrier(arguments.consumers)
        with ThreadPoolExecutor(arguments.consumers) as pool:
            return list(pool.map(lambda _: span(consumer, arguments, barrier), range(arguments.consumers)))
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(arguments.consumers)
    with ProcessPoolExecutor(
        arguments.consumers, context, initializer=remember, initargs=(consumer, arguments, barrier)
    ) as pool:
        return [one.result() for one in [pool.submit(remembered_span) for _ in range(arguments.consumers)]]


def span(consumer, arguments, barrier):
    work = consumer(arguments)
    barrier.wait(60)
    start = time.monotonic()
    count = work()
    return start, time.monotonic(), count


def remember(*everything):
    global remembered
    remembered = everything


def remembered_span():
    return span(*remembered)
