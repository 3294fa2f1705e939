/// A way to pay, saved or of one use.
package struct PaymentMethod: StripeResource {
    package static let objectName = "payment_method"

    package let id: String
    /// `card`, `sepa_debit`, …
    package let type: String
    /// The card's few public facts; nil for other types.
    package let card: Card?
    package let customer: String?
    package let metadata: [String: String]
    package let livemode: Bool
    /// Seconds since 1970.
    package let created: Int64

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        type = try fields.required("type")
        card = try fields.optional("card")
        customer = try fields.id("customer")
        metadata = try fields.metadata()
        livemode = try fields.required("livemode")
        created = try fields.required("created")
    }
}
