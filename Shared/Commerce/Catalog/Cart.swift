package import StripeModels

/// What a buyer wants: no price, for prices are the catalog's.
package struct CartItem: Sendable, Hashable {
    package let sku: String
    package let quantity: Int64

    package init(sku: String, quantity: Int64 = 1) {
        self.sku = sku
        self.quantity = quantity
    }
}

/// A cart with the catalog's prices of this moment.
package struct PricedCart: Sendable, Equatable {
    /// Minor units of `currency`.
    package let amount: Int64
    package let currency: Currency
    package let lines: [OrderLine]

    package init(amount: Int64, currency: Currency, lines: [OrderLine]) {
        self.amount = amount
        self.currency = currency
        self.lines = lines
    }
}

/// What was sold, as it was when it was sold.
package struct OrderLine: Codable, Sendable, Hashable {
    package let sku: String
    package let name: String
    package let quantity: Int64
    /// Minor units of the order's currency; so is `amount`, of all of them together.
    package let unitAmount: Int64
    package let amount: Int64

    package init(sku: String, name: String, quantity: Int64, unitAmount: Int64, amount: Int64) {
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.unitAmount = unitAmount
        self.amount = amount
    }

    private enum CodingKeys: String, CodingKey {
        case sku
        case name
        case quantity
        case unitAmount = "unit_amount"
        case amount
    }
}
