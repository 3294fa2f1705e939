"""Replicas of the programs, killed at random and rolled: a new process takes over, the old one drains and is gone."""

from collections import Counter

from harness.killer import Killer


class Roller(Killer):
    """Over fleets: the list of a program's replicas, which changes, and what makes one more of it."""

    def __init__(self, fleets, random, pauses=(0.1, 1)):
        turns = [(act, *fleet) for fleet in fleets for act in (self.kill_one, self.roll)]
        super().__init__(turns, random, pauses)
        self.rolls = Counter()
        self.rounds = 0

    def rage(self, is_over):
        """Until `is_over()`, yet not before each fleet has had a replica killed and one rolled."""
        super().rage(lambda: self.rounds > 0 and is_over())

    def strike(self, turn):
        act, replicas, make = turn
        act(replicas, make)
        self.rounds += not self.bag

    def kill_one(self, replicas, make):
        super().strike(self.random.choice(replicas))

    def roll(self, replicas, make):
        """As a cluster does it with `maxUnavailable: 0`."""
        old = self.random.choice(replicas)
        # A process that was killed may still be starting: what is not ready need not drain.
        old.wait_ready()
        # Among the others at once, to be stopped with them; whoever asks it before it is ready asks again.
        replicas.append(make())
        replicas[-1].start()
        replicas.remove(old)
        try:
            status = old.terminate()
        finally:
            old.stop()
        assert status == 0, f"{old.name} did not drain ({status}): {old.output()[-2000:]}"
        self.rolls[old.name] += 1
