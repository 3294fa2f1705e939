"""Subscriptions in the sandbox: a customer with a card, in a time of its own, and the prices it subscribes to."""

import calendar
import time

DAY = 86400
HOUR = 3600


def seconds(date):
    """`2026-03-01 12:00:00`, in UTC, as seconds since 1970."""
    return calendar.timegm(time.strptime(date, "%Y-%m-%d %H:%M:%S"))


START = seconds("2026-03-01 12:00:00")


class Billing:
    """A customer of an account under a test clock."""

    def __init__(self, account, card="pm_card_visa", start=START, email="buyer@example.com"):
        self.account = account
        self.v1 = account.v1
        self.clock = self.v1.test_helpers.test_clocks.create({"frozen_time": start})
        self.customer = self.v1.customers.create({"test_clock": self.clock.id, "email": email})
        self.method = self.use_card(card) if card else None
        self.product = self.v1.products.create({"name": "Gold"})

    def use_card(self, card):
        """Makes a card the customer's default; the cards that cannot be attached are refused by Stripe."""
        method = self.v1.payment_methods.attach(card, {"customer": self.customer.id})
        self.v1.customers.update(self.customer.id, {"invoice_settings": {"default_payment_method": method.id}})
        return method

    def price(self, amount=3000, interval="month", currency="eur", **recurring):
        return self.v1.prices.create(
            {
                "product": self.product.id,
                "currency": currency,
                "unit_amount": amount,
                "recurring": {"interval": interval, **recurring},
            }
        )

    def subscribe(self, price=None, quantity=1, **fields):
        price = price or self.price()
        return self.v1.subscriptions.create(
            {"customer": self.customer.id, "items": [{"price": price.id, "quantity": quantity}], **fields}
        )

    def subscription(self, subscription, **options):
        return self.v1.subscriptions.retrieve(subscription.id, options)

    def advance(self, to):
        """Takes the clock to a time, at most two of its shortest intervals at once as Stripe wants it."""
        clock = self.v1.test_helpers.test_clocks.advance(self.clock.id, {"frozen_time": to})
        assert (clock.status, clock.frozen_time) == ("ready", to)
        return clock

    def invoices(self, subscription, **filters):
        """The invoices of a subscription, oldest first."""
        found = self.v1.invoices.list({"subscription": subscription.id, "limit": 100, **filters}).data
        return list(reversed(found))

    def events(self, *types, after=None):
        """The types of events, oldest first; with an event's id only those after it."""
        options = {"limit": 100, **({"types": list(types)} if types else {})}
        if after:
            options["ending_before"] = after
        return [event.type for event in reversed(self.v1.events.list(options).data)]

    def last_event(self):
        return self.v1.events.list({"limit": 1}).data[0].id

    def event(self, kind):
        """The newest event of a type."""
        return self.v1.events.list({"type": kind, "limit": 1}).data[0]


def period(subscription):
    item = subscription["items"].data[0]
    return item.current_period_start, item.current_period_end


def lines(invoice):
    """What is on an invoice: amount, and whether it is a proration."""
    return [(line.amount, line.parent.subscription_item_details.proration) for line in invoice.lines.data]
