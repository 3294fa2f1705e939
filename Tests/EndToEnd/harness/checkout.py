"""The hosted Checkout page as a buyer's browser speaks with it, without the browser."""

import requests

from harness.sandbox import answer_challenge


class CheckoutPage:
    def __init__(self, session):
        self.url = session.url

    def show(self):
        return requests.get(self.url, allow_redirects=False, timeout=20)

    def pay(self, number="4242424242424242", email="buyer@example.com", **fields):
        """Presses the button with a card: `{"url": …}`, where the buyer goes next, or `{"error": …}`."""
        card = {"number": number, "exp_month": "12", "exp_year": "2050", "cvc": "123"}
        return self.send("card", card, email, **fields)

    def debit(self, kind, email="buyer@example.com", **account):
        """The same with a bank account."""
        return self.send(kind, account, email)

    def agree(self, email="buyer@example.com"):
        """The same where nothing is to be paid with."""
        return requests.post(self.url, {"email": email}, timeout=20).json()

    def send(self, method, details, email, name="Ada Buyer", country="DE"):
        form = {"email": email, "name": name, "country": country, "method": method}
        form |= {f"details.{field}": value for field, value in details.items()}
        return requests.post(self.url, form, timeout=20).json()

    def pay_with_challenge(self, number, outcome, **fields):
        """Pays with a card that demands 3-D Secure, and answers the bank: where the buyer then comes to."""
        _, answer = answer_challenge(self.pay(number, **fields)["url"], outcome)
        return requests.get(answer.headers["Location"], allow_redirects=False, timeout=20)

    def apply_code(self, code):
        return requests.post(f"{self.url}/promotion_code", {"code": code}, timeout=20).json()
