import StripeModels

/// A line of an invoice before it is on one.
struct InvoiceLine: Sendable {
    /// Minor units, before discounts; negative for a credit.
    var amount: Int64
    var description: String
    var period: Period
    /// The price; `null` for an amount without one.
    var price: JSON = nil
    var quantity: Int64 = 1
    /// The subscription's item that it is for.
    var item: String?
    /// The invoice item that it was until now.
    var invoiceItem: String?
    var isProration = false
    /// The lines that a credit takes back: `credited_items`.
    var credited: JSON = nil
    /// Whether the invoice's discounts are taken off. A proration has them in its amount already.
    var isDiscountable = true
    var metadata: JSON = [:]

    var product: String { price["product"].string ?? "" }

    /// As Stripe shows it.
    func body(
        id: String, invoice: String, currency: JSON, subscription: String?, livemode: Bool, discounts: [JSON]
    ) -> JSON {
        [
            "id": .string(id), "object": "line_item", "amount": .int(amount), "currency": currency,
            "description": .string(description), "discount_amounts": .array(discounts),
            "discountable": .bool(isDiscountable), "discounts": [], "invoice": .string(invoice),
            "livemode": .bool(livemode), "metadata": metadata, "parent": parent(subscription),
            "period": period.json,
            "pretax_credit_amounts": .array(discounts.map { $0.merging(["type": "discount"]) }),
            "pricing": pricing, "quantity": .int(quantity), "quantity_decimal": .string(String(quantity)),
            "subscription": JSON(subscription), "subtotal": .int(amount), "taxes": [],
        ]
    }

    /// The price as it stands on a line or an invoice item.
    var pricing: JSON {
        guard !price.isNull else { return nil }
        return [
            "price_details": ["price": price["id"], "product": price["product"]], "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        ]
    }

    private func parent(_ subscription: String?) -> JSON {
        let proration: JSON = ["credited_items": credited]
        if let item {
            return [
                "invoice_item_details": nil,
                "subscription_item_details": [
                    "invoice_item": JSON(invoiceItem), "proration": .bool(isProration),
                    "proration_details": proration, "subscription": JSON(subscription),
                    "subscription_item": .string(item),
                ],
                "type": "subscription_item_details",
            ]
        }
        return [
            "invoice_item_details": [
                "invoice_item": JSON(invoiceItem), "proration": .bool(isProration),
                "proration_details": proration, "subscription": JSON(subscription),
            ],
            "subscription_item_details": nil, "type": "invoice_item_details",
        ]
    }
}

extension Transaction {
    /// The lines of a subscription for a period: each item's price, or a part of it when the period is a part.
    /// - Parameter whole: the whole period; `isFree` charges nothing for this part of it.
    func periodLines(
        of subscription: Record, _ period: Period, whole: Period, isFree: Bool = false
    ) -> [InvoiceLine] {
        subscription.items.map { item in
            let unit = Currency(rawValue: item.price["currency"].string ?? "")
                .format(item.price["unit_amount"].int ?? 0)
            let amount = Proration.rest(of: item.amount, from: period.start, in: whole)
            return line(
                for: item, isFree ? 0 : amount,
                "\(item.quantity) × \(name(of: item)) (at \(unit) / \(item.interval?.text ?? ""))", period)
        }
    }

    /// The lines for a trial: nothing is charged for it.
    func trialLines(of subscription: Record, _ period: Period) -> [InvoiceLine] {
        subscription.items.map { line(for: $0, 0, "Trial period for \(name(of: $0))", period) }
    }

    /// What an item is called on an invoice: its product's name.
    func name(of item: SubscriptionItem) -> String {
        item.price["product"].string.flatMap { record(.product, $0) }?["name"].string ?? "Subscription"
    }

    private func line(
        for item: SubscriptionItem, _ amount: Int64, _ description: String, _ period: Period
    ) -> InvoiceLine {
        InvoiceLine(
            amount: amount, description: description, period: period, price: item.price, quantity: item.quantity,
            item: item.id, metadata: item.body["metadata"])
    }
}
