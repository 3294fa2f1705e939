/// A payment that an invoice has or asks for (since version 2025-03-31).
package struct InvoicePayment: StripeResource {
    package static let objectName = "invoice_payment"

    package let id: String
    package let invoice: String?
    package let status: Status
    /// Minor units of `currency`; nil before it is paid.
    package let amountPaid: Int64?
    package let currency: Currency?
    /// What the invoice itself tries to be paid by.
    package let isDefault: Bool
    /// nil where it was paid in another way.
    package let paymentIntent: String?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        invoice = try fields.id("invoice")
        status = try fields.optional("status") ?? .unknown("")
        amountPaid = try fields.optional("amount_paid")
        currency = try fields.optional("currency")
        isDefault = try fields.optional("is_default") ?? false
        paymentIntent = try fields.object("payment")?.id("payment_intent")
    }

    package enum Status: OpenEnum {
        case open
        case paid
        case canceled
        case unknown(String)

        package static let known: [String: Self] = ["open": .open, "paid": .paid, "canceled": .canceled]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
