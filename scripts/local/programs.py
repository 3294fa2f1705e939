"""The running programs: started, watched, stopped together."""

from __future__ import annotations

import collections
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from .failure import Failure
from .settings import bare_environment

READY_SECONDS = 60
# The services drain for 25 seconds at most.
STOP_SECONDS = 35
LAST_LINES = 15
LINE = re.compile(r"^(?P<time>[\d:]{8})\S* (?P<level>[A-Z]+) +(?P<text>.*)$")
FIELD = re.compile(r"(\S+)=(\S+)")
LOUD = {"WARNING", "ERROR", "CRITICAL"}


def for_people(line: str) -> str | None:
    """What the terminal shows of a log line: an order's moves, and whatever went wrong."""
    found = LINE.match(line)
    if not found:
        return None
    if found["level"] in LOUD:
        return f"{found['time']}  {found['text']}"
    if "Order moved" in found["text"]:
        fields = dict(FIELD.findall(found["text"]))
        return f"{found['time']}  {fields.get('order.id')}  {fields.get('from')} → {fields.get('to')}"
    return None


class Program(NamedTuple):
    name: str
    folder: Path
    arguments: list[str]
    ready_url: str


class Running:
    """A started program; its output goes to its log, and what people should see to the terminal too."""

    def __init__(self, program: Program, logs: Path) -> None:
        self.name = program.name
        self.ready_url = program.ready_url
        self.is_ready = False
        self.last: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
        self.log = logs / f"{program.name}.log"
        self.process = subprocess.Popen(
            # Should this script be killed outright, the programs go too, in good order.
            ["setpriv", "--pdeathsig", "TERM", str(program.folder / program.name), *program.arguments],
            env=bare_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
            # Ctrl-C is for this script, which stops the programs in good order.
            start_new_session=True,
        )  # fmt: skip
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        with self.log.open("w", encoding="utf-8") as log:
            for line in self.process.stdout or ():
                log.write(line)
                log.flush()
                self.last.append(line.rstrip("\n"))
                shown = for_people(line)
                if shown:
                    print(shown, flush=True)

    def check(self) -> None:
        status = self.process.poll()
        if status is not None:
            self.reader.join(2)
            words = f"was killed by signal {-status}" if status < 0 else f"ended with {status}"
            raise Failure("\n  ".join([f"{self.name} {words}. Its last lines ({self.log}):", *self.last]))

    def ask(self) -> None:
        try:
            with urllib.request.urlopen(self.ready_url, timeout=2) as answer:
                self.is_ready = answer.status == 200
        except (urllib.error.URLError, OSError):
            self.is_ready = False


class Programs:
    def __init__(self, logs: Path, stop: threading.Event) -> None:
        self.logs = logs
        self.stop = stop
        self.running: list[Running] = []
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        for running in reversed(self.running):
            if running.process.poll() is None:
                running.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for running in self.running:
            try:
                running.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                running.process.kill()
            running.reader.join(2)

    def start(self, program: Program) -> None:
        self.running.append(Running(program, self.logs))

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.stop.is_set():
            waiting = [running for running in self.running if not running.is_ready]
            if not waiting:
                return
            for running in waiting:
                running.check()
                running.ask()
            if time.monotonic() > deadline:
                raise Failure(f"{waiting[0].name} is not ready after {READY_SECONDS} s: see {waiting[0].log}.")
            self.stop.wait(0.1)

    def watch(self) -> None:
        """Until somebody asks for the end; a program that ends by itself is a failure."""
        while not self.stop.wait(0.5):
            for running in self.running:
                running.check()
