import StripeModels

/// A refund as the API shows it: Stripe's fields, under our id.
package struct RefundJSON: Encodable, Sendable {
    private let refund: OrderRefund

    package init(_ refund: OrderRefund) { self.refund = refund }

    private enum CodingKeys: String, CodingKey {
        case id
        case object
        case livemode
        case order
        case amount
        case currency
        case status
        case reason
        case metadata
        case failureReason = "failure_reason"
        case paymentIntent = "payment_intent"
        case stripeRefund = "stripe_refund"
        case created
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(refund.id.rawValue, forKey: .id)
        try container.encode("refund", forKey: .object)
        try container.encode(refund.livemode, forKey: .livemode)
        try container.encode(refund.order?.rawValue, forKey: .order)
        try container.encode(refund.amount, forKey: .amount)
        try container.encode(refund.currency.rawValue, forKey: .currency)
        try container.encode(refund.status.shown, forKey: .status)
        try container.encode(refund.reason, forKey: .reason)
        try container.encode(refund.metadata, forKey: .metadata)
        try container.encode(refund.failureReason, forKey: .failureReason)
        try container.encode(refund.paymentIntent, forKey: .paymentIntent)
        try container.encode(refund.stripeRefund, forKey: .stripeRefund)
        try container.encode(refund.createdAt / 1_000_000, forKey: .created)
    }
}
