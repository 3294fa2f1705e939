package import Database

extension OrderStore {
    /// Writes into an order's history what moved nothing but is worth knowing: that Stripe failed, for one. The order has
    /// another version then, and so a call to Stripe whose key is made of it has another key.
    /// - Throws: `.notFound`.
    @discardableResult
    package static func note(
        _ cause: OrderCause, detail: String? = nil, on id: OrderID, for scope: TenantScope, in connection: Connection
    ) throws -> Order {
        let row = try connection.row(
            """
            UPDATE orders SET version = version + 1, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, id, scope.tenant, scope.livemode)
        guard let row else { throw CommerceError.noSuch("order", id.rawValue) }
        let order = try Order(row)
        try record(order, from: order.status, cause: cause, detail: detail, in: connection)
        return order
    }
}
