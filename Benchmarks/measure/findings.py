"""What the section `scaling` found, and the tables that it makes of it."""

from collections import defaultdict

from measure.latency import ENGINES
from measure.report import Table, median


class Findings:
    """A value a round, by table, row and column."""

    def __init__(self):
        self.values = defaultdict(list)

    def add(self, table, row, column, value):
        self.values[table, row, column].append(value)

    def cpu(self, row, engine, used):
        self.add("cpu", row, engine, used.own / used.count * 1e6)
        if engine == "postgres":
            self.add("cpu", row, "server", used.server / used.count * 1e6)
            self.add("server", row, "writes", used.writes / used.count)
            self.add("server", row, "log", used.log / used.count)

    def rate(self, row, engine, used):
        self.add("rate", row, engine, used.count / used.seconds)

    def memory(self, row, engine, when, value):
        self.add("memory", row, (engine, when), value)

    def tables(self):
        per_core = {
            engine: [(engine, float), (engine, lambda value: int(1e6 / value) if value else "")]
            for engine in (*ENGINES, "server")
        }
        whole = [(engine, int) for engine in ENGINES]
        names = list(ENGINES.values())
        return [
            self._table(
                "cpu", "CPU time of one, µs, and how many a core does in a second",
                [f"{what} {name}" for name in (*names, "PostgreSQL's server") for what in ("µs,", "a core,")],
                [one for pair in per_core.values() for one in pair]),
            self._table("rate", "Side by side, events a second", names, whole),
            self._table(
                "server", "What PostgreSQL writes for one", ["transactions", "bytes of log"],
                [("writes", float), ("log", int)]),
            self._table(
                "footprint", "An order that is paid by card at the sandbox",
                ["events", "jobs", "calls to Stripe", "bytes of database", "of events and jobs"],
                [("events", float), ("jobs", float), ("calls", float), ("bytes", int), ("removed", int)]),
            self._table(
                "claims", "A claim, ms, by how many jobs it takes", names, [(engine, float) for engine in ENGINES]),
            self._table(
                "memory", "Resident memory, MiB",
                [f"{name}, {when}" for name in names for when in ("idle", "most")],
                [((engine, when), float) for engine in ENGINES for when in ("idle", "most")]),
        ]  # fmt: skip

    def _table(self, key, title, columns, cells):
        table = Table(title, columns)
        for row in dict.fromkeys(row for name, row, _ in self.values if name == key):
            found = [(self.values.get((key, row, column)), shape) for column, shape in cells]
            table.add(row, *(shape(median(values)) if values else "" for values, shape in found))
        return table
