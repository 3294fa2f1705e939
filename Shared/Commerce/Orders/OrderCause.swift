/// Why an order changed, for its history.
package struct OrderCause: Sendable, Hashable {
    package let text: String
    /// Stripe's id of the event that told of it.
    package let stripeEvent: String?

    package init(_ text: String, stripeEvent: String? = nil) {
        self.text = String(text.prefix(200))
        self.stripeEvent = stripeEvent
    }

    /// A call of the storefront's: its request id, and what it asked for.
    package static func request(_ id: String, _ what: String) -> OrderCause { OrderCause("\(what) (\(id))") }

    package static func stripeEvent(_ id: String, type: String) -> OrderCause { OrderCause(type, stripeEvent: id) }

    /// Stripe would not make the payment.
    package static let stripeRefused = OrderCause("Stripe refused the payment")

    /// The storefront answered a delivery with 2xx.
    package static func acknowledged(by message: String) -> OrderCause { OrderCause("delivered (\(message))") }

    package static let noFulfillmentURL = OrderCause("paid, and there is no storefront to tell")

    package static func `operator`(_ what: String) -> OrderCause { OrderCause("operator: \(what)") }
}
