import OrderedCollections

/// `POST /v1/subscriptions/{id}`, and the same for one item.
enum SubscriptionUpdate {
    @Sendable static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let subscription = try transaction.existing(.subscription, call.id, param: "id")
        return try transaction.at(transaction.billingTime(of: subscription)) { () throws(StripeFailure) in
            try SubscriptionParameters.refuseUnsupported(call)
            try check(call, subscription)
            let change = try SubscriptionChange(call.parameters, transaction)
            var changed = subscription
            try apply(call, to: &changed, transaction)
            return try commit(change, to: changed, before: subscription, call, transaction)
        }
    }

    /// Makes the change, keeps it, and has billed what is to be billed at once.
    static func commit(
        _ change: SubscriptionChange, to changed: Record, before: Record, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> JSON {
        var changed = changed
        let invoice = try transaction.change(&changed, by: change)
        transaction.keep(changed, changedFrom: before.body)
        if let invoice {
            transaction.emit("invoice.created", invoice.body)
            transaction.finalizeInvoice(invoice.id, baseURL: call.baseURL)
            try collect(invoice.id, of: changed.id, call, transaction)
        }
        return try transaction.existing(.subscription, changed.id, param: "id").body
    }

    /// Has an invoice paid that an update has made.
    private static func collect(
        _ invoice: String, of id: String, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) {
        guard transaction.record(.invoice, invoice)?["status"] == "open" else { return }
        if call["payment_behavior"] == "default_incomplete" {
            _ = try transaction.awaitConfirmation(of: invoice)
            guard var subscription = transaction.record(.subscription, id) else { return }
            let before = subscription.body
            subscription.subscriptionStatus = subscription.subscriptionStatus.afterFailedPayment
            return transaction.keep(subscription, changedFrom: before)
        }
        let payment = try transaction.payInvoice(invoice, with: nil, by: .first, confirming: Confirmation(call))
        guard call["payment_behavior"] == "error_if_incomplete" else { return }
        switch payment {
        case .declined(var failure):
            failure.keepsEffects = false
            throw failure
        case .actionRequired: throw .actionRequired(code: "subscription_payment_intent_requires_action")
        case .paid, .nothingDue, .awaitsConfirmation: break
        }
    }

    /// What may be changed of a subscription that is over, and of one that was not paid yet.
    private static func check(_ call: Call, _ subscription: Record) throws(StripeFailure) {
        let always: Set<String> = ["cancellation_details", "expand", "metadata"]
        let allowed: Set<String>
        switch subscription.subscriptionStatus {
        case .canceled, .incompleteExpired: allowed = always
        case .incomplete:
            allowed = always.union([
                "default_payment_method", "payment_settings", "description", "cancel_at_period_end",
            ])
        case .trialing, .active, .pastDue, .unpaid, .paused: return
        }
        guard call.parameters.fields.keys.contains(where: { !allowed.contains($0) }) else { return }
        throw subscription.subscriptionStatus == .incomplete
            ? .impossible(
                "A subscription in `incomplete` status can only update its payment method, description and metadata.")
            : .impossible("A canceled subscription can only update its cancellation_details and metadata.")
    }

    private static func apply(
        _ call: Call, to subscription: inout Record, _ transaction: Transaction
    ) throws(StripeFailure) {
        subscription["metadata"] = try Metadata.merged(subscription["metadata"], with: call)
        if call.isSent("description") { subscription["description"] = call["description"] }
        if call.isSent("default_payment_method") {
            subscription["default_payment_method"] = JSON(
                try SubscriptionParameters.paymentMethod(
                    call, customer: subscription["customer"].string ?? "", transaction))
        }
        if call.isSent("application_fee_percent") {
            subscription["application_fee_percent"] = try SubscriptionParameters.feePercent(call)
        }
        if let save = call["payment_settings"]["save_default_payment_method"].string {
            subscription["payment_settings"]["save_default_payment_method"] = .string(save)
        }
        if let behavior = call["trial_settings"]["end_behavior"]["missing_payment_method"].string {
            subscription["trial_settings"]["end_behavior"]["missing_payment_method"] = .string(behavior)
        }
        if let enabled = call["automatic_tax"]["enabled"].bool {
            subscription["automatic_tax"]["enabled"] = .bool(enabled)
            subscription["automatic_tax"]["liability"] = enabled ? ["type": "self"] : nil
        }
        for name in ["comment", "feedback"] where call["cancellation_details"].has(name) {
            subscription["cancellation_details"][name] = call["cancellation_details"][name]
        }
        try applyEnd(call, to: &subscription, transaction)
        guard call.isSent("discounts") else { return }
        let discounts = try SubscriptionParameters.discounts(
            call, customer: subscription["customer"].string ?? "",
            items: subscription.items.map { ($0.price, $0.quantity) }, transaction)
        if call["discounts"].isNull {
            subscription["discounts"] = []
        } else if !discounts.isEmpty {
            transaction.applyDiscounts(discounts, to: &subscription)
        }
    }

    /// When it is to end: with its period, at a time, or not any more.
    static func applyEnd(
        _ call: Call, to subscription: inout Record, _ transaction: Transaction
    ) throws(StripeFailure) {
        if call.isSent("cancel_at"), call.isSent("cancel_at_period_end") {
            throw .invalid(
                "You may only specify one of these parameters: cancel_at, cancel_at_period_end.", param: "cancel_at")
        }
        if let atEnd = call["cancel_at_period_end"].bool {
            if atEnd { subscription.cancelAtPeriodEnd(transaction.now) } else { subscription.keepGoing() }
        }
        guard call.isSent("cancel_at") else { return }
        guard
            let time = try SubscriptionParameters.cancelAt(
                call["cancel_at"], period: subscription.currentPeriod, now: transaction.now)
        else { return subscription.keepGoing() }
        subscription["cancel_at"] = .int(time)
        subscription["cancel_at_period_end"] = false
        subscription["canceled_at"] = .int(transaction.now)
        subscription["cancellation_details"]["reason"] = "cancellation_requested"
        subscription.hidden["prorates_cancel"] = .bool(call["proration_behavior"] != "none")
    }
}
