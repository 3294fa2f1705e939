package import Database

extension OrderStore {
    /// Applies `event` under the row's lock and writes the move and its history in the caller's transaction.
    ///
    /// It never throws for what the event says: one that contradicts the order is recorded as an anomaly and returned.
    /// - Parameters:
    ///   - revision: the order's when what `event` tells of was read; nil when the event is true whenever it arrives.
    ///   - activatedAt: µs since 1970, for `.activated`; nil for now.
    /// - Throws: `.notFound`; code `order_changed` when the order has another revision by now.
    package static func move(
        _ id: OrderID, for scope: TenantScope, by event: OrderEvent, cause: OrderCause,
        expecting revision: Int64? = nil, activatedAt: Int64? = nil, in connection: Connection
    ) throws -> OrderMove {
        let order = try locked(id, for: scope, in: connection)
        if let revision { try check(order, is: revision) }
        return try advance(order, by: event, cause: cause, activatedAt: activatedAt, in: connection)
    }

    static func locked(
        _ id: OrderID, for scope: TenantScope, in connection: Connection
    ) throws -> Order {
        guard let order = try get(id, for: scope, forUpdate: true, in: connection) else {
            throw CommerceError.noSuch("order", id.rawValue)
        }
        return order
    }

    static func check(_ order: Order, is revision: Int64) throws(CommerceError) {
        guard order.revision == revision else {
            throw CommerceError(
                .conflict, .orderChanged, "\(order.id) moved while its payment was read; it is read again.")
        }
    }

    /// Every reading at Stripe takes a revision. One that moved nothing makes no row of the history and nothing to tell
    /// anybody: only a place among the readings.
    static func noted(_ move: OrderMove, since before: Order, in connection: Connection) throws -> OrderMove {
        guard move.order.version == before.version else { return move }
        let row = try connection.row(
            """
            UPDATE orders SET silent_readings = silent_readings + 1
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, before.id, before.tenant, before.livemode)
        var noted = move
        noted.order = try written(row, before)
        return noted
    }
}
