package import Database
import StripeModels

/// The payments that refunds and disputes hang on.
///
/// Invariant: a refund or dispute and its payment's order find each other, whichever comes first and however many
/// transactions at once. So whoever speaks of a payment writes its row first: there two transactions meet, and the
/// second sees what the first stored. A row without an order waits for one; it may be another user's of the account.
package enum PaymentStore {
    /// An order's payments, the newest first.
    package static func list(
        of order: OrderID, for scope: TenantScope, in connection: Connection
    ) throws -> [OrderPayment] {
        try connection.rows(
            """
            SELECT * FROM order_payments WHERE order_id = $1 AND tenant_id = $2 AND livemode = $3
            ORDER BY created_at DESC, payment_intent DESC
            """, order, scope.tenant, scope.livemode
        ).map { try OrderPayment($0) }
    }

    /// The order that a PaymentIntent brought money for.
    package static func order(
        of paymentIntent: String, for scope: TenantScope, in connection: Connection
    ) throws -> OrderID? {
        let row = try connection.row(
            """
            SELECT order_id FROM order_payments WHERE tenant_id = $1 AND livemode = $2 AND payment_intent = $3
            """, scope.tenant, scope.livemode, paymentIntent)
        return try row?.get("order_id")
    }

    /// Whether money came in for this invoice.
    static func isPaid(invoice: String, of order: OrderID, in connection: Connection) throws -> Bool {
        try connection.row(
            "SELECT 1 AS found FROM order_payments WHERE order_id = $1 AND invoice = $2", order, invoice) != nil
    }

    /// The PaymentIntent of a charge, where both were named together.
    static func paymentIntent(
        ofCharge charge: String, for scope: TenantScope, in connection: Connection
    ) throws -> String? {
        try connection.row(
            "SELECT payment_intent FROM order_payments WHERE tenant_id = $1 AND livemode = $2 AND charge = $3",
            scope.tenant, scope.livemode, charge
        )?.get("payment_intent")
    }

    /// Writes down that there is such a payment, without saying what it brought; waits for whoever writes the same.
    /// - Returns: the order that it is for, as of now.
    static func touch(
        _ paymentIntent: String, charge: String?, order: OrderID?, for scope: TenantScope, in connection: Connection
    ) throws -> OrderID? {
        let row = try connection.row(
            """
            INSERT INTO order_payments (tenant_id, livemode, payment_intent, order_id, charge, amount_captured,
                currency, created_at)
            VALUES ($1, $2, $3, $4, $5, 0, '', now_us())
            ON CONFLICT (tenant_id, livemode, payment_intent) DO UPDATE SET
                order_id = COALESCE(order_payments.order_id, excluded.order_id),
                charge = COALESCE(order_payments.charge, excluded.charge)
            RETURNING order_id
            """, scope.tenant, scope.livemode, paymentIntent, order, charge)
        if let order { try adopt(whatHangsOn: paymentIntent, for: order, scope, in: connection) }
        return try row?.get("order_id")
    }

    /// What a payment brought.
    struct Receipt {
        let paymentIntent: String
        var charge: String?
        var invoice: String?
        var subscription: String?
        let amount: Int64
        let currency: Currency
        /// Whether the payment itself says so: a Checkout Session's word counts only until then.
        var isExact = true
    }

    /// Writes down what a payment brought. It only grows, since a capture in parts adds up; but what the payment itself
    /// says takes the place of what others said of it, be it less.
    static func record(
        _ receipt: Receipt, order: OrderID?, for scope: TenantScope, in connection: Connection
    ) throws {
        let values: [any SQLBindable] = [
            scope.tenant, scope.livemode, receipt.paymentIntent, order, receipt.subscription, receipt.charge,
            receipt.invoice, receipt.amount, receipt.currency.rawValue, receipt.isExact,
        ]
        let isNew = try connection.execute(
            """
            INSERT INTO order_payments (tenant_id, livemode, payment_intent, order_id, subscription, charge, invoice,
                amount_captured, currency, is_exact, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now_us()) ON CONFLICT DO NOTHING
            """, with: values)
        // Whoever says something of a payment writes its row first: nothing hangs on a new one.
        guard isNew == 0 else { return }
        try connection.execute(
            """
            UPDATE order_payments SET order_id = COALESCE(order_id, $4), subscription = COALESCE(subscription, $5),
                charge = COALESCE(charge, $6), invoice = COALESCE(invoice, $7), currency = $9,
                amount_captured = CASE
                    WHEN amount_captured = 0 OR $10 AND (NOT is_exact OR amount_captured < $8) THEN $8
                    ELSE amount_captured END,
                is_exact = CASE WHEN amount_captured = 0 THEN $10 ELSE is_exact OR $10 END
            WHERE tenant_id = $1 AND livemode = $2 AND payment_intent = $3
            """, with: values)
        if let order { try adopt(whatHangsOn: receipt.paymentIntent, for: order, scope, in: connection) }
    }

    /// The PaymentIntent was canceled before it brought anything.
    static func recordCancellation(
        of paymentIntent: String, order: OrderID, for scope: TenantScope, in connection: Connection
    ) throws {
        _ = try touch(paymentIntent, charge: nil, order: order, for: scope, in: connection)
        try connection.execute(
            """
            UPDATE order_payments SET is_canceled = TRUE
            WHERE tenant_id = $1 AND livemode = $2 AND payment_intent = $3
            """, scope.tenant, scope.livemode, paymentIntent)
    }

    static func isCanceled(_ paymentIntent: String, for scope: TenantScope, in connection: Connection) throws -> Bool {
        try connection.row(
            """
            SELECT is_canceled FROM order_payments WHERE tenant_id = $1 AND livemode = $2 AND payment_intent = $3
            """, scope.tenant, scope.livemode, paymentIntent
        )?.get("is_canceled") ?? false
    }

    /// Gives `order` the payments of its subscription that came before it was known whose it is.
    static func adopt(
        paymentsOf subscription: String, for order: OrderID, _ scope: TenantScope, in connection: Connection
    ) throws {
        let payments = try connection.rows(
            """
            UPDATE order_payments SET order_id = $4
            WHERE tenant_id = $1 AND livemode = $2 AND subscription = $3 AND order_id IS NULL
            RETURNING payment_intent
            """, scope.tenant, scope.livemode, subscription, order)
        for row in payments {
            try adopt(whatHangsOn: row.get("payment_intent"), for: order, scope, in: connection)
        }
    }

    /// Gives `order` what was said of its payment before it was known whose it is.
    private static func adopt(
        whatHangsOn paymentIntent: String, for order: OrderID, _ scope: TenantScope, in connection: Connection
    ) throws {
        for table in ["refunds", "disputes"] {
            try connection.execute(
                """
                UPDATE \(table) SET order_id = $4
                WHERE tenant_id = $1 AND livemode = $2 AND payment_intent = $3 AND order_id IS NULL
                """, scope.tenant, scope.livemode, paymentIntent, order)
        }
    }
}
