/// What buyers are told by email.
package enum EmailKind: String, Codable, Sendable, Hashable, CaseIterable {
    /// The order is paid.
    case receipt
    case paymentFailed = "payment_failed"
    /// A subscription's renewal was not paid.
    case invoicePaymentFailed = "invoice_payment_failed"
    /// The bank wants the buyer to confirm a payment that was tried without them.
    case actionRequired = "action_required"
    case subscriptionCanceled = "subscription_canceled"
    case trialEnding = "trial_ending"
}

/// The payload of `send_email`: what is known, as of the moment it is told of. The words are the template's.
package struct EmailPayload: Codable, Sendable, Hashable {
    package let kind: EmailKind
    package let to: String
    package let order: OrderID?
    package let subscription: String?
    package let livemode: Bool
    /// For the template; see `EmailValue`.
    package let values: [String: String]
    /// Seconds since 1970.
    package let created: Int64

    package init(
        kind: EmailKind, to: String, order: OrderID?, subscription: String?, livemode: Bool,
        values: [String: String], created: Int64
    ) {
        self.kind = kind
        self.to = to
        self.order = order
        self.subscription = subscription
        self.livemode = livemode
        self.values = values
        self.created = created
    }
}

/// The names of an email's values.
package enum EmailValue {
    /// `12.34 EUR`
    package static let amount = "amount"
    package static let description = "description"
    /// Why a payment failed, in Stripe's words.
    package static let reason = "reason"
    /// Where the buyer can pay; absent where that is the order's own page.
    package static let link = "link"
    /// The invoice's number.
    package static let invoice = "invoice"
    /// Seconds since 1970, as text; so is the next one.
    package static let trialEnd = "trial_end"
    package static let nextAttempt = "next_attempt"
}
