"""Sends events to the router as Stripe does: signed, some twice, out of order, each until it is answered with 200."""

import asyncio
import time
from collections import Counter, deque
from urllib.parse import urlsplit

from harness.payments import signature
from harness.wire import Client, Unanswered

# How far apart, counted in events, two deliveries that belong together may be sent.
REORDERING = 150


class Sender:
    def __init__(self, background, random, connections=32, duplicates=0.1, seconds=20, pause=0, routers=()):
        self.background = background
        self.random = random
        self.connections = connections
        self.duplicates = duplicates
        self.seconds = seconds
        # Between two events of a connection: makes a short flow last.
        self.pause = pause
        # Programs: each delivery goes to any of them, as by a load balancer. None: to the webhook's own address.
        self.routers = routers
        self.waiting = deque()
        self.unsettled = 0
        # By event: how many times it was answered as new, and as one already held.
        self.stored = Counter()
        self.duplicate = Counter()
        # By what came back: 200, 503, or why nothing did.
        self.answers = Counter()
        # The longest that an answer was waited for, in seconds.
        self.slowest = 0

    def send(self, events):
        """Begins; the future is done when every delivery was answered with 200, or one as it must never be."""
        self.waiting.extend(self._schedule(events))
        self.unsettled = len(self.waiting)
        return self.background.start(self._send())

    def _schedule(self, events):
        """Each event's place is its own, or some others' later; a tenth of them have two places."""
        places = []
        for place, event in enumerate(events):
            copies = 2 if self.random.random() < self.duplicates else 1
            for _ in range(copies):
                places.append((place + self.random.choice((0, self.random.uniform(0, REORDERING))), len(places), event))
        return [event for _, _, event in sorted(places, key=lambda one: one[:2])]

    async def _send(self):
        await asyncio.gather(*(self._connection() for _ in range(self.connections)))

    async def _connection(self):
        clients = {}
        try:
            while self.unsettled:
                if not self.waiting:
                    # The last ones are with other connections, and may come back.
                    await asyncio.sleep(0.05)
                    continue
                event = self.waiting.popleft()
                if await self._deliver(event, clients):
                    self.unsettled -= 1
                    await asyncio.sleep(self.pause)
                else:
                    self.waiting.append(event)
                    # Stripe's pause before the next try, shortened: hours are of no use here.
                    await asyncio.sleep(self.random.uniform(0.05, 0.3))
        finally:
            for client in clients.values():
                client.close()

    async def _deliver(self, event, clients):
        event.payment.reached = max(event.payment.reached, event.step)
        url = urlsplit(event.shop.webhook_url)
        port = self.random.choice(tuple(self.routers)).port if self.routers else url.port
        if port not in clients:
            clients[port] = Client(url.hostname, port, self.seconds)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(event.body, event.shop.webhook_secret),
        }
        began = time.monotonic()
        try:
            status, answered, body = await clients[port].post(url.path, headers, event.body)
        except Unanswered as none:
            self.answers[str(none).partition("(")[0]] += 1
            return False
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)
        self.answers[status] += 1
        return self._judge(event, status, answered, body)

    def _judge(self, event, status, headers, body):
        if status == 200 and body == b'{"received":true}':
            self.stored[event.id] += 1
        elif status == 200 and body == b'{"received":true,"duplicate":true}':
            self.duplicate[event.id] += 1
        elif status != 503 or int(headers.get("retry-after", 0)) < 1:
            raise AssertionError(f"The router answered {event.type} with {status}, {headers}: {body[:200]}")
        return status == 200
