"""Waits for a condition of another process, within a bound."""

import time


class NeverHappened(AssertionError):
    """What was waited for did not come."""


def wait_until(condition, what, seconds=20.0, every=0.02):
    """Returns the first true value of `condition()`; asks every 20 ms, fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise NeverHappened(f"not within {seconds} s: {what}")
        time.sleep(every)
