import Database

extension Schema {
    /// A platform's endpoint receives the events of all accounts that are connected to it; `tenant_id` is the tenant
    /// with whose keys it was made.
    static let settings = Migration(15, "tenants' senders, fees, rates and platforms") { _ in
        [
            "ALTER TABLE tenants ADD COLUMN email_from TEXT",
            "ALTER TABLE tenants ADD COLUMN email_name TEXT",
            """
            ALTER TABLE tenants ADD COLUMN application_fee_bps BIGINT
                CHECK (application_fee_bps >= 0 AND application_fee_bps <= 10000)
            """,
            "ALTER TABLE tenants ADD COLUMN stripe_rate BIGINT CHECK (stripe_rate > 0)",
            "ALTER TABLE tenants ADD COLUMN platform_account TEXT",
            """
            CREATE INDEX tenants_connected ON tenants (platform_account, stripe_account, livemode)
            WHERE platform_account IS NOT NULL
            """,
            "ALTER TABLE webhook_endpoints ADD COLUMN connect BOOLEAN NOT NULL DEFAULT FALSE",
            "ALTER TABLE webhook_endpoints ADD COLUMN platform_account TEXT",
            """
            CREATE UNIQUE INDEX webhook_endpoints_of_platform ON webhook_endpoints (platform_account, livemode)
            WHERE platform_account IS NOT NULL
            """,
        ]
    }
}
