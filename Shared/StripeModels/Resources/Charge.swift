/// One attempt to move money for a payment.
package struct Charge: StripeResource {
    package static let objectName = "charge"

    package let id: String
    /// In minor units of `currency`, as all amounts here are.
    package let amount: Int64
    package let amountCaptured: Int64
    package let amountRefunded: Int64
    package let currency: Currency
    package let status: Status
    package let paid: Bool
    package let captured: Bool
    /// All of it went back; after a partial refund this stays false.
    package let refunded: Bool
    package let disputed: Bool
    /// Those that came along: all of them in versions before 2022-11-15, none later.
    package let refunds: [Refund]
    package let paymentIntent: String?
    /// The invoice it paid; nil since version 2025-03-31, which has it at the invoice.
    package let invoice: String?
    package let customer: String?
    package let paymentMethod: String?
    /// The card that was charged; nil for other ways to pay.
    package let card: Card?
    package let description: String?
    package let failureCode: String?
    package let failureMessage: String?
    package let metadata: [String: String]
    package let livemode: Bool
    /// Seconds since 1970.
    package let created: Int64

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        amount = try fields.required("amount")
        amountCaptured = try fields.optional("amount_captured") ?? 0
        amountRefunded = try fields.optional("amount_refunded") ?? 0
        currency = try fields.required("currency")
        status = try fields.required("status")
        paid = try fields.optional("paid") ?? false
        captured = try fields.optional("captured") ?? false
        refunded = try fields.optional("refunded") ?? false
        disputed = try fields.optional("disputed") ?? false
        refunds = (fields.readable("refunds") as StripeList<Refund>?)?.data ?? []
        paymentIntent = try fields.id("payment_intent")
        invoice = try fields.id("invoice")
        customer = try fields.id("customer")
        paymentMethod = try fields.id("payment_method")
        card = try fields.object("payment_method_details")?.optional("card")
        description = try fields.optional("description")
        failureCode = try fields.optional("failure_code")
        failureMessage = try fields.optional("failure_message")
        metadata = try fields.metadata()
        livemode = try fields.required("livemode")
        created = try fields.required("created")
    }

    package enum Status: OpenEnum {
        case pending
        case succeeded
        case failed
        case unknown(String)

        package static let known: [String: Self] = [
            "pending": .pending, "succeeded": .succeeded, "failed": .failed,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
