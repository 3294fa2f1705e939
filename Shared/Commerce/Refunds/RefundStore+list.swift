package import Database

extension RefundStore {
    package static func get(
        _ id: RefundID, for scope: TenantScope, in connection: Connection
    ) throws -> OrderRefund? {
        try connection.row(
            """
            SELECT * FROM refunds WHERE id = $1 AND tenant_id = $2 AND livemode = $3 AND order_id IS NOT NULL
            """, id, scope.tenant, scope.livemode
        ).map { try OrderRefund($0) }
    }

    /// The refunds of a tenant's orders, the newest first.
    /// - Throws: `.notFound` with param `starting_after`.
    package static func list(
        _ page: PageRequest, order: OrderID? = nil, for scope: TenantScope, in connection: Connection
    ) throws -> Page<OrderRefund> {
        var conditions = Conditions()
        conditions.add("tenant_id = ? AND livemode = ? AND order_id IS NOT NULL", scope.tenant, scope.livemode)
        if let order { conditions.add("order_id = ?", order) }
        if let cursor = page.startingAfter {
            guard let after = try get(RefundID(rawValue: cursor), for: scope, in: connection) else {
                throw CommerceError.noSuch("refund", cursor, param: "starting_after")
            }
            conditions.add("(created_at, id) < (?, ?)", after.createdAt, after.id)
        }
        let rows = try connection.rows(
            """
            SELECT * FROM refunds \(conditions.sql) ORDER BY created_at DESC, id DESC LIMIT \(page.limit + 1)
            """, with: conditions.parameters)
        return Page(try rows.map { try OrderRefund($0) }, limit: page.limit)
    }

    /// Whether Stripe has refunds of this charge that no row tells of: then read them there. A charge of no payment of
    /// ours lacks none.
    package static func lacksRefunds(
        of charge: ChargeFact, for scope: TenantScope, in connection: Connection
    ) throws -> Bool {
        guard let intent = charge.paymentIntent,
            try OrderStore.order(ofPayment: intent, for: scope, in: connection) != nil
        else { return false }
        let known = try connection.row(
            """
            SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS known FROM refunds
            WHERE tenant_id = $1 AND livemode = $2 AND payment_intent = $3 AND stripe_refund IS NOT NULL
                AND status NOT IN ('failed', 'canceled')
            """, scope.tenant, scope.livemode, intent)
        return try known.map { try $0.get("known") < charge.amountRefunded } ?? true
    }
}
