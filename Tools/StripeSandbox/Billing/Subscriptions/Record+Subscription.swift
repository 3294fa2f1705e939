import OrderedCollections

extension Record {
    /// The times that decide what happens to a subscription next.
    var subscriptionTimes: SubscriptionTimes {
        SubscriptionTimes(
            status: subscriptionStatus, created: body["created"].int ?? 0, period: currentPeriod,
            trialEnd: body["trial_end"].int, cancelAt: body["cancel_at"].int,
            isTrialEndAnnounced: hidden["trial_end_announced"] == body["trial_end"],
            isInvoiceAnnounced: hidden["invoice_announced"] == .int(currentPeriod.end))
    }

    /// Has a subscription end with its period.
    /// - Parameter now: seconds since 1970.
    mutating func cancelAtPeriodEnd(_ now: Int64) {
        body["cancel_at_period_end"] = true
        body["cancel_at"] = .int(currentPeriod.end)
        body["canceled_at"] = .int(now)
        body["cancellation_details"]["reason"] = "cancellation_requested"
    }

    /// Takes back that it is to end.
    mutating func keepGoing() {
        body["cancel_at_period_end"] = false
        body["cancel_at"] = nil
        body["canceled_at"] = nil
        body["cancellation_details"]["reason"] = nil
    }

    /// What was last billed for an item: what its unused time is worth is reckoned from this, so that nobody is credited
    /// for more than was billed.
    func billed(_ item: String) -> BilledItem? { BilledItem(hidden["billed"][item]) }

    mutating func setBilled(_ billed: BilledItem?, for item: String) {
        if let billed { hidden["billed"][item] = billed.json } else { hidden["billed"].remove(item) }
    }
}

/// What was billed for an item, and for what time.
struct BilledItem: Sendable {
    /// Minor units, after discounts.
    let amount: Int64
    let period: Period
    /// The invoice and its line, or the invoice item that is not on an invoice yet.
    var invoice: String?
    var line: String?
    var invoiceItem: String?

    init(amount: Int64, period: Period, invoice: String? = nil, line: String? = nil, invoiceItem: String? = nil) {
        self.amount = amount
        self.period = period
        self.invoice = invoice
        self.line = line
        self.invoiceItem = invoiceItem
    }

    init?(_ stored: JSON) {
        guard let amount = stored["amount"].int, let start = stored["start"].int, let end = stored["end"].int else {
            return nil
        }
        self.init(
            amount: amount, period: Period(start: start, end: end), invoice: stored["invoice"].string,
            line: stored["line"].string, invoiceItem: stored["invoice_item"].string)
    }

    var json: JSON {
        [
            "amount": .int(amount), "start": .int(period.start), "end": .int(period.end), "invoice": JSON(invoice),
            "line": JSON(line), "invoice_item": JSON(invoiceItem),
        ]
    }
}

extension Transaction {
    /// The time that a customer lives in: what its test clock shows, or now.
    func billingTime(of customer: Record) -> Int64 {
        billingTime(byClock: customer["test_clock"].string)
    }

    func billingTime(byClock clock: String?) -> Int64 {
        clock.flatMap { record(.testClock, $0) }?["frozen_time"].int ?? now
    }

    /// Keeps a subscription or an invoice, and sees to it that its next step comes in time.
    func keep(_ record: Record) {
        put(record)
        setBillingAlarm(
            for: record, at: record.kind == .invoice ? record.nextInvoiceStep : record.subscriptionTimes.next?.time)
    }

    /// Keeps a changed subscription, and tells of it with the former values of what differs.
    func keep(_ subscription: Record, changedFrom before: JSON) {
        keep(subscription)
        if let previous = subscription.body.previous(before) {
            emit("customer.subscription.updated", subscription.body, previous: previous)
        }
    }
}

extension JSON {
    /// `previous_attributes`: the former values of what differs from `before`; nil when nothing does.
    ///
    /// Of an object only the fields that differ are told, of a list all elements.
    func previous(_ before: JSON) -> JSON? {
        var previous: JSON = [:]
        for (name, old) in before.fields where self[name] != old {
            if case .object = old, case .object = self[name] {
                if old["object"] == "list" {
                    previous[name] = ["data": old["data"]]
                } else if let inner = self[name].previous(old) {
                    previous[name] = inner
                }
            } else {
                previous[name] = old
            }
        }
        // What is new was not there before.
        for name in fields.keys where !before.has(name) { previous[name] = nil }
        guard !previous.fields.isEmpty else { return nil }
        return previous
    }
}
