package import Database
import StripeModels

extension CatalogStore {
    /// Prices a cart by the tenant's catalog.
    /// - Throws: `.invalid` naming `items`, `items[2].sku` or `items[2].quantity`; `.notFound` for a sku that is not in
    ///   this tenant's catalog; Stripe's code for a sum that cannot be charged.
    package static func price(
        _ items: [CartItem], for scope: TenantScope, in connection: Connection
    ) throws -> PricedCart {
        guard !items.isEmpty else { throw CommerceError.missing("items", "items must name at least one item.") }
        guard items.count <= CatalogRules.largestCart else {
            throw CommerceError.invalid("items", "items must have at most \(CatalogRules.largestCart) entries.")
        }
        var cart: (total: Money, lines: [OrderLine])?
        for (index, item) in items.enumerated() {
            let found = try find(item, at: index, for: scope, in: connection)
            let unit = Money(found.unitAmount, found.currency)
            if let first = cart?.total.currency, first != found.currency {
                throw CommerceError.invalid(
                    "items[\(index)].sku",
                    "All items of one order must have one currency; this one is in \(found.currency), not \(first).")
            }
            do {
                let amount = try unit.times(item.quantity)
                let total = try cart?.total.adding(amount) ?? amount
                let line = OrderLine(
                    sku: found.sku, name: found.name, quantity: item.quantity, unitAmount: found.unitAmount,
                    amount: amount.amount)
                cart = (total, (cart?.lines ?? []) + [line])
            } catch {
                throw CommerceError(error, param: "items")
            }
        }
        guard let cart else { throw CommerceError.missing("items", "items must name at least one item.") }
        do {
            try cart.total.currency.checkCharge(cart.total.amount)
        } catch {
            throw CommerceError(error, param: "items")
        }
        return PricedCart(amount: cart.total.amount, currency: cart.total.currency, lines: cart.lines)
    }

    private static func find(
        _ item: CartItem, at index: Int, for scope: TenantScope, in connection: Connection
    ) throws -> CatalogItem {
        let sku = try CatalogRules.sku(item.sku, "items[\(index)].sku")
        guard CatalogRules.quantities.contains(item.quantity) else {
            throw CommerceError.invalid(
                "items[\(index)].quantity",
                "items[\(index)].quantity must be from \(CatalogRules.quantities.lowerBound) to "
                    + "\(CatalogRules.quantities.upperBound).")
        }
        guard let found = try get(sku, for: scope, in: connection) else {
            throw CommerceError(
                .notFound, .resourceMissing, "No such catalog item: '\(sku)'.", param: "items[\(index)].sku")
        }
        return found
    }
}

extension CommerceError {
    /// Stripe's own words for an amount it would not take, on the field that carries it here.
    init(_ error: AmountError, param: String) {
        self.init(.invalid, Code(rawValue: error.code), error.message, param: param)
    }
}
