/// What a product costs, once or every period.
package struct Price: StripeResource {
    package static let objectName = "price"

    package let id: String
    package let active: Bool
    package let currency: Currency
    /// Minor units of `currency`; nil for a price in tiers, by parts of a minor unit, or of the buyer's choice.
    package let unitAmount: Int64?
    /// nil for a price that is paid once.
    package let recurring: Recurring?
    package let product: String?
    package let nickname: String?
    package let lookupKey: String?
    package let metadata: [String: String]
    package let livemode: Bool
    /// Seconds since 1970.
    package let created: Int64?

    package struct Recurring: Hashable, Sendable {
        /// `day`, `week`, `month` or `year`.
        package let interval: String
        package let intervalCount: Int64
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName, "plan")
        id = try fields.required("id")
        active = try fields.optional("active") ?? true
        currency = try fields.required("currency")
        unitAmount = try fields.optional("unit_amount") ?? fields.optional("amount")
        // A plan, which old versions have in a price's place, has the interval itself.
        let period = fields.object("recurring") ?? fields
        recurring = try (period.optional("interval") as String?).map { interval in
            Recurring(interval: interval, intervalCount: try period.optional("interval_count") ?? 1)
        }
        product = try fields.id("product")
        nickname = try fields.optional("nickname")
        lookupKey = try fields.optional("lookup_key")
        metadata = try fields.metadata()
        livemode = try fields.required("livemode")
        created = try fields.optional("created")
    }
}
