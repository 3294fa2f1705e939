/// Something that happened to an order's payment, as far as the state machine cares. What happens after the
/// payment is no event but a fact: see `OrderFacts`.
package enum OrderEvent: Sendable, Hashable {
    /// The buyer has to do something.
    case actionRequired(Observation)
    /// The payment is under way and may take days.
    case processingStarted(Observation)
    /// All of the money was received.
    case paymentSucceeded
    /// An attempt failed, for good as far as this attempt goes.
    case paymentFailed(OrderFailure)
    case canceled
    /// The buyer did not come back to the Checkout Session in time.
    case expired
    /// The storefront acknowledged the order, or there is no storefront to ask.
    case activated

    /// Its name in history and logs.
    package var name: String {
        switch self {
        case .actionRequired: "action_required"
        case .processingStarted: "processing_started"
        case .paymentSucceeded: "payment_succeeded"
        case .paymentFailed: "payment_failed"
        case .canceled: "canceled"
        case .expired: "expired"
        case .activated: "activated"
        }
    }
}

/// How we know of a state that is not a payment's last.
package enum Observation: Sendable, Hashable, CaseIterable {
    /// An event tells of it; the payment may have moved on since.
    case reported
    /// It was read at Stripe a moment ago, after the order's row was looked at; see `OrderStore.apply`.
    case read
}

/// Why the last attempt to pay failed.
package struct OrderFailure: Sendable, Hashable, Codable {
    /// Stripe's code, or the card issuer's reason where there is one: `insufficient_funds`.
    package let code: String
    /// Stripe's sentence for the buyer.
    package let message: String

    package init(code: String, message: String) {
        self.code = String(code.prefix(100))
        self.message = String(message.prefix(500))
    }
}

/// An event that cannot have happened to an order in this state. It is never dropped: the store records it as an anomaly.
package struct IllegalTransition: Error, Sendable, Hashable, CustomStringConvertible {
    package let from: OrderStatus
    /// The event's name.
    package let event: String

    package init(from: OrderStatus, event: String) {
        self.from = from
        self.event = event
    }

    package var description: String { "\(event) cannot happen to an order that is \(from.rawValue)." }
}
