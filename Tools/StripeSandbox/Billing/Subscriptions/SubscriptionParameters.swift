/// What creating and updating a subscription have in common.
enum SubscriptionParameters {
    /// What would change what is charged or when, and is not reckoned here, is refused rather than overlooked.
    private static let unsupported = [
        "add_invoice_items", "backdate_start_date", "billing_cycle_anchor_config",
        "billing_schedules", "billing_thresholds", "customer_account", "days_until_due", "default_source",
        "default_tax_rates", "on_behalf_of", "pause_collection", "pending_invoice_item_interval", "transfer_data",
    ]

    static func refuseUnsupported(_ call: Call) throws(StripeFailure) {
        for name in unsupported {
            let sent = call[name]
            guard sent.isNull || sent == [] else {
                throw .invalid("This sandbox does not support `\(name)` of subscriptions.", param: name)
            }
        }
        if !call["application_fee_percent"].isNull, call.scope == call.key.scope {
            throw .invalid(
                "Can only apply an application_fee_percent when the subscription is a connected account's (using an OAuth "
                    + "key or Stripe-Account header).", param: "application_fee_percent")
        }
        if call["collection_method"] == "send_invoice" {
            throw .invalid(
                "This sandbox does not support `collection_method=send_invoice`.", param: "collection_method")
        }
        if call["payment_behavior"] == "pending_if_incomplete" {
            throw .invalid(
                "This sandbox does not support `payment_behavior=pending_if_incomplete`.", param: "payment_behavior")
        }
        if call["billing_mode"]["type"] == "classic" {
            throw .invalid("This sandbox does not support `billing_mode=classic`.", param: "billing_mode[type]")
        }
        if call.isSent("trial_end"), call.isSent("trial_period_days") {
            throw .invalid(
                "You may only specify one of these parameters: trial_end, trial_period_days.",
                param: "trial_period_days")
        }
        guard let days = call["trial_period_days"].int else { return }
        guard (0...730).contains(days) else {
            throw .invalid("The maximum number of trial period days is 730 (2 years).", param: "trial_period_days")
        }
    }

    /// The platform's share, as a number.
    static func feePercent(_ call: Call) throws(StripeFailure) -> JSON {
        guard let text = call["application_fee_percent"].string else { return nil }
        guard let percent = Double(text), percent >= 0, percent <= 100 else {
            throw .invalid("Invalid application_fee_percent: \(text)", param: "application_fee_percent")
        }
        return .double(percent)
    }

    /// A payment method that a subscription may be charged to: one of its customer's.
    static func paymentMethod(
        _ call: Call, customer: String, _ transaction: Transaction
    ) throws(StripeFailure) -> String? {
        guard let id = call["default_payment_method"].string else { return nil }
        let method = try transaction.usablePaymentMethod(id, param: "default_payment_method")
        guard method["customer"].string == customer else {
            throw .impossible(
                "The customer does not have a payment method with the ID \(id). The payment method must be attached to "
                    + "the customer.", code: "resource_missing", param: "default_payment_method")
        }
        return method.id
    }

    static func discounts(
        _ call: Call, customer: String, items: [(price: JSON, quantity: Int64)], _ transaction: Transaction
    ) throws(StripeFailure) -> [AppliedDiscount] {
        let currency = items.first?.price["currency"].string ?? ""
        let amount = items.reduce(0) { $0 + ($1.price["unit_amount"].int ?? 0) * $1.quantity }
        var discounts: [AppliedDiscount] = []
        for (index, sent) in call["discounts"].elements.enumerated() {
            discounts.append(
                try transaction.discount(
                    sent, param: "discounts[\(index)]", customer: .string(customer), amount: amount,
                    currency: currency))
        }
        return discounts
    }

    /// `cancel_at`: a time, or the words for the end of the period; nil when it was not sent.
    static func cancelAt(_ sent: JSON, period: Period, now: Int64) throws(StripeFailure) -> Int64? {
        guard let text = sent.string else { return nil }
        if text == "min_period_end" || text == "max_period_end" { return period.end }
        guard let time = Int64(text) else { throw .invalid("Invalid timestamp: \(text)", param: "cancel_at") }
        guard time > now else {
            throw .impossible("`cancel_at` must be in the future.", param: "cancel_at")
        }
        return time
    }
}
