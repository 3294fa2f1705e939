"""What a section found: a table as docs/benchmarks.md has it, and whether the aims were met."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Aim:
    what: str
    value: float
    bound: float
    at_least: bool = False
    # No aim of its own: another reading of the one it stands beside, by the same bound.
    beside: bool = False

    @property
    def is_met(self):
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self):
        figure = f"{self.what}: {shown(self.value)}"
        bound = f"{'≥' if self.at_least else '≤'} {shown(self.bound)}"
        if self.beside:
            return f"beside {figure} ({bound} {'holds' if self.is_met else 'does not hold'})"
        return f"{'met   ' if self.is_met else 'MISSED'} {figure} (aim {bound})"


@dataclass
class Table:
    title: str
    columns: list
    rows: list = field(default_factory=list)
    aims: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def add(self, name, *values):
        self.rows.append([name, *values])

    def __str__(self):
        lines = [f"### {self.title}", "", "| | " + " | ".join(self.columns) + " |"]
        lines.append("|---" * (len(self.columns) + 1) + "|")
        lines += ["| " + " | ".join(map(shown, row)) + " |" for row in self.rows]
        lines += ["", *self.notes] if self.notes else []
        return "\n".join(lines) + "\n"


def shown(value):
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values):
    return statistics.median(values)
