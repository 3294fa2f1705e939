package import Commerce
package import Database
package import StripeClient
package import StripeModels

/// A charge of the tenant's, and the order it paid for, where it is known.
package struct RecentCharge: Sendable {
    package let charge: Charge
    package let order: OrderID?

    package init(charge: Charge, order: OrderID?) {
        self.charge = charge
        self.order = order
    }

    /// Pages of Stripe's that are looked through.
    private static let pages = 6

    /// The last charges of a tenant among the last 500 of its account, the newest first: an account may have several
    /// tenants, and other users.
    /// - Throws: `StripeError`, `DatabaseError`.
    package static func last(
        _ wanted: Int, of scope: TenantScope, at stripe: StripeClient, as credentials: StripeCredentials,
        in database: Database
    ) async throws -> [RecentCharge] {
        var found: [RecentCharge] = []
        // Mostly the first of Stripe's charges are ours; else its largest pages.
        var (size, cursor): (Int, String?) = (wanted, nil)
        for _ in 0..<pages {
            let page = try await stripe.charges(as: credentials).page(limit: size, after: cursor)
            found += try await database.read { try ours(page.data, of: scope, in: $0) }
            guard found.count < wanted, page.hasMore, let last = page.data.last else { break }
            (size, cursor) = (100, last.id)
        }
        return Array(found.prefix(wanted))
    }

    private static func ours(
        _ charges: [Charge], of scope: TenantScope, in connection: Connection
    ) throws -> [RecentCharge] {
        try charges.compactMap { charge in
            let paid = try charge.paymentIntent.flatMap { try PaymentStore.order(of: $0, for: scope, in: connection) }
            guard try paid != nil || isOurs(charge, scope, in: connection) else { return nil }
            return RecentCharge(charge: charge, order: paid ?? Order.id(inStripeMetadata: charge.metadata))
        }
    }

    /// A charge that names an order is that order's tenant's.
    private static func isOurs(_ charge: Charge, _ scope: TenantScope, in connection: Connection) throws -> Bool {
        if let order = Order.id(inStripeMetadata: charge.metadata) {
            return try OrderStore.get(order, for: scope, in: connection) != nil
        }
        return try Ownership.isOurs(marked: charge.metadata, customer: charge.customer, scope, in: connection)
    }
}
