/// A buyer's bank asking for the money back.
package struct Dispute: StripeResource {
    package static let objectName = "dispute"

    package let id: String
    /// Minor units of `currency`.
    package let amount: Int64
    package let currency: Currency
    package let status: Status
    /// For example `fraudulent` or `product_not_received`.
    package let reason: String?
    package let charge: String?
    package let paymentIntent: String?
    package let metadata: [String: String]
    package let livemode: Bool
    /// Seconds since 1970.
    package let created: Int64

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        amount = try fields.required("amount")
        currency = try fields.required("currency")
        status = try fields.required("status")
        reason = try fields.optional("reason")
        charge = try fields.id("charge")
        paymentIntent = try fields.id("payment_intent")
        metadata = try fields.metadata()
        livemode = try fields.required("livemode")
        created = try fields.required("created")
    }
}
