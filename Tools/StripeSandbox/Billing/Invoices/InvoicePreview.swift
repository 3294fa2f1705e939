/// `POST /v1/invoices/create_preview`: what an invoice would be. The change is made as an update makes it, looked at, and
/// taken back.
enum InvoicePreview {
    @Sendable static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        defer { transaction.undo() }
        let unsupported = [
            "automatic_tax", "customer_account", "customer_details", "discounts", "invoice_items", "issuer",
            "on_behalf_of", "schedule", "schedule_details",
        ]
        for name in unsupported where !call[name].isNull {
            // Without tax rates, tax is nothing.
            guard name == "automatic_tax", call[name]["enabled"] == false else {
                throw .invalid("This sandbox does not support `\(name)` of a preview.", param: name)
            }
        }
        let details = call["subscription_details"]
        if let id = call["subscription"].string {
            let subscription = try transaction.existing(.subscription, id, param: "subscription")
            guard call["customer"].isNull || call["customer"] == subscription["customer"] else {
                throw .impossible("The subscription is another customer's.", param: "subscription")
            }
            return try transaction.at(transaction.billingTime(of: subscription)) { () throws(StripeFailure) in
                try preview(of: subscription, details, call, transaction)
            }
        }
        let customer = try transaction.customer(call["customer"].string ?? "")
        return try transaction.at(transaction.billingTime(of: customer)) { () throws(StripeFailure) in
            guard details["items"].elements.isEmpty else {
                return try previewOfNew(details, customer, call, transaction)
            }
            // The next of the customer's invoices.
            let next = transaction.newest(.subscription)
                .filter { $0["customer"].string == customer.id && !$0.subscriptionStatus.isOver }
                .min { $0.currentPeriod.end < $1.currentPeriod.end }
            guard let next else { throw noUpcoming(customer.id) }
            return try preview(of: next, details, call, transaction)
        }
    }

    private static func preview(
        of subscription: Record, _ details: JSON, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        for name in ["billing_schedules", "default_tax_rates", "pause", "resume_at", "start_date"]
        where !details[name].isNull {
            throw .invalid(
                "This sandbox does not support `\(name)` of a preview.", param: "subscription_details[\(name)]")
        }
        guard !subscription.subscriptionStatus.isOver else { throw noUpcoming(subscription["customer"].string ?? "") }
        var changed = subscription
        let change = try SubscriptionChange(details, transaction, param: "subscription_details")
        let time = change.prorationDate ?? transaction.now
        if details["cancel_now"].isTrue {
            return try previewOfEnd(subscription, at: time, change, transaction)
        }
        let draft = try transaction.change(&changed, by: change)
        if let atEnd = details["cancel_at_period_end"].bool {
            if atEnd { changed.cancelAtPeriodEnd(transaction.now) } else { changed.keepGoing() }
        }
        if let cancelAt = try SubscriptionParameters.cancelAt(
            details["cancel_at"], period: changed.currentPeriod, now: transaction.now)
        {
            if cancelAt < changed.currentPeriod.end {
                return try previewOfEnd(changed, at: cancelAt, change, transaction)
            }
            changed["cancel_at"] = .int(cancelAt)
        }
        // What was touched has prorations in it.
        let isProrated = !change.items.isEmpty || draft != nil
        if let draft { return rendered(draft.body, prorated: isProrated ? time : nil) }
        let body = transaction.upcomingInvoice(of: changed, isRecurringOnly: call["preview_mode"] == "recurring")
        guard !body["lines"]["data"].elements.isEmpty else { throw noUpcoming(subscription["customer"].string ?? "") }
        return rendered(body, prorated: isProrated ? time : nil)
    }

    /// The last invoice of a subscription that ends early: the credit for the time that is left, and what is pending.
    private static func previewOfEnd(
        _ subscription: Record, at time: Int64, _ change: SubscriptionChange, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        if change.prorations != .none, subscription.subscriptionStatus != .trialing {
            transaction.creditUnusedTime(of: subscription.id, from: time)
        }
        let pending = transaction.pendingItems(of: subscription["customer"], subscription: subscription.id)
        guard !pending.isEmpty else { throw noUpcoming(subscription["customer"].string ?? "") }
        let body = transaction.composedInvoice(
            id: Identifier.new(.invoice), of: subscription, reason: "upcoming", lines: pending.map(InvoiceLine.init))
        return rendered(body, prorated: time)
    }

    /// The first invoice of a subscription that does not exist.
    private static func previewOfNew(
        _ details: JSON, _ customer: Record, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        var wished = call
        wished.parameters = details
        var new = try SubscriptionCreation.wishes(wished, customer, transaction)
        new.payment = .defaultIncomplete
        let started = try transaction.startSubscription(new, confirming: Confirmation(call))
        var body = started.invoice.body
        body["parent"] = nil
        return rendered(body, prorated: nil)
    }

    /// - Parameter prorated: for what time it was reckoned: with the same `proration_date`, an update bills the same.
    private static func rendered(_ body: JSON, prorated: Int64?) -> JSON {
        var body = body
        let made = body["id"].string ?? ""
        let id = made.hasPrefix("upcoming_") ? made : "upcoming_" + made
        body["id"] = .string(id)
        body["billing_reason"] = "upcoming"
        body["status"] = "draft"
        for name in [
            "hosted_invoice_url", "number", "effective_at", "ending_balance", "webhooks_delivered_at",
        ] { body[name] = nil }
        body["amount_remaining"] = body["amount_due"]
        body["amount_paid"] = 0
        body["status_transitions"] = [
            "finalized_at": nil, "marked_uncollectible_at": nil, "paid_at": nil, "voided_at": nil,
        ]
        if let prorated { body["parent"]["subscription_details"]["subscription_proration_date"] = .int(prorated) }
        body["lines"]["url"] = .string("/v1/invoices/\(id)/lines")
        body["lines"]["data"] = .array(
            body["lines"]["data"].elements.map { line in
                line.merging([
                    "id": .string("il_tmp_" + (line["id"].string ?? "").dropFirst(3)), "invoice": .string(id),
                ])
            })
        return body
    }

    private static func noUpcoming(_ customer: String) -> StripeFailure {
        StripeFailure(
            status: 404, type: "invalid_request_error", code: "invoice_upcoming_none",
            message: "No upcoming invoices for customer: \(customer)")
    }
}

extension Transaction {
    /// The next invoice of a subscription as it stands: what is pending, and the next period.
    /// - Parameter isRecurringOnly: without what is pending.
    func upcomingInvoice(of subscription: Record, isRecurringOnly: Bool = false) -> JSON {
        let end = subscription.currentPeriod.end
        let pending =
            isRecurringOnly ? [] : pendingItems(of: subscription["customer"], subscription: subscription.id)
        var lines = pending.map(InvoiceLine.init)
        let isRenewed = subscription["cancel_at"].int.map { $0 > end } ?? true
        return at(end) {
            if isRenewed, let period = subscription.billingCycle?.period(containing: end) {
                lines += periodLines(of: subscription, period, whole: period)
            }
            var body = composedInvoice(
                id: "upcoming_" + Identifier.new(.invoice), of: subscription, reason: "upcoming", lines: lines)
            body["period_start"] = .int(subscription.currentPeriod.start)
            body["next_payment_attempt"] = .int(end + world.billingRules.draftTime)
            return body
        }
    }
}
