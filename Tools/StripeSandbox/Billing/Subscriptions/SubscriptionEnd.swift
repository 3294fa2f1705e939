/// Canceling, pausing and resuming.
enum SubscriptionEnd {
    /// `DELETE /v1/subscriptions/{id}`: ends it now.
    @Sendable static func cancel(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var subscription = try transaction.existing(.subscription, call.id, param: "id")
        guard !subscription.subscriptionStatus.isOver else {
            throw transaction.noSuch("subscription", call.id, param: "id")
        }
        return try transaction.at(transaction.billingTime(of: subscription)) { () throws(StripeFailure) in
            for name in ["comment", "feedback"] where call["cancellation_details"].has(name) {
                subscription["cancellation_details"][name] = call["cancellation_details"][name]
            }
            transaction.keep(subscription)
            if call["prorate"].isTrue, subscription.subscriptionStatus != .trialing {
                transaction.creditUnusedTime(of: subscription.id, from: transaction.now)
            }
            if call["invoice_now"].isTrue { transaction.invoicePending(of: subscription.id) }
            transaction.endSubscription(subscription.id, because: "cancellation_requested")
            return try transaction.existing(.subscription, subscription.id, param: "id").body
        }
    }

    /// `POST /v1/subscriptions/{id}/pause`
    @Sendable static func pause(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let subscription = try transaction.existing(.subscription, call.id, param: "id")
        for name in ["bill_for", "invoicing_behavior"] where !call[name].isNull {
            throw .invalid("This sandbox does not support `\(name)` of a pause.", param: name)
        }
        guard subscription.subscriptionStatus == .active || subscription.subscriptionStatus == .trialing else {
            throw .impossible(
                "You cannot pause this subscription because it has a status of \(subscription["status"].string ?? "").")
        }
        return try transaction.at(transaction.billingTime(of: subscription)) { () throws(StripeFailure) in
            transaction.pause(subscription, because: "pause_requested")
            return try transaction.existing(.subscription, subscription.id, param: "id").body
        }
    }

    /// `POST /v1/subscriptions/{id}/resume`: a period begins now and is charged, or the old one goes on.
    @Sendable static func resume(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let subscription = try transaction.existing(.subscription, call.id, param: "id")
        guard subscription.subscriptionStatus == .paused else {
            throw .impossible(
                "You cannot resume this subscription because it has a status of "
                    + "\(subscription["status"].string ?? ""); only a paused subscription may be resumed.")
        }
        return try transaction.at(transaction.billingTime(of: subscription)) { () throws(StripeFailure) in
            let change = try SubscriptionChange(call.parameters, transaction)
            return try transaction.resume(
                subscription, begins: call["billing_cycle_anchor"]["type"] != "unchanged", change,
                awaitsPayment: call["payment_behavior"] == "resume_on_payment_success", Confirmation(call)
            ).body
        }
    }
}

extension Transaction {
    /// - Parameters:
    ///   - begins: whether the cycle begins anew; otherwise the period that it is in now goes on.
    ///   - awaitsPayment: it stays paused until the invoice is paid.
    fileprivate func resume(
        _ subscription: Record, begins: Bool, _ change: SubscriptionChange, awaitsPayment: Bool, _ how: Confirmation
    ) throws(StripeFailure) -> Record {
        var resumed = subscription
        let before = resumed.body
        let invoice = periodOfResumption(&resumed, begins: begins, change)
        resumed["status_details"] = nil
        resumed.subscriptionStatus = awaitsPayment && invoice["amount_due"].int ?? 0 > 0 ? .paused : .active
        keep(resumed, changedFrom: before)
        if resumed.subscriptionStatus == .active { emit("customer.subscription.resumed", resumed.body) }
        guard var made = record(.invoice, invoice["id"].string ?? "") else { return resumed }
        made.hidden["resumes"] = .bool(awaitsPayment)
        keep(made)
        emit("invoice.created", made.body)
        finalizeInvoice(made.id, baseURL: how.baseURL)
        if record(.invoice, made.id)?["status"] == "open" {
            _ = try payInvoice(made.id, with: nil, by: .first, confirming: how)
        }
        return try existing(.subscription, subscription.id, param: "id")
    }

    /// Sets the period, and drafts what it costs; `null` when it has been paid for.
    private func periodOfResumption(
        _ subscription: inout Record, begins: Bool, _ change: SubscriptionChange
    ) -> JSON {
        if begins { subscription["billing_cycle_anchor"] = .int(now) }
        guard let period = subscription.billingCycle?.period(containing: now),
            begins || period != subscription.currentPeriod
        else { return nil }
        subscription.currentPeriod = period
        var charged = period
        if !begins { charged.start = change.prorationDate ?? now }
        let lines = periodLines(
            of: subscription, charged, whole: period, isFree: !begins && change.prorations == .none)
        return draftInvoice(of: &subscription, reason: "subscription_update", lines: lines, isSilent: true).body
    }
}
