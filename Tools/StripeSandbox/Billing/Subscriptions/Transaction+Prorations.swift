extension Transaction {
    /// Writes down that something of a subscription is to be billed or credited with its next invoice.
    func addPending(_ line: InvoiceLine, to subscription: Record) -> Record {
        addPending(
            line, customer: record(.customer, subscription["customer"].string ?? ""), subscription: subscription.id,
            currency: subscription["currency"].string ?? "")
    }

    /// Writes down that something is to be billed with the next invoice of a subscription, or of a customer.
    func addPending(
        _ line: InvoiceLine, customer: Record?, subscription: String?, currency: String
    ) -> Record {
        let id = Identifier.new(.invoiceItem)
        let item = insert(
            .invoiceItem, id: id,
            [
                "id": .string(id), "object": "invoiceitem", "amount": .int(line.amount),
                "currency": .string(currency), "customer": JSON(customer?.id), "customer_account": nil,
                "date": .int(now), "description": .string(line.description),
                "discountable": .bool(line.isDiscountable), "discounts": [], "invoice": nil,
                "livemode": .bool(scope.livemode), "metadata": line.metadata, "net_amount": .int(line.amount),
                "parent": subscription.map {
                    [
                        "subscription_details": [
                            "subscription": .string($0), "subscription_item": JSON(line.item),
                        ],
                        "type": "subscription_details",
                    ]
                } ?? nil,
                "period": line.period.json, "pricing": line.pricing,
                "proration": .bool(line.isProration),
                "proration_details": ["credited_items": nil, "discount_amounts": []],
                "quantity": .int(line.quantity), "quantity_decimal": .string(String(line.quantity)),
                "tax_rates": [], "test_clock": customer?["test_clock"] ?? nil,
            ], hidden: ["price": line.price, "credited": line.credited])
        emit("invoiceitem.created", item.body)
        return item
    }

    /// What waits for the next invoice of a subscription, oldest first.
    func pendingItems(of customer: JSON, subscription: String?) -> [Record] {
        newest(.invoiceItem).filter { item in
            guard item["invoice"].isNull, item["customer"] == customer else { return false }
            let owner = item["parent"]["subscription_details"]["subscription"].string
            return owner == subscription || (owner == nil && subscription != nil)
        }.reversed()
    }

    /// The credit for what is left of the time that an item was billed for; nil when nothing was billed.
    func unusedTime(of item: SubscriptionItem, _ subscription: Record, from time: Int64) -> InvoiceLine? {
        guard let billed = subscription.billed(item.id), billed.amount > 0, time < billed.period.end else { return nil }
        let amount = Proration.rest(of: billed.amount, from: time, in: billed.period)
        return InvoiceLine(
            amount: -amount, description: "Unused time on \(described(item)) after \(CivilTime(time).date)",
            period: Period(start: max(time, billed.period.start), end: billed.period.end), price: item.price,
            quantity: item.quantity, item: item.id, isProration: true, credited: credited(billed),
            isDiscountable: false)
    }

    /// The charge for an item for what is left of the period.
    func remainingTime(on item: SubscriptionItem, _ subscription: Record, from time: Int64) -> InvoiceLine? {
        let period = subscription.currentPeriod
        guard time < period.end, let cycle = subscription.billingCycle else { return nil }
        // A first period up to a later anchor is a part of a whole one.
        let whole = cycle.period(containing: period.end - 1)
        let full = discounted(item, activeDiscounts(subscription))
        return InvoiceLine(
            amount: Proration.rest(of: full, from: time, in: whole),
            description: "Remaining time on \(described(item)) after \(CivilTime(time).date)",
            period: Period(start: time, end: period.end), price: item.price, quantity: item.quantity, item: item.id,
            isProration: true, isDiscountable: false)
    }

    /// Credits all that was billed for time after `time`.
    func creditUnusedTime(of id: String, from time: Int64) {
        guard var subscription = record(.subscription, id) else { return }
        for item in subscription.items {
            guard let line = unusedTime(of: item, subscription, from: time) else { continue }
            _ = addPending(line, to: subscription)
            subscription.setBilled(nil, for: item.id)
        }
        keep(subscription)
    }

    /// Puts what is pending for a subscription on an invoice of its own, which is final at once.
    func invoicePending(of id: String) {
        guard var subscription = record(.subscription, id),
            !pendingItems(of: subscription["customer"], subscription: id).isEmpty
        else { return }
        let before = subscription.body
        let invoice = draftInvoice(of: &subscription, reason: "subscription_update", lines: [])
        keep(subscription, changedFrom: before)
        finalizeInvoice(invoice.id)
        guard record(.invoice, invoice.id)?["status"] == "open" else { return }
        _ = try? payInvoice(
            invoice.id, with: nil, by: .automatic,
            confirming: Confirmation(baseURL: subscription.hidden["base_url"].string ?? ""))
    }

    private func described(_ item: SubscriptionItem) -> String {
        item.quantity == 1 ? name(of: item) : "\(item.quantity) × \(name(of: item))"
    }

    /// `credited_items`: the line that a credit takes back; `null` while that is not on an invoice.
    private func credited(_ billed: BilledItem) -> JSON {
        guard let invoice = billed.invoice, let line = billed.line else { return nil }
        return ["invoice": .string(invoice), "invoice_line_items": [.string(line)]]
    }
}

extension InvoiceLine {
    /// An invoice item as the line that it becomes.
    init(_ item: Record) {
        self.init(
            amount: item["amount"].int ?? 0, description: item["description"].string ?? "",
            period: Period(start: item["period"]["start"].int ?? 0, end: item["period"]["end"].int ?? 0),
            price: item.hidden["price"], quantity: item["quantity"].int ?? 1,
            item: item["parent"]["subscription_details"]["subscription_item"].string, invoiceItem: item.id,
            isProration: item["proration"].isTrue, credited: item.hidden["credited"],
            isDiscountable: item["discountable"].isTrue, metadata: item["metadata"])
    }
}
