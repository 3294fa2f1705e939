/// `POST /v1/subscriptions`.
enum SubscriptionCreation {
    @Sendable static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let customer = try transaction.customer(call["customer"].string ?? "")
        let new = try transaction.at(transaction.billingTime(of: customer)) { () throws(StripeFailure) in
            try wishes(call, customer, transaction)
        }
        let started = try transaction.startSubscription(new, confirming: Confirmation(call))
        return started.subscription.body
    }

    /// What the parameters ask for.
    /// - Parameter call: those of the call, or for a preview the same ones.
    static func wishes(
        _ call: Call, _ customer: Record, _ transaction: Transaction
    ) throws(StripeFailure) -> NewSubscription {
        try SubscriptionParameters.refuseUnsupported(call)
        guard !call["items"].elements.isEmpty else { throw .missing("items") }
        let change = try SubscriptionChange(call.parameters, transaction)
        var new = NewSubscription(customer: customer, items: [])
        for item in change.items {
            guard let price = item.price else { throw .missing("\(item.place)[price]") }
            guard item.id == nil, !item.isDeleted else { throw .unknownParameter(["\(item.place)[id]"]) }
            new.items.append(.init(price: price, quantity: item.quantity ?? 1, metadata: item.metadata ?? [:]))
        }
        new.trialEnd = change.trialEnd
        new.trialDays = call["trial_period_days"].int
        if new.trialEnd == nil, new.trialDays == nil, call["trial_from_plan"].isTrue {
            new.trialDays = new.items.compactMap { $0.price["recurring"]["trial_period_days"].int }.max()
        }
        if let behavior = call["trial_settings"]["end_behavior"]["missing_payment_method"].string {
            new.withoutPaymentMethod = behavior
        }
        new.billingCycleAnchor = call["billing_cycle_anchor"].int
        new.prorates = change.prorations != .none
        let period = try FirstPeriod(new, now: transaction.now).period
        new.cancelAt = try SubscriptionParameters.cancelAt(call["cancel_at"], period: period, now: transaction.now)
        new.cancelsAtPeriodEnd = call["cancel_at_period_end"].isTrue
        new.defaultPaymentMethod = try SubscriptionParameters.paymentMethod(
            call, customer: customer.id, transaction)
        new.savesPaymentMethod = call["payment_settings"]["save_default_payment_method"] == "on_subscription"
        new.discounts = try SubscriptionParameters.discounts(
            call, customer: customer.id, items: new.items.map { ($0.price.body, $0.quantity) }, transaction)
        new.description = call["description"]
        new.metadata = try Metadata.merged(nil, with: call)
        new.hasAutomaticTax = call["automatic_tax"]["enabled"].isTrue
        new.application = call.application
        new.applicationFeePercent = try SubscriptionParameters.feePercent(call)
        if let behavior = call["payment_behavior"].string.flatMap(NewSubscription.Payment.init(rawValue:)) {
            new.payment = behavior
        }
        return new
    }
}
