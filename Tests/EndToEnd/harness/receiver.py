"""A server that takes Stripe's webhooks and answers as a test tells it; the SDK checks what came."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe

from harness.waiting import wait_until


@dataclass
class Delivery:
    """One try, as it came over the wire."""

    headers: dict
    body: bytes
    answer: int
    # time.monotonic()
    at: float

    @property
    def signature(self):
        return self.headers["stripe-signature"]


class Receiver:
    def __init__(self):
        self.endpoint = None
        self.secret = None
        # The statuses of the next answers; then 200.
        self.answers = deque()
        self.deliveries = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = receiver.answers.popleft() if receiver.answers else 200
                receiver.deliveries.append(Delivery(headers, body, status, time.monotonic()))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if status in (301, 302, 307, 308):
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def events(self):
        """Everything that came, checked and read by the SDK."""
        return [stripe.Webhook.construct_event(one.body, one.signature, self.secret) for one in list(self.deliveries)]

    def wait_for(self, count, seconds=10):
        """The events, once there are `count` of them."""
        wait_until(lambda: len(self.deliveries) >= count, f"{count} webhooks (there are {self.types()})", seconds)
        return self.events()

    def types(self):
        return [event.type for event in self.events()]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
