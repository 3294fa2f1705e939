/// What became of an event.
package struct OrderMove: Sendable, Equatable {
    /// The order as it is now.
    package internal(set) var order: Order
    package let from: OrderStatus
    /// What does not add up. It is in the order's history; log it at error when `isNew`.
    package internal(set) var anomaly: OrderAnomaly?
    /// What the storefront is to be told, in this order.
    package internal(set) var news: [DeliveryType] = []
    /// What the buyer is to be told that does not follow from `news`.
    package internal(set) var notices: [EmailNotice] = []

    /// Whether the order has another status than before.
    package var moved: Bool { order.status != from }
}

/// Something about a payment that cannot be right, and that a person has to look at: money may be in the wrong place.
package struct OrderAnomaly: Sendable, Hashable {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// What happened cannot happen to an order in this state: money for a canceled order.
        case illegalTransition = "illegal_transition"
        /// Less than the order's amount.
        case amountMismatch = "amount_mismatch"
        case overpaid
        case currencyMismatch = "currency_mismatch"
        /// A second PaymentIntent for an order that has one.
        case otherPaymentIntent = "other_payment_intent"
        case otherMode = "other_mode"
        /// A Checkout Session that is not the order's.
        case otherCheckoutSession = "other_checkout_session"
        /// A refund that had succeeded came back: the buyer does not have the money.
        case refundFailed = "refund_failed"
        /// More went back than was captured.
        case overRefunded = "over_refunded"
    }

    package let code: Code
    package let message: String
    /// False when the same was recorded before: a repeated event is no second anomaly.
    package let isNew: Bool
}
