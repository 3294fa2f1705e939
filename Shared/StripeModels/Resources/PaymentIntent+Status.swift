extension PaymentIntent {
    /// Where a payment stands. `succeeded` and `canceled` are final.
    package enum Status: OpenEnum {
        case requiresPaymentMethod
        case requiresConfirmation
        case requiresAction
        case processing
        case requiresCapture
        case canceled
        case succeeded
        case unknown(String)

        package static let known: [String: Self] = [
            "requires_payment_method": .requiresPaymentMethod,
            "requires_confirmation": .requiresConfirmation,
            "requires_action": .requiresAction,
            "processing": .processing,
            "requires_capture": .requiresCapture,
            "canceled": .canceled,
            "succeeded": .succeeded,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }

        /// Nothing can follow: an event that says so decides alone.
        package var isFinal: Bool { self == .succeeded || self == .canceled }
    }

    /// When an authorized payment is collected.
    package enum CaptureMethod: OpenEnum {
        case automatic
        case automaticAsync
        case manual
        case unknown(String)

        package static let known: [String: Self] = [
            "automatic": .automatic, "automatic_async": .automaticAsync, "manual": .manual,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
