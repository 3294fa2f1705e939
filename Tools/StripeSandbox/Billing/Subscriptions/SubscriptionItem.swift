/// An item of a subscription: a price, and how many of it. It is kept within its subscription.
struct SubscriptionItem: Sendable {
    /// As Stripe shows it.
    var body: JSON

    var id: String { body["id"].string ?? "" }
    var price: JSON { body["price"] }
    var quantity: Int64 { body["quantity"].int ?? 1 }
    var interval: BillingInterval? { BillingInterval(price["recurring"]) }

    /// What a whole period costs, in minor units, before discounts.
    var amount: Int64 {
        let (amount, overflow) = (price["unit_amount"].int ?? 0).multipliedReportingOverflow(by: quantity)
        return overflow ? .max : amount
    }

    var period: Period {
        Period(start: body["current_period_start"].int ?? 0, end: body["current_period_end"].int ?? 0)
    }

    static func body(
        id: String, price: JSON, quantity: Int64, metadata: JSON, subscription: String, period: Period, now: Int64
    ) -> JSON {
        var body: JSON = [
            "id": .string(id), "object": "subscription_item", "billing_thresholds": nil, "created": .int(now),
            "current_period_end": .int(period.end), "current_period_start": .int(period.start), "discounts": [],
            "metadata": metadata, "plan": nil, "price": nil, "quantity": .int(quantity),
            "subscription": .string(subscription), "tax_rates": [],
        ]
        body.setPrice(price)
        return body
    }
}

extension JSON {
    /// Puts a price on a subscription item: as `price`, and as the `plan` that Stripe still shows beside it.
    mutating func setPrice(_ price: JSON) {
        self["price"] = price
        let recurring = price["recurring"]
        self["plan"] = [
            "id": price["id"], "object": "plan", "active": price["active"], "amount": price["unit_amount"],
            "amount_decimal": price["unit_amount_decimal"], "billing_scheme": price["billing_scheme"],
            "created": price["created"], "currency": price["currency"], "interval": recurring["interval"],
            "interval_count": recurring["interval_count"], "livemode": price["livemode"],
            "metadata": price["metadata"], "meter": nil, "nickname": price["nickname"], "product": price["product"],
            "tiers_mode": nil, "transform_usage": nil, "trial_period_days": recurring["trial_period_days"],
            "usage_type": "licensed",
        ]
    }
}

extension Identifier {
    static var subscriptionItem: String { "si_" + random(14) }
}

extension Record {
    /// The items of a subscription.
    var items: [SubscriptionItem] {
        get { body["items"]["data"].elements.map(SubscriptionItem.init) }
        set { body["items"]["data"] = .array(newValue.map(\.body)) }
    }

    mutating func add(_ item: JSON) {
        items.append(SubscriptionItem(body: item))
    }

    /// The current period of a subscription: its items have it in common here.
    var currentPeriod: Period {
        get { items.first?.period ?? Period(start: body["start_date"].int ?? 0, end: body["start_date"].int ?? 0) }
        set {
            items = items.map { item in
                var item = item
                item.body["current_period_start"] = .int(newValue.start)
                item.body["current_period_end"] = .int(newValue.end)
                return item
            }
        }
    }

    /// The cycle of a subscription.
    var billingCycle: BillingCycle? {
        guard let interval = items.first?.interval, let anchor = body["billing_cycle_anchor"].int else { return nil }
        return BillingCycle(anchor: anchor, interval: interval)
    }
}

extension Transaction {
    /// What Stripe wants of the items of a subscription.
    func checkItems(_ subscription: Record) throws(StripeFailure) {
        let items = subscription.items
        guard (1...20).contains(items.count) else {
            throw .impossible("A subscription has between 1 and 20 items.", param: "items")
        }
        for (index, item) in items.enumerated() {
            let place = "items[\(index)][price]"
            guard item.interval != nil else {
                throw .impossible(
                    "The price specified is set to `type=one_time` but this field only accepts prices with "
                        + "`type=recurring`.", param: place)
            }
            guard item.price["currency"] == subscription["currency"] else {
                throw .impossible(
                    "The price specified only supports `\(item.price["currency"].string ?? "")`. This doesn't match the "
                        + "expected currency: `\(subscription["currency"].string ?? "")`.", param: place)
            }
            // Flexible billing would take several intervals; here, one period is for all items.
            guard item.interval == items[0].interval else {
                throw .impossible(
                    "Currently, all prices on a subscription must have the same `recurring.interval` and "
                        + "`recurring.interval_count`.", param: place)
            }
            guard item.quantity >= 0, item.amount <= 999_999_999_999 else {
                throw .invalid(
                    "The quantity is out of range.", code: "parameter_invalid_integer",
                    param: "items[\(index)][quantity]")
            }
        }
    }

    /// The subscription that has an item, and the item.
    func subscriptionItem(_ id: String, param: String) throws(StripeFailure) -> (Record, SubscriptionItem) {
        for subscription in newest(.subscription) {
            if let item = subscription.items.first(where: { $0.id == id }) { return (subscription, item) }
        }
        throw noSuch("subscription_item", id, param: param)
    }
}
