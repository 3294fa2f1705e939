/// What a buyer does on Stripe's hosted page.
package enum CheckoutMode: String, Sendable, Hashable, CaseIterable, Codable {
    case payment
    case subscription
    /// Leaves a payment method behind, and pays nothing.
    case setup

    /// The order's kind. A setup is a payment of nothing.
    package var kind: OrderKind { self == .subscription ? .subscription : .payment }
}
