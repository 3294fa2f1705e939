/// One line of an invoice.
package struct InvoiceLine: StripeResource {
    package static let objectName = "line_item"

    /// Empty where an old version's preview has none.
    package let id: String
    /// Minor units of `currency`; below zero for a credit.
    package let amount: Int64
    package let currency: Currency
    package let description: String?
    package let quantity: Int64?
    /// What it is paid for, in seconds since 1970.
    package let periodStart: Int64?
    package let periodEnd: Int64?
    /// It makes up for a change in the middle of a period.
    package let isProration: Bool
    package let price: String?
    package let product: String?
    package let subscription: String?
    package let subscriptionItem: String?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        // Since 2025-03-31 where it comes from is in `parent` and its price in `pricing`.
        let parent = fields.object("parent")
        let source = [parent?.object("subscription_item_details"), parent?.object("invoice_item_details")]
            .compactMap(\.self)
        let oldPrice = fields.object("price") ?? fields.object("plan")
        let price = fields.object("pricing")?.object("price_details")
        id = try fields.optional("id") ?? ""
        amount = try fields.required("amount")
        currency = try fields.required("currency")
        description = try fields.optional("description")
        quantity = try fields.optional("quantity")
        let period = fields.object("period")
        periodStart = try period?.optional("start")
        periodEnd = try period?.optional("end")
        isProration =
            try fields.optional("proration") ?? source.contains { try $0.optional("proration") ?? false }
        self.price = try price?.id("price") ?? oldPrice?.optional("id")
        product = try price?.id("product") ?? oldPrice?.id("product")
        subscription = try fields.id("subscription") ?? source.lazy.compactMap { $0.readable("subscription") }.first
        subscriptionItem =
            try fields.id("subscription_item") ?? source.lazy.compactMap { $0.readable("subscription_item") }.first
    }
}
