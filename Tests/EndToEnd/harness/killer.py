"""Kills programs at random, one after the other, and starts each again at once."""

import time
from collections import Counter

from harness.waiting import wait_until


class Killer:
    def __init__(self, programs, random, pauses=(0.1, 2.5)):
        self.programs = programs
        self.random = random
        self.pauses = pauses
        self.bag = []
        self.kills = Counter()

    def rage(self, is_over):
        """Until `is_over()`; nobody is spared for long, for every program's turn comes before anybody's second."""
        while not self._pause(is_over):
            if not self.bag:
                self.bag = list(self.programs)
                self.random.shuffle(self.bag)
            self.strike(self.bag.pop())

    def strike(self, victim):
        # It may have been killed before it was ready, but never dies of anything else.
        assert victim.process.poll() is None, f"{victim.name} ended by itself: {victim.output()[-2000:]}"
        victim.kill()
        victim.start(wait=False)
        self.kills[victim.log.stem] += 1

    def _pause(self, is_over):
        end = time.monotonic() + self.random.uniform(*self.pauses)
        # Asked rarely: it may be a question to the database.
        turn = wait_until(
            lambda: "over" if is_over() else time.monotonic() > end and "next", "the next kill", every=0.1
        )
        return turn == "over"
