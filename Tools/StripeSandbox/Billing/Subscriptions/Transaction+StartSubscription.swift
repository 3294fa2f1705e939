extension Transaction {
    /// Starts a subscription: the subscription, its first invoice, and its payment, with all their events.
    ///
    /// Checkout calls this once the buyer has given a card, `POST /v1/subscriptions` for everybody else. With a trial, or
    /// when nothing is due, nothing is charged.
    ///
    ///     let started = try transaction.startSubscription(
    ///         NewSubscription(
    ///             customer: customer, items: [.init(price: price, quantity: 1)], trialDays: 14,
    ///             defaultPaymentMethod: method.id, metadata: ["order": "ord_1"]),
    ///         confirming: Confirmation(baseURL: call.baseURL, returnURL: "https://shop.example/thanks"))
    ///
    /// - Parameters:
    ///   - new: its payment method must exist; one of nobody's is attached to the customer when it has paid.
    ///   - how: where the buyer goes for 3-D Secure, and comes back to.
    /// - Throws: what is wrong with the wishes; with `errorIfIncomplete` also the decline. Nothing was made then.
    func startSubscription(
        _ new: NewSubscription, confirming how: Confirmation
    ) throws(StripeFailure) -> StartedSubscription {
        try at(billingTime(of: new.customer)) { () throws(StripeFailure) in
            let id = Identifier.new(.subscription)
            let terms = try FirstPeriod(new, now: now)
            var subscription = insert(
                .subscription, id: id, blankSubscription(id: id, new, terms),
                hidden: ["base_url": .string(how.baseURL), "prorates_cancel": .bool(new.prorates)])
            for item in new.items {
                subscription.add(
                    SubscriptionItem.body(
                        id: Identifier.subscriptionItem, price: item.price.body, quantity: item.quantity,
                        metadata: item.metadata, subscription: id, period: terms.period, now: now))
            }
            try checkItems(subscription)
            applyDiscounts(new.discounts, to: &subscription)
            subscription.subscriptionStatus = terms.trialEnd == nil ? .incomplete : .trialing
            if new.cancelsAtPeriodEnd { subscription.cancelAtPeriodEnd(now) }
            keep(subscription)
            let lines =
                terms.trialEnd == nil
                ? periodLines(
                    of: subscription, terms.period, whole: terms.whole, isFree: !new.prorates && terms.isStub)
                : trialLines(of: subscription, terms.period)
            let invoice = draftInvoice(of: &subscription, reason: "subscription_create", lines: lines, isSilent: true)
            // Stripe tells of the subscription before its invoice.
            let isDue = invoice["amount_due"].int ?? 0 > 0
            if !isDue, terms.trialEnd == nil { subscription.subscriptionStatus = .active }
            if !isDue, new.payment == .defaultIncomplete, defaultPaymentMethod(of: subscription) == nil {
                askForPaymentMethod(&subscription)
            }
            keep(subscription)
            emit("customer.subscription.created", subscription.body)
            emit("invoice.created", invoice.body)
            finalizeInvoice(invoice.id, baseURL: how.baseURL)
            let payment = try payFirst(invoice.id, new, how)
            return StartedSubscription(
                subscription: try existing(.subscription, id, param: "id"),
                invoice: try existing(.invoice, invoice.id, param: "id"), payment: payment)
        }
    }

    /// A subscription that costs nothing yet has a SetupIntent for what is to be charged later.
    private func askForPaymentMethod(_ subscription: inout Record) {
        var intent = newSetupIntent(application: subscription["application"])
        intent["customer"] = subscription["customer"]
        intent.hidden["subscription"] = .string(subscription.id)
        put(intent)
        emit("setup_intent.created", intent.body)
        subscription["pending_setup_intent"] = .string(intent.id)
    }

    /// A SetupIntent has changed: if a subscription waits for it, that has its payment method now.
    func tellSubscription(of intent: Record) {
        guard intent.intentStatus == .succeeded,
            var subscription = intent.hidden["subscription"].string.flatMap({ record(.subscription, $0) })
        else { return }
        let before = subscription.body
        subscription["pending_setup_intent"] = nil
        if subscription["payment_settings"]["save_default_payment_method"] == "on_subscription" {
            subscription["default_payment_method"] = intent["payment_method"]
        }
        keep(subscription, changedFrom: before)
    }

    private func payFirst(
        _ invoice: String, _ new: NewSubscription, _ how: Confirmation
    ) throws(StripeFailure) -> InvoicePayment {
        guard record(.invoice, invoice)?["status"] == "open" else { return .nothingDue }
        if new.payment == .defaultIncomplete {
            return try awaitConfirmation(of: invoice)
        }
        guard paymentMethod(for: try existing(.invoice, invoice, param: "invoice")) != nil else {
            throw .noPaymentMethod
        }
        let payment = try payInvoice(invoice, with: nil, by: .first, confirming: how)
        guard new.payment == .errorIfIncomplete else { return payment }
        switch payment {
        case .declined(var failure):
            failure.keepsEffects = false
            throw failure
        case .actionRequired: throw .actionRequired(code: "subscription_payment_intent_requires_action")
        case .paid, .nothingDue, .awaitsConfirmation: return payment
        }
    }

    /// The subscription before its items.
    private func blankSubscription(id: String, _ new: NewSubscription, _ terms: FirstPeriod) -> JSON {
        [
            "id": .string(id), "object": "subscription", "application": new.application,
            "application_fee_percent": new.applicationFeePercent,
            "automatic_tax": [
                "disabled_reason": nil, "enabled": .bool(new.hasAutomaticTax),
                "liability": new.hasAutomaticTax ? ["type": "self"] : nil,
            ],
            "billing_cycle_anchor": .int(terms.anchor), "billing_cycle_anchor_config": nil,
            "billing_mode": ["flexible": ["proration_discounts": "included"], "type": "flexible"],
            "billing_schedules": [], "billing_thresholds": nil, "cancel_at": JSON(new.cancelAt),
            "cancel_at_period_end": false, "canceled_at": new.cancelAt == nil ? nil : .int(now),
            "cancellation_details": [
                "comment": nil, "feedback": nil, "feedback_option": nil,
                "reason": new.cancelAt == nil ? nil : "cancellation_requested",
            ],
            "collection_method": "charge_automatically", "created": .int(now), "currency": .string(terms.currency),
            "customer": .string(new.customer.id), "customer_account": nil, "days_until_due": nil,
            "default_payment_method": JSON(new.defaultPaymentMethod), "default_source": nil, "default_tax_rates": [],
            "description": new.description, "discounts": [], "ended_at": nil,
            "invoice_settings": [
                "account_tax_ids": nil, "custom_fields": nil, "description": nil, "footer": nil,
                "issuer": ["type": "self"],
            ],
            "items": [
                "object": "list", "data": [], "has_more": false,
                "url": .string("/v1/subscription_items?subscription=\(id)"),
            ],
            "latest_invoice": nil, "livemode": .bool(scope.livemode), "managed_payments": ["enabled": false],
            "metadata": new.metadata, "next_pending_invoice_item_invoice": nil, "on_behalf_of": nil,
            "pause_collection": nil,
            "payment_settings": [
                "payment_method_options": nil, "payment_method_types": nil,
                "save_default_payment_method": new.savesPaymentMethod ? "on_subscription" : "off",
            ],
            "pending_invoice_item_interval": nil, "pending_setup_intent": nil, "pending_update": nil, "schedule": nil,
            "start_date": .int(now), "status": "incomplete", "test_clock": new.customer["test_clock"],
            "transfer_data": nil, "trial_end": JSON(terms.trialEnd),
            "trial_settings": ["end_behavior": ["missing_payment_method": .string(new.withoutPaymentMethod)]],
            "trial_start": terms.trialEnd == nil ? nil : .int(now),
        ]
    }
}
