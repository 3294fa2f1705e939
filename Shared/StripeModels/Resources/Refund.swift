/// Money going back for a charge. It carries no `livemode`: it has that of its charge.
package struct Refund: StripeResource {
    package static let objectName = "refund"

    package let id: String
    /// Minor units of `currency`.
    package let amount: Int64
    package let currency: Currency
    /// Old versions may leave it out; then it is unknown with an empty name.
    package let status: Status
    package let charge: String?
    package let paymentIntent: String?
    package let reason: String?
    package let failureReason: String?
    package let metadata: [String: String]
    /// Seconds since 1970.
    package let created: Int64

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        amount = try fields.required("amount")
        currency = try fields.required("currency")
        status = try fields.optional("status") ?? .unknown("")
        charge = try fields.id("charge")
        paymentIntent = try fields.id("payment_intent")
        reason = try fields.optional("reason")
        failureReason = try fields.optional("failure_reason")
        metadata = try fields.metadata()
        created = try fields.required("created")
    }

    package enum Status: OpenEnum {
        case pending
        case requiresAction
        case succeeded
        case failed
        case canceled
        case unknown(String)

        package static let known: [String: Self] = [
            "pending": .pending, "requires_action": .requiresAction, "succeeded": .succeeded, "failed": .failed,
            "canceled": .canceled,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
