import Database

extension Schema {
    static let catalog = Migration(12, "catalog items") { _ in
        [
            """
            CREATE TABLE catalog_items (
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                livemode BOOLEAN NOT NULL,
                sku TEXT NOT NULL,
                name TEXT NOT NULL,
                description TEXT,
                unit_amount BIGINT NOT NULL CHECK (unit_amount > 0),
                currency TEXT NOT NULL,
                image TEXT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, livemode, sku))
            """
        ]
    }

    /// `version` counts the order's history rows, anomalies included; `order_transitions.sequence` is the version that
    /// the row made. `silent_readings` counts the readings of its payment that left the version as it was.
    static let orders = Migration(13, "orders and their history") { _ in
        [
            """
            CREATE TABLE orders (
                id TEXT PRIMARY KEY,
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                livemode BOOLEAN NOT NULL,
                kind TEXT NOT NULL,
                status TEXT NOT NULL,
                amount BIGINT NOT NULL CHECK (amount >= 0),
                amount_refunded BIGINT NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0),
                currency TEXT NOT NULL,
                customer TEXT,
                customer_email TEXT,
                description TEXT,
                metadata TEXT NOT NULL,
                lines TEXT NOT NULL,
                setup_future_usage TEXT,
                capture_method TEXT,
                payment_intent TEXT,
                checkout_session TEXT,
                subscription TEXT,
                client_secret_sealed TEXT,
                url TEXT,
                failure_code TEXT,
                failure_message TEXT,
                version BIGINT NOT NULL,
                silent_readings BIGINT NOT NULL DEFAULT 0,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                activated_at BIGINT)
            """,
            "CREATE INDEX orders_by_time ON orders (tenant_id, livemode, created_at, id)",
            "CREATE INDEX orders_by_status ON orders (tenant_id, livemode, status, created_at, id)",
            "CREATE INDEX orders_of_all ON orders (created_at, id)",
            "CREATE UNIQUE INDEX orders_by_payment_intent ON orders (tenant_id, livemode, payment_intent)",
            """
            CREATE TABLE order_transitions (
                order_id TEXT NOT NULL REFERENCES orders (id),
                sequence BIGINT NOT NULL,
                tenant_id TEXT NOT NULL,
                livemode BOOLEAN NOT NULL,
                from_status TEXT,
                to_status TEXT NOT NULL,
                cause TEXT NOT NULL,
                stripe_event TEXT,
                anomaly TEXT,
                detail TEXT,
                at BIGINT NOT NULL,
                PRIMARY KEY (order_id, sequence))
            """,
        ]
    }

    static let idempotency = Migration(14, "idempotency keys") { _ in
        [
            """
            CREATE TABLE idempotency_keys (
                tenant_id TEXT NOT NULL,
                livemode BOOLEAN NOT NULL,
                key TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                order_id TEXT,
                lock_token TEXT,
                locked_until BIGINT NOT NULL,
                status BIGINT,
                body_sealed TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, livemode, key))
            """,
            "CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at)",
        ]
    }
}
