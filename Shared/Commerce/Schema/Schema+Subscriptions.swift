import Database

extension Schema {
    /// `status` is NULL for a subscription that was named by others and not read yet. Times but `updated_at` and
    /// `created_at` are Stripe's, in seconds.
    static let subscriptions = Migration(17, "subscriptions and customers") { _ in
        [
            """
            CREATE TABLE subscriptions (
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                livemode BOOLEAN NOT NULL,
                id TEXT NOT NULL,
                order_id TEXT REFERENCES orders (id),
                customer TEXT,
                status TEXT,
                items TEXT NOT NULL,
                current_period_start BIGINT,
                current_period_end BIGINT,
                cancel_at_period_end BOOLEAN NOT NULL,
                cancel_at BIGINT,
                canceled_at BIGINT,
                ended_at BIGINT,
                trial_end BIGINT,
                latest_invoice TEXT,
                revision BIGINT NOT NULL,
                stripe_created BIGINT,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, livemode, id))
            """,
            "CREATE INDEX subscriptions_of_order ON subscriptions (order_id)",
            "CREATE INDEX subscriptions_by_status ON subscriptions (tenant_id, livemode, status, stripe_created, id)",
            "CREATE INDEX subscriptions_of_customer ON subscriptions (tenant_id, livemode, customer)",
            """
            CREATE TABLE customers (
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                livemode BOOLEAN NOT NULL,
                id TEXT NOT NULL,
                email TEXT,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, livemode, id))
            """,
        ]
    }

    static let reconciliation = Migration(18, "reconciliation and pace") { _ in
        [
            """
            CREATE TABLE reconcile_runs (
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                livemode BOOLEAN NOT NULL,
                cursor_created BIGINT,
                last_started BIGINT,
                last_finished BIGINT,
                missed_total BIGINT NOT NULL,
                last_error TEXT,
                PRIMARY KEY (tenant_id, livemode))
            """,
            """
            CREATE TABLE stripe_pace (
                tenant_id TEXT NOT NULL,
                livemode BOOLEAN NOT NULL,
                next_us BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, livemode))
            """,
        ]
    }

    /// `email_keys` remembers what was sent for, so that nothing is sent for twice however late it is told again.
    static let emails = Migration(19, "emails") { _ in
        [
            """
            CREATE TABLE email_templates (
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                text TEXT NOT NULL,
                html TEXT NOT NULL,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, kind))
            """,
            """
            CREATE TABLE email_keys (
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                key TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, key))
            """,
        ]
    }
}
