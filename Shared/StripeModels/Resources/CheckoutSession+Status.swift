extension CheckoutSession {
    package enum Mode: OpenEnum {
        case payment
        case setup
        case subscription
        case unknown(String)

        package static let known: [String: Self] = [
            "payment": .payment, "setup": .setup, "subscription": .subscription,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }

    /// Where the buyer is. `complete` means that they are through, not that they have paid.
    package enum Status: OpenEnum {
        case open
        case complete
        case expired
        case unknown(String)

        package static let known: [String: Self] = ["open": .open, "complete": .complete, "expired": .expired]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }

    package enum PaymentStatus: OpenEnum {
        case paid
        case unpaid
        /// A setup, a trial, or a discount of all of it.
        case noPaymentRequired
        case unknown(String)

        package static let known: [String: Self] = [
            "paid": .paid, "unpaid": .unpaid, "no_payment_required": .noPaymentRequired,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
