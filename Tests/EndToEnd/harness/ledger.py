"""The storefronts of all tenants: takes deliveries, sometimes badly, and keeps a ledger of them by message."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field

from standardwebhooks.webhooks import Webhook

from harness.wire import Reply, Server


@dataclass
class Entry:
    """One message: what it says, and what was answered to each try."""

    type: str
    order: str
    shop: str
    digest: bytes
    answers: list = field(default_factory=list)

    @property
    def is_accepted(self):
        return 200 in self.answers


class Ledger:
    """Of a hundred deliveries two are answered with 500, one late, and one is cut off after it was read: the worker
    cannot know of the last one that it arrived."""

    def __init__(self, background, random):
        self.random = random
        self.webhooks = {}
        self.entries = {}
        self.answers = Counter()
        self.refused = []
        self.server = Server(background, self._take)

    def close(self):
        self.server.close()

    def open(self, name):
        """The URL of a storefront; `expect` tells it its secret."""
        return f"{self.server.url}/{name}"

    def expect(self, name, secret):
        self.webhooks["/" + name] = Webhook(secret)

    def _take(self, request):
        try:
            self.webhooks[request.path].verify(request.body, request.headers)
        except Exception as error:
            self.refused.append(f"{request.method} {request.path}: {error!r}")
            return Reply(400)
        answer, reply = self._mood()
        self.answers[answer] += 1
        self._write(request, answer)
        return reply

    def _mood(self):
        mood = self.random.random()
        if mood < 0.02:
            return 500, Reply(500)
        if mood < 0.03:
            return "cut", None
        if mood < 0.04:
            return 200, Reply(200, delay=self.random.uniform(0.2, 1))
        return 200, Reply(200)

    def _write(self, request, answer):
        digest = hashlib.sha256(request.body).digest()
        identifier = request.headers["webhook-id"]
        entry = self.entries.get(identifier)
        if entry is None:
            event = json.loads(request.body)
            entry = Entry(event["type"], event["data"]["object"]["id"], request.path, digest)
            self.entries[identifier] = entry
        if entry.digest != digest:
            self.refused.append(f"{identifier} came with another body than before")
        entry.answers.append(answer)

    def messages(self, type_):
        """The ids of the messages of a type, by order."""
        found = {}
        for identifier, entry in list(self.entries.items()):
            if entry.type == type_:
                found.setdefault(entry.order, []).append(identifier)
        return found
