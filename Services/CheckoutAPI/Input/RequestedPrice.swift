import Commerce
import ServiceRuntime
import StripeModels

/// What is to be paid: an amount of the caller's own, or items that the catalog prices.
enum RequestedPrice: Sendable {
    case amount(Int64, Currency)
    case items([CartItem])

    static func read(_ fields: Fields, from caller: Caller) throws -> RequestedPrice {
        if let items = try items(fields) {
            if let other = ["amount", "currency"].first(where: fields.has) {
                throw APIError.invalidRequest(
                    param: other, code: "parameter_conflict",
                    message: "Give items, whose price the catalog has, or amount and currency, not both.")
            }
            return .items(items)
        }
        guard let amount = try fields.integer("amount", orTooLarge: .amountTooLarge("amount")) else {
            throw APIError.missing(caller.isPublishable ? "items" : "amount")
        }
        guard let currency = try fields.string("currency", maximum: 3) else { throw APIError.missing("currency") }
        return .amount(amount, try Currency(validating: currency))
    }

    /// `items`, or nil where they were left out.
    static func items(_ fields: Fields) throws -> [CartItem]? {
        try fields.objects("items", count: 1...100, allowed: ["sku", "quantity"])?.map { item in
            guard let sku = try item.string("sku", maximum: 64) else { throw APIError.missing(item.parameter("sku")) }
            return CartItem(sku: sku, quantity: try item.integer("quantity") ?? 1)
        }
    }
}
