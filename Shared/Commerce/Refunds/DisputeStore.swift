package import Database
package import StripeModels

/// A dispute of an order's payment, as its row says.
package struct OrderDispute: Sendable, Hashable {
    package let id: String
    package let order: OrderID?
    package let paymentIntent: String
    /// Minor units of `currency`.
    package let amount: Int64
    package let currency: Currency
    package let reason: String?
    package let status: Dispute.Status
    /// µs since 1970
    package let updatedAt: Int64

    init(_ row: Row) throws {
        id = try row.get("stripe_dispute")
        order = try row.get("order_id")
        paymentIntent = try row.get("payment_intent")
        amount = try row.get("amount")
        currency = Currency(rawValue: try row.get("currency"))
        reason = try row.get("reason")
        status = Dispute.Status(try row.get("status", as: String.self))
        updatedAt = try row.get("updated_at")
    }
}

/// The disputes' rows.
package enum DisputeStore {
    /// An order's disputes, the oldest first.
    package static func list(
        of order: OrderID, for scope: TenantScope, in connection: Connection
    ) throws -> [OrderDispute] {
        try connection.rows(
            """
            SELECT * FROM disputes WHERE order_id = $1 AND tenant_id = $2 AND livemode = $3
            ORDER BY created_at, stripe_dispute
            """, order, scope.tenant, scope.livemode
        ).map { try OrderDispute($0) }
    }

    /// Merges what Stripe says of a dispute: its status only goes forward. The row of the payment, and the order's where
    /// there is one, are locked.
    static func merge(
        _ fact: DisputeFact, paymentIntent: String, order: OrderID?, for scope: TenantScope, in connection: Connection
    ) throws {
        let known = try connection.row(
            "SELECT * FROM disputes WHERE tenant_id = $1 AND livemode = $2 AND stripe_dispute = $3", scope.tenant,
            scope.livemode, fact.id
        ).map { try OrderDispute($0) }
        guard let known else {
            try connection.execute(
                """
                INSERT INTO disputes (tenant_id, livemode, stripe_dispute, order_id, payment_intent, charge, amount,
                    currency, reason, status, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now_us(), now_us())
                """, scope.tenant, scope.livemode, fact.id, order, paymentIntent, fact.charge, fact.amount,
                fact.currency.rawValue, fact.reason, fact.status.name)
            return
        }
        // What goes with a status goes forward with it.
        let isNewer = fact.status.rank >= known.status.rank
        try connection.execute(
            """
            UPDATE disputes SET status = $4, amount = $5, reason = $6, order_id = COALESCE(order_id, $7),
                updated_at = now_us()
            WHERE tenant_id = $1 AND livemode = $2 AND stripe_dispute = $3
            """, scope.tenant, scope.livemode, fact.id, known.status.merged(with: fact.status).name,
            isNewer ? fact.amount : known.amount, isNewer ? fact.reason ?? known.reason : known.reason, order)
    }
}
