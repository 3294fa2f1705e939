/// A buyer as a tenant's Stripe account knows them.
package struct Customer: StripeResource {
    package static let objectName = "customer"

    package let id: String
    /// A deleted customer has its id and nothing else.
    package let deleted: Bool
    package let email: String?
    package let name: String?
    package let phone: String?
    package let description: String?
    package let metadata: [String: String]
    /// The payment method its invoices are charged to.
    package let defaultPaymentMethod: String?
    /// nil when deleted.
    package let livemode: Bool?
    /// Seconds since 1970; nil when deleted.
    package let created: Int64?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        deleted = try fields.optional("deleted") ?? false
        email = try fields.optional("email")
        name = try fields.optional("name")
        phone = try fields.optional("phone")
        description = try fields.optional("description")
        metadata = try fields.metadata()
        defaultPaymentMethod = try fields.object("invoice_settings")?.id("default_payment_method")
        livemode = try fields.optional("livemode")
        created = try fields.optional("created")
    }
}
