extension Transaction {
    /// What happens to a subscription by the passing of time. `now` is when it happens.
    func take(_ step: SubscriptionStep, with subscription: Record) {
        switch step {
        case .expire: endIncomplete(subscription)
        case .cancel:
            if subscription.hidden["prorates_cancel"].isTrue, subscription.currentPeriod.end > now {
                creditUnusedTime(of: subscription.id, from: now)
                invoicePending(of: subscription.id)
            }
            endSubscription(subscription.id, because: nil)
        case .renew: renew(subscription)
        case .announceTrialEnd:
            var subscription = subscription
            subscription.hidden["trial_end_announced"] = subscription["trial_end"]
            keep(subscription)
            emit("customer.subscription.trial_will_end", subscription.body)
        case .announceInvoice:
            var subscription = subscription
            subscription.hidden["invoice_announced"] = .int(subscription.currentPeriod.end)
            keep(subscription)
            emit("invoice.upcoming", upcomingInvoice(of: subscription))
        }
    }

    private func endIncomplete(_ subscription: Record) {
        if let invoice = subscription["latest_invoice"].string, record(.invoice, invoice)?["status"] == "open" {
            return voidInvoice(invoice)
        }
        var subscription = subscription
        let before = subscription.body
        subscription.subscriptionStatus = .incompleteExpired
        subscription["ended_at"] = .int(now)
        keep(subscription, changedFrom: before)
    }

    /// Begins the next period: the trial ends, or the one before is over.
    private func renew(_ subscription: Record) {
        var subscription = subscription
        let before = subscription.body
        let over = subscription.currentPeriod
        guard let period = subscription.billingCycle?.period(containing: over.end) else { return }
        if subscription.subscriptionStatus == .trialing {
            if defaultPaymentMethod(of: subscription) == nil {
                switch subscription["trial_settings"]["end_behavior"]["missing_payment_method"].string {
                case "cancel": return endSubscription(subscription.id, because: nil)
                case "pause": return pause(subscription, because: "trial_end_without_payment_method")
                default: break
                }
            }
            subscription.subscriptionStatus = .active
        }
        subscription.currentPeriod = period
        var invoice = draftInvoice(
            of: &subscription, reason: "subscription_cycle",
            lines: periodLines(of: subscription, period, whole: period), isSilent: true)
        invoice["period_start"] = .int(over.start)
        invoice["period_end"] = .int(over.end)
        // Stripe: what an unpaid subscription would cost is drafted and not collected.
        if subscription.subscriptionStatus == .unpaid {
            invoice["auto_advance"] = false
        } else {
            invoice["automatically_finalizes_at"] = .int(now + world.billingRules.draftTime)
            invoice["next_payment_attempt"] = invoice["automatically_finalizes_at"]
        }
        keep(subscription, changedFrom: before)
        keep(invoice)
        emit("invoice.created", invoice.body)
    }

    /// The time has come for an invoice: a draft becomes final and is charged, an open one is tried again.
    func advance(_ invoice: Record) {
        if invoice["status"] == "draft" { finalizeInvoice(invoice.id) }
        guard record(.invoice, invoice.id)?["status"] == "open" else { return }
        let how = Confirmation(baseURL: invoice.hidden["base_url"].string ?? "")
        // What failed has been done to the invoice and its subscription.
        _ = try? payInvoice(invoice.id, with: nil, by: .automatic, confirming: how)
    }

    /// A subscription is over, now.
    /// - Parameter reason: `cancellation_details.reason`; nil leaves it.
    func endSubscription(_ id: String, because reason: String?) {
        guard var subscription = record(.subscription, id), !subscription.subscriptionStatus.isOver else { return }
        subscription.subscriptionStatus = .canceled
        subscription["ended_at"] = .int(now)
        if subscription["canceled_at"].isNull { subscription["canceled_at"] = .int(now) }
        if let reason { subscription["cancellation_details"]["reason"] = .string(reason) }
        keep(subscription)
        stopCollecting(from: id)
        emit("customer.subscription.deleted", subscription.body)
    }

    /// Stops a subscription until it is resumed: no periods, no invoices.
    func pause(_ subscription: Record, because type: String) {
        var subscription = subscription
        let before = subscription.body
        subscription.subscriptionStatus = .paused
        subscription["status_details"] = [
            "paused": [
                "subscription": ["type": .string(type)], "transitioned_at": .int(now), "type": "subscription",
            ]
        ]
        keep(subscription, changedFrom: before)
        emit("customer.subscription.paused", subscription.body)
    }

    /// What a subscription is charged to: its own default, or its customer's.
    func defaultPaymentMethod(of subscription: Record) -> String? {
        subscription["default_payment_method"].string
            ?? subscription["customer"].string.flatMap { record(.customer, $0) }?["invoice_settings"][
                "default_payment_method"
            ].string
    }
}
