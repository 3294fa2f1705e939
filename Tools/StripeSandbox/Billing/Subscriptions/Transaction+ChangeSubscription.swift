extension Transaction {
    /// Changes a subscription's items, trial or cycle, and writes down what that credits and charges.
    ///
    /// An update and its preview both come here, with the same `proration_date`, so that what was previewed is what is
    /// billed. The caller keeps the subscription.
    /// - Returns: the draft of an invoice to be billed at once; nil when what there is waits for the next one.
    func change(_ subscription: inout Record, by change: SubscriptionChange) throws(StripeFailure) -> Record? {
        let old = subscription
        let time = try prorationTime(change, subscription)
        let touched = try changeItems(of: &subscription, change)
        try checkItems(subscription)
        let isTrial = old.subscriptionStatus == .trialing
        let changesInterval = subscription.items.first?.interval != old.items.first?.interval
        let begins = change.resetsAnchor || change.trialEnd != nil || (changesInterval && !isTrial)
        let prorates = change.prorations != .none && !isTrial && old.subscriptionStatus != .paused
        if prorates {
            for (before, after) in touched {
                if let before, let line = unusedTime(of: before, old, from: time) {
                    _ = addPending(line, to: subscription)
                    subscription.setBilled(nil, for: before.id)
                }
                if let after, !begins, let line = remainingTime(on: after, subscription, from: time) {
                    let item = addPending(line, to: subscription)
                    subscription.setBilled(
                        BilledItem(amount: line.amount, period: line.period, invoiceItem: item.id), for: after.id)
                }
            }
        }
        for case (let before?, nil) in touched { subscription.setBilled(nil, for: before.id) }
        if begins {
            if prorates { creditOthers(&subscription, from: time) }
            return beginPeriod(of: &subscription, change)
        }
        guard change.prorations == .invoice,
            !pendingItems(of: subscription["customer"], subscription: subscription.id).isEmpty
        else { return nil }
        return draftInvoice(of: &subscription, reason: "subscription_update", lines: [], isSilent: true)
    }

    private func prorationTime(
        _ change: SubscriptionChange, _ subscription: Record
    ) throws(StripeFailure) -> Int64 {
        guard let time = change.prorationDate else { return now }
        let period = subscription.currentPeriod
        guard time >= period.start, time <= period.end else {
            throw .impossible(
                "Cannot specify `proration_date` outside of the current billing period.", param: "proration_date")
        }
        return time
    }

    /// Puts the wishes on the items.
    /// - Returns: those whose price or quantity has changed, as they were and as they are.
    private func changeItems(
        of subscription: inout Record, _ change: SubscriptionChange
    ) throws(StripeFailure) -> [(before: SubscriptionItem?, after: SubscriptionItem?)] {
        var items = subscription.items
        var touched: [(before: SubscriptionItem?, after: SubscriptionItem?)] = []
        for wish in change.items {
            guard let id = wish.id else {
                guard let price = wish.price else { throw .missing("\(wish.place)[price]") }
                let item = SubscriptionItem(
                    body: SubscriptionItem.body(
                        id: Identifier.subscriptionItem, price: price.body, quantity: wish.quantity ?? 1,
                        metadata: wish.metadata ?? [:], subscription: subscription.id,
                        period: subscription.currentPeriod, now: now))
                items.append(item)
                touched.append((nil, item))
                continue
            }
            guard let index = items.firstIndex(where: { $0.id == id }) else {
                throw noSuch("subscription item", id, param: "\(wish.place)[id]")
            }
            let before = items[index]
            if wish.isDeleted {
                items.remove(at: index)
                touched.append((before, nil))
                continue
            }
            if let price = wish.price { items[index].body.setPrice(price.body) }
            if let quantity = wish.quantity { items[index].body["quantity"] = .int(quantity) }
            if let metadata = wish.metadata {
                items[index].body["metadata"] = try Metadata.merged(
                    before.body["metadata"], isSent: true, metadata)
            }
            let after = items[index]
            if after.price["id"] != before.price["id"] || after.quantity != before.quantity {
                touched.append((before, after))
            }
        }
        subscription.items = items
        return touched
    }

    /// When the cycle begins anew, the items that stay as they are get their unused time back too.
    private func creditOthers(_ subscription: inout Record, from time: Int64) {
        for item in subscription.items {
            guard let line = unusedTime(of: item, subscription, from: time) else { continue }
            _ = addPending(line, to: subscription)
            subscription.setBilled(nil, for: item.id)
        }
    }

    /// Begins a period now: of a trial, or one that is paid.
    private func beginPeriod(of subscription: inout Record, _ change: SubscriptionChange) -> Record? {
        let lines: [InvoiceLine]
        if let trialEnd = change.trialEnd, trialEnd > now {
            if subscription.subscriptionStatus != .trialing { subscription["trial_start"] = .int(now) }
            subscription["trial_end"] = .int(trialEnd)
            subscription["billing_cycle_anchor"] = .int(trialEnd)
            subscription.subscriptionStatus = .trialing
            subscription.currentPeriod = Period(start: now, end: trialEnd)
            lines = trialLines(of: subscription, subscription.currentPeriod)
        } else {
            if subscription.subscriptionStatus == .trialing {
                subscription["trial_end"] = .int(now)
                subscription.subscriptionStatus = .active
            }
            subscription["billing_cycle_anchor"] = .int(now)
            guard let period = subscription.billingCycle?.period(containing: now) else { return nil }
            subscription.currentPeriod = period
            lines = periodLines(of: subscription, period, whole: period)
        }
        if subscription["cancel_at_period_end"].isTrue {
            subscription["cancel_at"] = .int(subscription.currentPeriod.end)
        }
        return draftInvoice(of: &subscription, reason: "subscription_update", lines: lines, isSilent: true)
    }
}
