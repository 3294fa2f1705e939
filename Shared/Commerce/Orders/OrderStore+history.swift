import Database

extension OrderStore {
    /// Records what does not add up, once, and leaves the order where it is. Money that came in with it is the order's
    /// all the same, so that it can be given back.
    static func record(
        _ code: OrderAnomaly.Code, _ message: String, of order: Order, cause: OrderCause, in connection: Connection
    ) throws -> OrderMove {
        // Nobody else can write it at the same time: the order's row is locked.
        let known = try connection.row(
            "SELECT 1 AS found FROM order_transitions WHERE order_id = $1 AND anomaly = $2 AND detail = $3", order.id,
            code.rawValue, message)
        if known != nil {
            let anomaly = OrderAnomaly(code: code, message: message, isNew: false)
            return OrderMove(order: order, from: order.status, anomaly: anomaly)
        }
        let row = try connection.row(
            """
            UPDATE orders SET version = version + 1, updated_at = now_us(), amount_captured = COALESCE(
                (SELECT CAST(SUM(p.amount_captured) AS BIGINT) FROM order_payments p
                    WHERE p.order_id = orders.id AND p.currency = orders.currency), amount_captured)
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, order.id, order.tenant, order.livemode)
        let changed = try written(row, order)
        try record(changed, from: order.status, cause: cause, anomaly: code, detail: message, in: connection)
        return OrderMove(
            order: changed, from: order.status, anomaly: OrderAnomaly(code: code, message: message, isNew: true))
    }

    /// The history row of the version that `order` has now.
    static func record(
        _ order: Order, from: OrderStatus?, cause: OrderCause, anomaly: OrderAnomaly.Code? = nil,
        detail: String? = nil, in connection: Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO order_transitions (order_id, sequence, tenant_id, livemode, from_status, to_status, cause,
                stripe_event, anomaly, detail, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now_us())
            """, order.id, order.version, order.tenant, order.livemode, from?.rawValue, order.status.rawValue,
            cause.text, cause.stripeEvent, anomaly?.rawValue, detail)
        connection.wake(channel)
    }

    static func written(_ row: Row?, _ order: Order) throws -> Order {
        guard let row else { throw CommerceError.noSuch("order", order.id.rawValue) }
        return try Order(row)
    }
}
