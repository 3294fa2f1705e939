import Database

extension Schema {
    /// Rows without an `order_id` are of payments that no order is known of yet, and may be another's than ours; see
    /// `PaymentStore`.
    ///
    /// `currency` of an order is '' until Stripe has priced it. `checkout_status` is how far its Checkout Session is
    /// known to be.
    static let payments = Migration(16, "payments, refunds and disputes") { _ in
        orderColumns + tables + backfill
    }

    private static let orderColumns = [
        "ALTER TABLE orders ADD COLUMN amount_captured BIGINT",
        "ALTER TABLE orders ADD COLUMN checkout_mode TEXT",
        "ALTER TABLE orders ADD COLUMN checkout_status TEXT",
        "ALTER TABLE orders ADD COLUMN payment_method TEXT",
        "ALTER TABLE orders ADD COLUMN application_fee_bps BIGINT",
        "ALTER TABLE orders ADD COLUMN cancel_requested BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE orders ADD COLUMN check_at BIGINT",
        "ALTER TABLE orders ADD COLUMN checks BIGINT NOT NULL DEFAULT 0",
        "CREATE UNIQUE INDEX orders_by_checkout_session ON orders (tenant_id, livemode, checkout_session)",
        "CREATE INDEX orders_by_subscription ON orders (tenant_id, livemode, subscription)",
        "CREATE INDEX orders_to_check ON orders (check_at) WHERE check_at IS NOT NULL",
    ]

    private static let tables = [
        """
        CREATE TABLE order_payments (
            tenant_id TEXT NOT NULL REFERENCES tenants (id),
            livemode BOOLEAN NOT NULL,
            payment_intent TEXT NOT NULL,
            order_id TEXT REFERENCES orders (id),
            subscription TEXT,
            charge TEXT,
            invoice TEXT,
            amount_captured BIGINT NOT NULL CHECK (amount_captured >= 0),
            currency TEXT NOT NULL,
            is_canceled BOOLEAN NOT NULL DEFAULT FALSE,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, livemode, payment_intent))
        """,
        "CREATE INDEX order_payments_of_order ON order_payments (order_id)",
        "CREATE INDEX order_payments_by_charge ON order_payments (tenant_id, livemode, charge)",
        """
        CREATE INDEX order_payments_unknown ON order_payments (tenant_id, livemode, subscription)
        WHERE order_id IS NULL
        """,
        """
        CREATE TABLE refunds (
            id TEXT PRIMARY KEY,
            tenant_id TEXT NOT NULL REFERENCES tenants (id),
            livemode BOOLEAN NOT NULL,
            order_id TEXT REFERENCES orders (id),
            payment_intent TEXT NOT NULL,
            stripe_refund TEXT,
            amount BIGINT NOT NULL CHECK (amount >= 0),
            currency TEXT NOT NULL,
            status TEXT NOT NULL,
            reason TEXT,
            metadata TEXT NOT NULL,
            failure_reason TEXT,
            origin TEXT NOT NULL,
            attempt BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL)
        """,
        "CREATE UNIQUE INDEX refunds_at_stripe ON refunds (tenant_id, livemode, stripe_refund)",
        "CREATE INDEX refunds_of_payment ON refunds (tenant_id, livemode, payment_intent)",
        "CREATE INDEX refunds_of_order ON refunds (order_id, created_at, id)",
        "CREATE INDEX refunds_by_time ON refunds (tenant_id, livemode, created_at, id)",
        """
        CREATE TABLE disputes (
            tenant_id TEXT NOT NULL REFERENCES tenants (id),
            livemode BOOLEAN NOT NULL,
            stripe_dispute TEXT NOT NULL,
            order_id TEXT REFERENCES orders (id),
            payment_intent TEXT NOT NULL,
            charge TEXT,
            amount BIGINT NOT NULL,
            currency TEXT NOT NULL,
            reason TEXT,
            status TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, livemode, stripe_dispute))
        """,
        "CREATE INDEX disputes_of_order ON disputes (order_id)",
        "CREATE INDEX disputes_of_payment ON disputes (tenant_id, livemode, payment_intent)",
    ]

    /// Until now an order was paid with at least its amount, by one PaymentIntent. What waits is looked at soon.
    private static let backfill = [
        "UPDATE orders SET amount_captured = amount WHERE status IN ('paid', 'active')",
        """
        INSERT INTO order_payments (tenant_id, livemode, payment_intent, order_id, amount_captured, currency, created_at)
        SELECT tenant_id, livemode, payment_intent, id, amount, currency, updated_at FROM orders
        WHERE status IN ('paid', 'active') AND payment_intent IS NOT NULL
        """,
        "UPDATE orders SET check_at = now_us() WHERE status IN ('pending', 'requires_action', 'processing')",
    ]

    /// `is_exact`: whether `amount_captured` is the payment's own word. `account_at_stripe`: which account the tenant's
    /// keys are of; null until Stripe has said so. The indexes find who else uses it.
    static let exactness = Migration(20, "exact amounts, shared accounts") { _ in
        [
            "ALTER TABLE order_payments ADD COLUMN is_exact BOOLEAN NOT NULL DEFAULT FALSE",
            "ALTER TABLE tenants ADD COLUMN account_at_stripe TEXT",
            "CREATE INDEX tenants_of_account ON tenants (account_at_stripe, livemode)",
            "CREATE INDEX tenants_of_key ON tenants (stripe_publishable_key, livemode)",
        ]
    }
}
