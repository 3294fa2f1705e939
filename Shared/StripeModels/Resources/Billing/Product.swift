/// Something that an account sells.
package struct Product: StripeResource {
    package static let objectName = "product"

    package let id: String
    /// A deleted product has its id and nothing else.
    package let deleted: Bool
    package let name: String?
    package let description: String?
    package let active: Bool
    package let defaultPrice: String?
    package let metadata: [String: String]
    /// nil when deleted.
    package let livemode: Bool?
    /// Seconds since 1970; nil when deleted.
    package let created: Int64?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        deleted = try fields.optional("deleted") ?? false
        name = try fields.optional("name")
        description = try fields.optional("description")
        active = try fields.optional("active") ?? false
        defaultPrice = try fields.id("default_price")
        metadata = try fields.metadata()
        livemode = try fields.optional("livemode")
        created = try fields.optional("created")
    }
}
