"""HTTP/1.1 in a few lines, for tens of thousands of requests on the test's share of two cores.

The libraries' servers and clients take a millisecond of a core for each; these take a tenth of it.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field


class Unanswered(Exception):
    """The connection was refused or cut, or nothing came in time."""


@dataclass
class Request:
    method: str
    path: str
    # Names in lower case.
    headers: dict
    body: bytes


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    # Seconds that the answer is held back.
    delay: float = 0


def head(first_line, headers, body):
    lines = [first_line, *(f"{name}: {value}" for name, value in headers.items()), f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def parse_head(raw):
    first_line, *lines = raw.decode("latin-1").split("\r\n")
    return first_line, {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


class Server:
    """Answers with what `answer(request)` returns: a `Reply`, or None to cut the connection."""

    def __init__(self, background, answer):
        self.answer = answer
        self.background = background
        self.server = background.run(self._listen(background.loop))
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def _listen(self, loop):
        return await loop.create_server(lambda: _Connection(self, loop), "127.0.0.1", 0, backlog=512)

    def close(self):
        self.background.loop.call_soon_threadsafe(self.server.close)


class _Connection(asyncio.Protocol):
    def __init__(self, server, loop):
        self.server = server
        self.loop = loop
        self.buffer = b""
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            first_line, headers = parse_head(self.buffer[:end])
            last = end + 4 + int(headers.get("content-length", 0))
            if len(self.buffer) < last:
                return
            body, self.buffer = self.buffer[end + 4 : last], self.buffer[last:]
            method, path, _ = first_line.split(" ")
            self._reply(self.server.answer(Request(method, path, headers, body)))

    def _reply(self, reply):
        if reply is None:
            self.transport.abort()
        elif reply.delay:
            self.loop.call_later(reply.delay, self._write, reply)
        else:
            self._write(reply)

    def _write(self, reply):
        if not self.transport.is_closing():
            self.transport.write(head(f"HTTP/1.1 {reply.status} -", reply.headers, reply.body) + reply.body)


class Client:
    """One connection, kept open from request to request and opened again when it broke."""

    def __init__(self, host, port, seconds):
        self.host = host
        self.port = port
        self.seconds = seconds
        self.reader = None
        self.writer = None

    async def post(self, path, headers, body):
        """Status, headers and body of the answer; throws `Unanswered`."""
        try:
            return await asyncio.wait_for(self._post(path, headers, body), self.seconds)
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            self.close()
            raise Unanswered(repr(error)) from error

    async def _post(self, path, headers, body):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        headers = {"Host": f"{self.host}:{self.port}", **headers}
        self.writer.write(head(f"POST {path} HTTP/1.1", headers, body) + body)
        first_line, answered = parse_head((await self.reader.readuntil(b"\r\n\r\n"))[:-4])
        content = await self.reader.readexactly(int(answered.get("content-length", 0)))
        if answered.get("connection") == "close":
            self.close()
        return int(first_line.split(" ")[1]), answered, content

    def close(self):
        if self.writer is not None:
            with contextlib.suppress(OSError, RuntimeError):
                self.writer.close()
        self.reader = self.writer = None
