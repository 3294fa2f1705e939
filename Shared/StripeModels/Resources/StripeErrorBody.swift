/// What Stripe says about a call or a payment that failed: the `error` of an answer, or a `last_payment_error`.
///
/// `message` may repeat what was sent, so it is for the caller, not for a log: this prints without it.
package struct StripeErrorBody: Decodable, Sendable, CustomDebugStringConvertible, CustomReflectable {
    package let type: ErrorType
    /// For example `parameter_missing`, `card_declined`, `authentication_required`.
    package let code: String?
    /// The card issuer's reason, for example `insufficient_funds`.
    package let declineCode: String?
    package let message: String?
    package let param: String?
    package let charge: String?
    package let paymentMethod: String?
    package let requestLogURL: String?

    private let intent: Box?

    /// The PaymentIntent that the failed call was about, with the client secret by which a buyer may recover it.
    package var paymentIntent: PaymentIntent? { intent?.value }

    package init(type: ErrorType, code: String? = nil, message: String? = nil, param: String? = nil) {
        self.type = type
        self.code = code
        self.message = message
        self.param = param
        declineCode = nil
        charge = nil
        paymentMethod = nil
        requestLogURL = nil
        intent = nil
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        type = try fields.optional("type") ?? .unknown("")
        code = try fields.optional("code")
        declineCode = try fields.optional("decline_code")
        message = try fields.optional("message")
        param = try fields.optional("param")
        charge = try fields.id("charge")
        paymentMethod = try fields.id("payment_method")
        requestLogURL = try fields.optional("request_log_url")
        // A help to the reader of an error; one that cannot be read must not hide the error itself.
        intent = (try? fields.optional("payment_intent") as PaymentIntent?)?.map(Box.init)
    }

    package var debugDescription: String {
        // The rest of a parameter of metadata is the caller's own key.
        let place = param.map { $0.hasPrefix("metadata") ? "param metadata" : "param \($0)" }
        return [type.name, code, declineCode, place].compactMap(\.self).joined(separator: " ")
    }

    package var customMirror: Mirror { Mirror(self, children: ["error": debugDescription]) }

    /// A PaymentIntent holds its last error and an error its PaymentIntent; one of them has to be a reference.
    private final class Box: Sendable {
        let value: PaymentIntent
        init(_ value: PaymentIntent) { self.value = value }
    }

    package enum ErrorType: OpenEnum {
        case apiError
        case cardError
        case idempotencyError
        case invalidRequestError
        case unknown(String)

        package static let known: [String: Self] = [
            "api_error": .apiError, "card_error": .cardError, "idempotency_error": .idempotencyError,
            "invalid_request_error": .invalidRequestError,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
