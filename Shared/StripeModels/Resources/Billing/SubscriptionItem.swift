/// One price of a subscription, and how many of it.
package struct SubscriptionItem: StripeResource {
    package static let objectName = "subscription_item"

    package let id: String
    package let price: Price
    /// nil for a price by usage.
    package let quantity: Int64?
    /// Seconds since 1970; nil before version 2025-03-31, where the subscription has the period.
    package let currentPeriodStart: Int64?
    package let currentPeriodEnd: Int64?
    package let metadata: [String: String]

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        // Old versions have only a plan, the newest only a price.
        if let price = try fields.optional("price") as Price? {
            self.price = price
        } else {
            price = try fields.required("plan")
        }
        quantity = try fields.optional("quantity")
        currentPeriodStart = try fields.optional("current_period_start")
        currentPeriodEnd = try fields.optional("current_period_end")
        metadata = try fields.metadata()
    }
}
