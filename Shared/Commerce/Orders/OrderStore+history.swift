import Database

extension OrderStore {
    /// Takes `order`, whose row is locked, through the state machine, and writes what changes.
    static func move(
        _ order: Order, by event: OrderEvent, about subject: String?, cause: OrderCause, activatedAt: Int64?,
        in connection: Connection
    ) throws -> OrderMove {
        let next: OrderStatus
        do {
            next = try order.status.applying(event)
        } catch {
            let message = error.description + (subject.map { " (\($0))" } ?? "")
            return try record(.illegalTransition, message, of: order, cause: cause, in: connection)
        }
        let failure = failure(of: order, after: event, in: next)
        let isActivation = event == .activated && order.activatedAt == nil
        guard next != order.status || failure != order.failure || isActivation else {
            return OrderMove(order: order, from: order.status, anomaly: nil)
        }
        let row = try connection.row(
            """
            UPDATE orders SET status = $4, failure_code = $5, failure_message = $6,
                activated_at = CASE WHEN $7 = 1 THEN COALESCE($8, now_us()) ELSE activated_at END,
                version = version + 1, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, order.id, order.tenant, order.livemode, next.rawValue, failure?.code, failure?.message,
            isActivation ? 1 : 0, activatedAt)
        let changed = try written(row, order)
        try record(changed, from: order.status, cause: cause, detail: changed.failure?.message, in: connection)
        return OrderMove(order: changed, from: order.status, anomaly: nil)
    }

    /// A failed order shows why its last attempt failed; any other has no failure.
    private static func failure(of order: Order, after event: OrderEvent, in next: OrderStatus) -> OrderFailure? {
        guard next == .failed else { return nil }
        if case .paymentFailed(let failure) = event { return failure }
        return order.failure
    }

    /// Records what does not add up, once, and leaves the order where it is.
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
            UPDATE orders SET version = version + 1, updated_at = now_us()
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

    private static func written(_ row: Row?, _ order: Order) throws -> Order {
        guard let row else { throw CommerceError.noSuch("order", order.id.rawValue) }
        return try Order(row)
    }
}
