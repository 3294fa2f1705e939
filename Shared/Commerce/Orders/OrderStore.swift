package import Database
package import Security
import StripeModels

/// The orders' rows and their history.
///
/// Static functions on a connection, so that an order, its history, its delivery and its job are written in one
/// transaction. Every change takes the row's lock first, and every statement names the tenant and the mode.
package enum OrderStore {
    /// Woken by every commit that changes an order.
    package static let channel = "orders"

    /// Writes a new order, `pending`, and the first row of its history. It keeps the platform's fee as it is set now.
    package static func insert(
        _ new: NewOrder, for scope: TenantScope, cause: OrderCause, in connection: Connection
    ) throws -> Order {
        let row = try connection.row(
            """
            INSERT INTO orders (id, tenant_id, livemode, kind, status, amount, currency, customer, customer_email,
                description, metadata, lines, setup_future_usage, capture_method, payment_method, checkout_mode,
                application_fee_bps, check_at, version, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                (SELECT application_fee_bps FROM tenants
                    WHERE id = $2 AND stripe_account IS NOT NULL AND application_fee_bps > 0),
                now_us() + CAST($17 AS BIGINT), 1, now_us(), now_us())
            RETURNING *
            """, OrderID.new(), scope.tenant, scope.livemode, new.kind.rawValue, OrderStatus.pending.rawValue,
            new.amount, new.currency?.rawValue ?? "", new.customer, new.customerEmail, new.description,
            try JSONText.write(new.metadata), try JSONText.write(new.lines), new.setupFutureUsage, new.captureMethod,
            new.paymentMethod, new.checkoutMode?.rawValue, StuckOrders.firstCheck)
        guard let row else { throw CommerceError.unreadable("An order was not stored.") }
        let order = try Order(row)
        try record(order, from: nil, cause: cause, in: connection)
        return order
    }

    /// - Parameter forUpdate: holds the row until the transaction ends.
    package static func get(
        _ id: OrderID, for scope: TenantScope, forUpdate: Bool = false, in connection: Connection
    ) throws -> Order? {
        let lock = forUpdate ? connection.dialect.forUpdate : ""
        return try connection.row(
            "SELECT * FROM orders WHERE id = $1 AND tenant_id = $2 AND livemode = $3\(lock)", id, scope.tenant,
            scope.livemode
        ).map { try Order($0) }
    }

    /// The order that this PaymentIntent pays.
    package static func byPaymentIntent(
        _ id: String, for scope: TenantScope, forUpdate: Bool = false, in connection: Connection
    ) throws -> Order? {
        let lock = forUpdate ? connection.dialect.forUpdate : ""
        return try connection.row(
            "SELECT * FROM orders WHERE tenant_id = $1 AND livemode = $2 AND payment_intent = $3\(lock)", scope.tenant,
            scope.livemode, id
        ).map { try Order($0) }
    }

    /// Writes down which PaymentIntent Stripe made for the order. The same one again is fine, and may bring the client
    /// secret that was not known before.
    /// - Throws: `.notFound`; `.conflict` when the order has another one.
    package static func attachPaymentIntent(
        _ paymentIntent: String, clientSecret: Secret?, to id: OrderID, for scope: TenantScope, keys: KeyRing,
        in connection: Connection
    ) throws -> Order {
        let sealed = try clientSecret.map { try keys.seal($0, of: scope.tenant, for: .clientSecret) }
        let row = try connection.row(
            """
            UPDATE orders SET payment_intent = $4, client_secret_sealed = COALESCE($5, client_secret_sealed),
                updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 AND (payment_intent IS NULL OR payment_intent = $4)
            RETURNING *
            """, id, scope.tenant, scope.livemode, paymentIntent, sealed)
        if let row {
            connection.wake(channel)
            return try Order(row)
        }
        guard try get(id, for: scope, in: connection) != nil else { throw CommerceError.noSuch("order", id.rawValue) }
        throw CommerceError(.conflict, .stateConflict, "\(id) has another PaymentIntent; it was left as it is.")
    }

    /// The order's history from its making on.
    package static func history(
        of id: OrderID, for scope: TenantScope, in connection: Connection
    ) throws -> [OrderTransition] {
        try connection.rows(
            """
            SELECT * FROM order_transitions WHERE order_id = $1 AND tenant_id = $2 AND livemode = $3 ORDER BY sequence
            """, id, scope.tenant, scope.livemode
        ).map { try OrderTransition($0) }
    }
}
