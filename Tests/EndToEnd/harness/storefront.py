"""A storefront's server: takes deliveries, checks their signatures, answers as a test tells it."""

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook

from harness.waiting import wait_until


class Storefront:
    def __init__(self):
        self.secret = None
        self.deliveries = []
        self.refused = []
        self.answers = deque()
        self.hold = None
        self.arrived = threading.Event()
        self.lock = threading.Lock()
        storefront = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers = storefront.take(dict(self.headers), body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/fulfillment"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body):
        lowered = {name.lower(): value for name, value in headers.items()}
        hold = self.hold
        self.arrived.set()
        if hold is not None:
            hold.wait(60)
        try:
            Webhook(self.secret).verify(body, lowered)
        except Exception as error:
            with self.lock:
                self.refused.append(repr(error))
            return 400, {}
        with self.lock:
            answer = self.answers.popleft() if self.answers else (200, {})
            self.deliveries.append(
                {"id": lowered["webhook-id"], "status": answer[0], "headers": lowered, "event": json.loads(body)}
            )
        return answer

    def events(self, kind=None, order=None, accepted=True):
        """The deliveries that were answered 2xx, as [(webhook-id, event)]."""
        with self.lock:
            return [
                (one["id"], one["event"])
                for one in self.deliveries
                if (not accepted or one["status"] < 300)
                and (kind is None or one["event"]["type"] == kind)
                and (order is None or one["event"]["data"]["object"]["id"] == order)
            ]

    def wait_for(self, kind, order, seconds=20):
        return wait_until(lambda: self.events(kind, order), f"delivery of {kind} for {order}", seconds)[0][1]

    def close(self):
        if self.hold is not None:
            self.hold.set()
        self.server.shutdown()
        self.server.server_close()
