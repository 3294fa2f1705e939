package import StripeModels

/// What Stripe says of a refund.
package struct RefundFact: Sendable, Hashable {
    package var id: String
    package var paymentIntent: String?
    package var charge: String?
    /// Minor units of `currency`.
    package var amount: Int64
    package var currency: Currency
    package var status: RefundStatus
    package var reason: String?
    package var failureReason: String?
    package var metadata: [String: String]
    /// Our row of it, by its metadata; nil for one that was made in Stripe's dashboard.
    package var ours: RefundID?

    package init(
        id: String, paymentIntent: String?, charge: String? = nil, amount: Int64, currency: Currency,
        status: RefundStatus, reason: String? = nil, failureReason: String? = nil, metadata: [String: String] = [:],
        ours: RefundID? = nil
    ) {
        self.id = id
        self.paymentIntent = paymentIntent
        self.charge = charge
        self.amount = amount
        self.currency = currency
        self.status = status
        self.reason = reason
        self.failureReason = failureReason
        self.metadata = metadata
        self.ours = ours
    }

    package init(_ refund: Refund) {
        let status: RefundStatus =
            switch refund.status {
            case .requiresAction: .requiresAction
            case .succeeded: .succeeded
            case .failed: .failed
            case .canceled: .canceled
            case .pending, .unknown: .pending
            }
        self.init(
            id: refund.id, paymentIntent: refund.paymentIntent, charge: refund.charge, amount: refund.amount,
            currency: refund.currency, status: status, reason: refund.reason, failureReason: refund.failureReason,
            metadata: refund.metadata.filter { !StripeMark.keys.contains($0.key) },
            ours: refund.metadata[StripeMark.refundKey].map(RefundID.init(rawValue:)))
    }
}

/// What Stripe says of a dispute.
package struct DisputeFact: Sendable, Hashable {
    package var id: String
    package var livemode: Bool
    package var paymentIntent: String?
    package var charge: String?
    /// Minor units of `currency`.
    package var amount: Int64
    package var currency: Currency
    package var reason: String?
    package var status: Dispute.Status

    package init(
        id: String, livemode: Bool, paymentIntent: String?, charge: String? = nil, amount: Int64, currency: Currency,
        reason: String? = nil, status: Dispute.Status
    ) {
        self.id = id
        self.livemode = livemode
        self.paymentIntent = paymentIntent
        self.charge = charge
        self.amount = amount
        self.currency = currency
        self.reason = reason
        self.status = status
    }

    package init(_ dispute: Dispute) {
        self.init(
            id: dispute.id, livemode: dispute.livemode, paymentIntent: dispute.paymentIntent, charge: dispute.charge,
            amount: dispute.amount, currency: dispute.currency, reason: dispute.reason, status: dispute.status)
    }
}

/// What Stripe says of a charge that was refunded.
package struct ChargeFact: Sendable, Hashable {
    package var id: String
    package var livemode: Bool
    package var paymentIntent: String?
    /// Minor units, pending refunds included.
    package var amountRefunded: Int64
    /// Those that came along: versions since 2022-11-15 send none.
    package var refunds: [RefundFact]

    package init(
        id: String, livemode: Bool, paymentIntent: String?, amountRefunded: Int64, refunds: [RefundFact] = []
    ) {
        self.id = id
        self.livemode = livemode
        self.paymentIntent = paymentIntent
        self.amountRefunded = amountRefunded
        self.refunds = refunds
    }

    package init(_ charge: Charge) {
        self.init(
            id: charge.id, livemode: charge.livemode, paymentIntent: charge.paymentIntent,
            amountRefunded: charge.amountRefunded, refunds: charge.refunds.map(RefundFact.init))
    }
}
