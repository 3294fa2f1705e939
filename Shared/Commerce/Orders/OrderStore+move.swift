package import Database
package import StripeModels

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
        return try move(order, by: event, about: nil, cause: cause, activatedAt: activatedAt, in: connection)
    }

    /// Applies what a PaymentIntent says: locks the order, checks that the payment is the one it asked for, moves it.
    ///
    /// Two workers may read one PaymentIntent and write in the other order. So read the order, then the PaymentIntent
    /// at Stripe, and hand in the revision that the order had: if it has another one now, a later reading may have come
    /// first. Every reading takes a revision, also one that moves nothing. A final state needs no such care.
    /// - Throws: `.notFound`; code `order_changed`: read both again.
    package static func apply(
        _ intent: PaymentIntent, _ observation: Observation, to id: OrderID, for scope: TenantScope,
        cause: OrderCause, expecting revision: Int64? = nil, in connection: Connection
    ) throws -> OrderMove {
        let order = try locked(id, for: scope, in: connection)
        if let revision, !intent.status.isFinal { try check(order, is: revision) }
        let move = try apply(intent, observation, to: order, cause: cause, in: connection)
        guard observation == .read, move.order.version == order.version else { return move }
        let noted = try noteReading(of: move.order, in: connection)
        return OrderMove(order: noted, from: move.from, anomaly: move.anomaly)
    }

    private static func apply(
        _ intent: PaymentIntent, _ observation: Observation, to locked: Order, cause: OrderCause,
        in connection: Connection
    ) throws -> OrderMove {
        var order = locked
        guard order.paymentIntent ?? intent.id == intent.id else {
            let message = "\(intent.id) (\(intent.status)) also says that it pays this order."
            return try record(.otherPaymentIntent, message, of: order, cause: cause, in: connection)
        }
        if order.paymentIntent == nil { order = try adopt(intent, order, in: connection) }

        let from = order.status
        var anomaly: OrderAnomaly?
        if let finding = PaymentCheck.finding(intent, for: order) {
            let found = try record(finding.code, finding.message, of: order, cause: cause, in: connection)
            guard finding.mayProceed else { return found }
            (order, anomaly) = (found.order, found.anomaly)
        }
        guard let event = OrderEvent(intent, observation) else {
            return OrderMove(order: order, from: from, anomaly: anomaly)
        }
        let move = try move(order, by: event, about: intent.id, cause: cause, activatedAt: nil, in: connection)
        return OrderMove(order: move.order, from: from, anomaly: move.anomaly ?? anomaly)
    }

    private static func locked(
        _ id: OrderID, for scope: TenantScope, in connection: Connection
    ) throws -> Order {
        guard let order = try get(id, for: scope, forUpdate: true, in: connection) else {
            throw CommerceError.noSuch("order", id.rawValue)
        }
        return order
    }

    private static func check(_ order: Order, is revision: Int64) throws(CommerceError) {
        guard order.revision == revision else {
            throw CommerceError(
                .conflict, .orderChanged, "\(order.id) moved while its payment was read; it is read again.")
        }
    }

    /// No row of the history, and nothing to tell anybody: only a place among the readings.
    private static func noteReading(of order: Order, in connection: Connection) throws -> Order {
        let row = try connection.row(
            """
            UPDATE orders SET silent_readings = silent_readings + 1
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, order.id, order.tenant, order.livemode)
        guard let row else { throw CommerceError.noSuch("order", order.id.rawValue) }
        return try Order(row)
    }

    /// The event of a payment may overtake the commit that follows its making.
    private static func adopt(_ intent: PaymentIntent, _ order: Order, in connection: Connection) throws -> Order {
        let row = try connection.row(
            """
            UPDATE orders SET payment_intent = $4, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 AND payment_intent IS NULL RETURNING *
            """, order.id, order.tenant, order.livemode, intent.id)
        guard let row else { throw CommerceError.noSuch("order", order.id.rawValue) }
        return try Order(row)
    }
}
