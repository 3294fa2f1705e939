"""The page where a shop's subscriber upgrades: its server asks our API with the tenant's secret key."""

import uuid
from html import escape

BUTTON = "<form method=post><button name=wish value={wish}>{text}</button></form>"


class AccountPage:
    """What is previewed stays with the server: the browser confirms it and can change nothing of it."""

    def __init__(self):
        self.tenant = None
        self.subscription = None
        # The price that the subscriber may change to.
        self.offer = None
        self.previewed = None

    def answer(self, form):
        """The page; `form` is empty, or says which button was pressed."""
        if form.get("wish") == "preview":
            return self._preview()
        if form.get("wish") == "confirm":
            # Pressed twice it is one change.
            date = self.previewed["proration_date"]
            change = {"price": self.offer, "proration_date": date}
            self._call("POST", "", change, idempotency_key=f"{self.subscription} upgrade {date}")
        price = self._call("GET")["items"]["data"][0]["price"]
        said = f"{money(price['unit_amount'])} per {price['recurring']['interval']}"
        return f"<p id=price>{said}</p>" + BUTTON.format(wish="preview", text="Preview upgrade")

    def _preview(self):
        self.previewed = self._call("POST", "/preview", {"price": self.offer}, idempotency_key=str(uuid.uuid4()))
        lines = "".join(
            f"<tr><td>{escape(line['description'])}<td>{money(line['amount'])}"
            for line in self.previewed["lines"]["data"]
        )
        due = f"<p id=due>{money(self.previewed['amount_due'])}</p>"
        return f"<table id=lines>{lines}</table>{due}" + BUTTON.format(wish="confirm", text="Confirm")

    def _call(self, method, path="", body=None, **options):
        answer = self.tenant.call(method, f"/v1/subscriptions/{self.subscription}{path}", body, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


def money(amount):
    return f"{amount / 100:.2f} EUR"
