/// Where an order stands, by the contract's names.
package enum OrderStatus: String, Sendable, Hashable, CaseIterable, Codable {
    /// Written down; the buyer has not paid.
    case pending
    /// The buyer has to do something: 3-D Secure, a redirect.
    case requiresAction = "requires_action"
    /// The payment is under way: a bank debit, an authorization that waits for its capture.
    case processing
    /// The money is there; the storefront has not been told yet, or has not answered.
    case paid
    /// The storefront has acknowledged it.
    case active
    /// The last word on an attempt, not on the order: another card may still pay it.
    case failed
    case canceled
    case expired
    case pastDue = "past_due"
    case partiallyRefunded = "partially_refunded"
    case refunded
    case disputed
    case ended

    /// Nothing moves it any more.
    package var isFinal: Bool {
        switch self {
        case .canceled, .expired, .refunded, .ended: true
        case .pending, .requiresAction, .processing, .paid, .active, .failed, .pastDue, .partiallyRefunded, .disputed:
            false
        }
    }

    /// The buyer's part is over and so is ours: nobody who watches the checkout has to wait longer. A failed order is not
    /// settled, because the same page may try another card.
    package var isSettled: Bool {
        switch self {
        case .active, .canceled, .expired, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: true
        case .pending, .requiresAction, .processing, .paid, .failed: false
        }
    }
}
