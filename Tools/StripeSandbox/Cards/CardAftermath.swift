/// What comes after a card was charged, for the test cards that are not done with it (Stripe: "Testing").
enum CardAftermath: String, Sendable {
    /// A refund is pending at first, and succeeds later.
    case refundIsPending = "refund_is_pending"
    /// A refund seems to succeed, and fails later.
    case refundFails = "refund_fails"
    /// The cardholder disputes the charge as fraudulent.
    case disputedAsFraud = "disputed_as_fraud"
    /// The cardholder says that the product never came.
    case disputedAsNotReceived = "disputed_as_not_received"
    /// The bank asks before it disputes.
    case inquiry
    /// The money is available at once.
    case bypassesPending = "bypasses_pending"

    /// Whether a dispute follows by itself.
    var isDisputed: Bool {
        switch self {
        case .disputedAsFraud, .disputedAsNotReceived, .inquiry: true
        case .refundIsPending, .refundFails, .bypassesPending: false
        }
    }
}

extension Record {
    /// What comes after a charge; of a payment method, after it is charged.
    var aftermath: CardAftermath? { hidden["aftermath"].string.flatMap(CardAftermath.init(rawValue:)) }
}
