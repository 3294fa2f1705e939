#!/usr/bin/env python3
"""storefront.py MILLISECONDS: takes deliveries, answers each with 200 after so long, and prints the port it listens on.

It looks at no signature and knows as little of HTTP as will do: it shares the cores with what is measured.
"""

import asyncio
import re
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection(asyncio.Protocol):
    def __init__(self, pause):
        self.pause = pause
        self.received = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            whole = end + 4 + int(LENGTH.search(self.received, 0, end)[1])
            if len(self.received) < whole:
                return
            self.received = self.received[whole:]
            if self.pause:
                asyncio.get_running_loop().call_later(self.pause, self.transport.write, ANSWER)
            else:
                self.transport.write(ANSWER)


async def main():
    pause = int(sys.argv[1]) / 1000
    server = await asyncio.get_running_loop().create_server(lambda: Connection(pause), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
