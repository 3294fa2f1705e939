package import Database
import Messaging
import StripeModels

/// The refunds' rows.
///
/// Invariant R: under the lock of the order's row, the refunds of one payment that did not fail are never more than it
/// captured. A new refund is a reservation: its row is written there, before Stripe is called, so that of twenty at once
/// those that fit go on and the others are told. What Stripe refuses for good frees its reservation; what nobody knows
/// the outcome of keeps it, until the job `finish_refund` found out by the same call with the same key.
///
/// Refunds made at Stripe are not asked for here and may exceed what is reserved: they are written down as they are.
package enum RefundStore {
    /// How long the caller's own try may take before the job repeats it.
    static let patience: Duration = .seconds(60)

    /// Reserves the money of a refund and stores the job that finishes it if nobody else does.
    /// - Throws: `.notFound` with param `order`; `.conflict` with code `order_not_paid`; `.invalid` with code
    ///   `charge_already_refunded` (param `order`) or `amount_too_large` (param `amount`).
    package static func reserve(
        _ new: NewRefund, for scope: TenantScope, in connection: Connection
    ) throws -> OrderRefund {
        guard let order = try OrderStore.get(new.order, for: scope, forUpdate: true, in: connection) else {
            throw CommerceError.noSuch("order", new.order.rawValue, param: "order")
        }
        let (payment, left) = try refundable(order, in: connection)
        let amount = new.amount ?? left
        guard amount <= left else {
            throw CommerceError(
                .invalid, .amountTooLarge,
                """
                The amount (\(payment.currency.format(amount))) is greater than what is left to refund \
                (\(payment.currency.format(left))).
                """, param: "amount")
        }
        let row = try connection.row(
            """
            INSERT INTO refunds (id, tenant_id, livemode, order_id, payment_intent, amount, currency, status, reason,
                metadata, origin, attempt, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, now_us(), now_us()) RETURNING *
            """, RefundID.new(), scope.tenant, scope.livemode, order.id, payment.paymentIntent, amount,
            payment.currency.rawValue, RefundStatus.requested.rawValue, new.reason, try JSONText.write(new.metadata),
            OrderRefund.Origin.api.rawValue)
        guard let row else { throw CommerceError.unreadable("A refund was not stored.") }
        let refund = try OrderRefund(row)
        try JobQueue.enqueue(try FinishRefundPayload.job(for: refund, after: patience), in: connection)
        return refund
    }

    /// The newest payment of an order that has money left, and how much; its row is locked.
    private static func refundable(
        _ order: Order, in connection: Connection
    ) throws -> (payment: OrderPayment, left: Int64) {
        let payments = try PaymentStore.list(of: order.id, for: order.scope, in: connection)
            .filter { $0.amountCaptured > 0 }
        guard !payments.isEmpty else {
            throw CommerceError(
                .conflict, .orderNotPaid, "\(order.id) is \(order.status.rawValue): nothing of it was paid.",
                param: "order")
        }
        let held = try held(of: order, in: connection)
        for payment in payments {
            let left = payment.amountCaptured - held[payment.paymentIntent, default: 0]
            if left > 0 { return (payment, left) }
        }
        throw CommerceError(
            .invalid, .chargeAlreadyRefunded, "\(order.id) has been refunded in full, or is about to be.",
            param: "order")
    }

    /// What is refunded or reserved of each payment.
    private static func held(of order: Order, in connection: Connection) throws -> [String: Int64] {
        let rows = try connection.rows(
            "SELECT payment_intent, amount, status FROM refunds WHERE order_id = $1", order.id)
        var held: [String: Int64] = [:]
        for row in rows {
            let status: RefundStatus = try Stored.known(row.get("status"), "A refund's status")
            guard status.holdsMoney else { continue }
            held[try row.get("payment_intent"), default: 0] += try row.get("amount", as: Int64.self)
        }
        return held
    }

    /// Stripe will not make the refund, however often it is asked: the reservation is free. Nothing happens to one that
    /// Stripe has.
    /// - Throws: `.notFound`.
    package static func refuse(
        _ id: RefundID, code: String, for scope: TenantScope, in connection: Connection
    ) throws -> OrderRefund {
        try connection.execute(
            """
            UPDATE refunds SET status = $4, failure_reason = $5, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 AND status = $6
            """, id, scope.tenant, scope.livemode, RefundStatus.failed.rawValue, String(code.prefix(100)),
            RefundStatus.requested.rawValue)
        return try existing(id, for: scope, in: connection)
    }

    /// The key of attempt `attempt` is used up: Stripe answered 5xx under it, and has no refund of ours. The next call
    /// has another one.
    /// - Throws: `.notFound`.
    package static func nextAttempt(
        _ id: RefundID, after attempt: Int64, for scope: TenantScope, in connection: Connection
    ) throws -> OrderRefund {
        try connection.execute(
            """
            UPDATE refunds SET attempt = attempt + 1, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 AND attempt = $4 AND status = $5
            """, id, scope.tenant, scope.livemode, attempt, RefundStatus.requested.rawValue)
        return try existing(id, for: scope, in: connection)
    }

    static func existing(
        _ id: RefundID, for scope: TenantScope, in connection: Connection
    ) throws -> OrderRefund {
        guard let refund = try get(id, for: scope, in: connection) else {
            throw CommerceError.noSuch("refund", id.rawValue)
        }
        return refund
    }
}
