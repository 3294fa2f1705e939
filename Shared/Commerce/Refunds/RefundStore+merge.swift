import Database
import StripeModels

extension RefundStore {
    /// Merges what Stripe says of a refund into its row: ours, where its metadata names one of this payment, else one
    /// that was made at Stripe. The row of the payment, and the order's where there is one, are locked.
    /// - Returns: the row before and after.
    static func merge(
        _ fact: RefundFact, paymentIntent: String, order: OrderID?, for scope: TenantScope, in connection: Connection
    ) throws -> (before: OrderRefund?, after: OrderRefund) {
        guard let known = try find(fact, paymentIntent, scope, connection) else {
            return (nil, try insert(fact, paymentIntent, order, scope, connection))
        }
        // What we thought before Stripe was heard, be it that it had refused, counts no more.
        let status = known.stripeRefund == nil ? fact.status : known.status.merged(with: fact.status)
        let row = try connection.row(
            """
            UPDATE refunds SET stripe_refund = $4, amount = $5, status = $6, reason = COALESCE(reason, $7),
                failure_reason = COALESCE($8, failure_reason), order_id = COALESCE(order_id, $9),
                updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, known.id, scope.tenant, scope.livemode, fact.id, fact.amount, status.rawValue, fact.reason,
            fact.failureReason, order)
        guard let row else { throw CommerceError.noSuch("refund", known.id.rawValue) }
        return (known, try OrderRefund(row))
    }

    private static func find(
        _ fact: RefundFact, _ paymentIntent: String, _ scope: TenantScope, _ connection: Connection
    ) throws -> OrderRefund? {
        let row = try connection.row(
            "SELECT * FROM refunds WHERE tenant_id = $1 AND livemode = $2 AND stripe_refund = $3", scope.tenant,
            scope.livemode, fact.id)
        if let row { return try OrderRefund(row) }
        // Metadata is anyone's to copy: a row that Stripe has another refund for is not meant.
        guard let ours = fact.ours, let refund = try get(ours, for: scope, in: connection),
            refund.stripeRefund == nil, refund.paymentIntent == paymentIntent
        else { return nil }
        return refund
    }

    private static func insert(
        _ fact: RefundFact, _ paymentIntent: String, _ order: OrderID?, _ scope: TenantScope, _ connection: Connection
    ) throws -> OrderRefund {
        let row = try connection.row(
            """
            INSERT INTO refunds (id, tenant_id, livemode, order_id, payment_intent, stripe_refund, amount, currency,
                status, reason, metadata, failure_reason, origin, attempt, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, now_us(), now_us()) RETURNING *
            """, RefundID.new(), scope.tenant, scope.livemode, order, paymentIntent, fact.id, fact.amount,
            fact.currency.rawValue, fact.status.rawValue, fact.reason, try JSONText.write(fact.metadata),
            fact.failureReason, OrderRefund.Origin.stripe.rawValue)
        guard let row else { throw CommerceError.unreadable("A refund was not stored.") }
        return try OrderRefund(row)
    }
}
