"""Who did what only one worker may do at a time, as the table `duties` tells."""

from dataclasses import dataclass

from harness.trail import BLUR, Trail


@dataclass
class Turn:
    holder: str
    # µs since 1970.
    began: int
    # None: nobody gave it back.
    ended: int = None
    held_until: int = 0


class Duties:
    """From now on, while no worker runs; everything is due."""

    def __init__(self, tables):
        self.tables = tables
        self.trail = Trail(tables, "duties", "name", "holder", "held_until")
        tables.execute("DELETE FROM duties")

    def expire(self):
        """Leases of who was killed end now, and not in two minutes; while no worker runs."""
        self.tables.execute("UPDATE duties SET held_until = 0")

    def turns(self):
        """By duty, all turns in their order; each has begun when the one before it was over."""
        turns = {}
        for at, name, holder, held_until in self.trail.steps():
            self._add(turns.setdefault(name, []), name, holder, int(held_until), at)
        return turns

    @staticmethod
    def _add(turns, name, holder, held_until, at):
        last = turns[-1] if turns else None
        if holder is None:
            last.ended = last.ended or at
        elif last and last.holder == holder:
            last.held_until = held_until
        else:
            free = last is None or last.ended or last.held_until <= at + BLUR
            assert free, f"{holder} took {name} while {last.holder} had it"
            assert holder not in [turn.holder for turn in turns], f"{holder} had {name} twice"
            turns.append(Turn(holder, at, held_until=held_until))
