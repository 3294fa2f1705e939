import Database

extension OrderStore {
    /// Takes `order`, whose row is locked, one step on, and writes what changes: `event` by the state machine, then what
    /// the facts make of a paid order.
    /// - Parameters:
    ///   - before: the facts before anything was merged into them; nil where nothing was.
    ///   - activatedAt: µs since 1970, for `.activated`; nil for now.
    static func advance(
        _ locked: Order, by event: OrderEvent?, from before: OrderFacts? = nil, about subject: String? = nil,
        cause: OrderCause, activatedAt: Int64? = nil, in connection: Connection
    ) throws -> OrderMove {
        var (order, next, anomaly) = (locked, locked.status, nil as OrderAnomaly?)
        if let event {
            do {
                next = try locked.status.applying(event)
            } catch {
                let message = error.description + (subject.map { " (\($0))" } ?? "")
                let found = try record(.illegalTransition, message, of: locked, cause: cause, in: connection)
                (order, anomaly) = (found.order, found.anomaly)
            }
        }
        let isActivation = event == .activated && next.isPaid && order.activatedAt == nil
        var facts = before
        // Of an order that is not paid the facts matter only where money is spoken of.
        if next.isPaid || before != nil || event == .paymentSucceeded {
            var loaded = try OrderFacts(of: order, in: connection)
            if isActivation { loaded.isAcknowledged = true }
            facts = loaded
            next = next.settled(by: loaded)
        }
        let step = Step(
            order: order, next: next, failure: failure(of: order, after: event, in: next), facts: facts,
            isActivation: isActivation, activatedAt: activatedAt,
            news: DeliveryType.news(
                from: OrderSituation(status: order.status, facts: before ?? facts ?? OrderFacts()),
                to: OrderSituation(status: next, facts: facts ?? OrderFacts())))
        guard step.changes else { return OrderMove(order: order, from: locked.status, anomaly: anomaly) }
        let changed = try write(step, in: connection)
        // An order's first payment is its amount, and told by its status.
        let known = before ?? (order.status.isPaid ? facts : nil) ?? OrderFacts(captured: step.captured)
        let difference = facts?.difference(from: known, in: changed.currency)
        try record(
            changed, from: order.status, cause: cause, detail: changed.failure?.message ?? difference, in: connection)
        return OrderMove(order: changed, from: locked.status, anomaly: anomaly, news: step.news)
    }

    /// A failed order shows why its last attempt failed; any other has no failure.
    private static func failure(of order: Order, after event: OrderEvent?, in next: OrderStatus) -> OrderFailure? {
        guard next == .failed else { return nil }
        if case .paymentFailed(let failure) = event { return failure }
        return order.failure
    }

    /// What is to be written of an order.
    private struct Step {
        let order: Order
        let next: OrderStatus
        let failure: OrderFailure?
        let facts: OrderFacts?
        let isActivation: Bool
        let activatedAt: Int64?
        let news: [DeliveryType]

        var captured: Int64 { facts?.captured ?? order.amountCaptured ?? 0 }
        var refunded: Int64 { facts?.refunded ?? order.amountRefunded }

        /// What is told makes a version too: each message is of one.
        var changes: Bool {
            next != order.status || failure != order.failure || isActivation || !news.isEmpty
                || captured != order.amountCaptured ?? 0 || refunded != order.amountRefunded
        }
    }

    private static func write(_ step: Step, in connection: Connection) throws -> Order {
        let order = step.order
        let row = try connection.row(
            """
            UPDATE orders SET status = $4, failure_code = $5, failure_message = $6,
                activated_at = CASE WHEN $7 = 1 THEN COALESCE($8, now_us()) ELSE activated_at END,
                amount_captured = $9, amount_refunded = $10,
                check_at = CASE CAST($11 AS BIGINT)
                    WHEN 0 THEN NULL WHEN 1 THEN now_us() + CAST($12 AS BIGINT) ELSE check_at END,
                checks = CASE CAST($11 AS BIGINT) WHEN 1 THEN 0 ELSE checks END,
                version = version + 1, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, order.id, order.tenant, order.livemode, step.next.rawValue, step.failure?.code,
            step.failure?.message, step.isActivation ? 1 : 0, step.activatedAt,
            step.facts == nil || step.captured == 0 && !step.next.isPaid ? order.amountCaptured : step.captured,
            step.refunded, StuckOrders.plan(from: order.status, to: step.next).rawValue, StuckOrders.firstCheck)
        return try written(row, order)
    }
}
