import Database

extension Schema {
    /// Columns that end in `_sealed` hold a `KeyRing`'s ciphertext; see `SealPurpose`.
    static let tenants = Migration(10, "tenants and their webhook endpoints") { _ in
        [
            """
            CREATE TABLE tenants (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                livemode BOOLEAN NOT NULL,
                stripe_account TEXT,
                stripe_publishable_key TEXT NOT NULL,
                stripe_secret_key_sealed TEXT NOT NULL,
                stripe_key_ending TEXT NOT NULL,
                fulfillment_url TEXT,
                fulfillment_secret_sealed TEXT NOT NULL,
                origins TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                destination_disabled_at BIGINT)
            """,
            """
            CREATE TABLE webhook_endpoints (
                id TEXT PRIMARY KEY,
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                livemode BOOLEAN NOT NULL,
                stripe_id TEXT,
                created_at BIGINT NOT NULL)
            """,
            "CREATE INDEX webhook_endpoints_of_tenant ON webhook_endpoints (tenant_id, livemode, created_at)",
            """
            CREATE TABLE webhook_secrets (
                id TEXT PRIMARY KEY,
                endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
                secret_sealed TEXT NOT NULL,
                ending TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT)
            """,
            "CREATE INDEX webhook_secrets_of_endpoint ON webhook_secrets (endpoint_id, created_at)",
        ]
    }

    static let apiKeys = Migration(11, "API keys") { _ in
        [
            """
            CREATE TABLE api_keys (
                id TEXT PRIMARY KEY,
                tenant_id TEXT NOT NULL REFERENCES tenants (id),
                livemode BOOLEAN NOT NULL,
                kind TEXT NOT NULL,
                hash TEXT NOT NULL UNIQUE,
                prefix TEXT NOT NULL,
                scopes TEXT NOT NULL,
                note TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT,
                revoked_at BIGINT,
                last_used_at BIGINT)
            """,
            "CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, livemode, created_at)",
        ]
    }
}
