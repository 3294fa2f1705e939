import Database
package import Messaging

extension WebhookEndpointStore {
    /// The endpoint that receives the events of all accounts connected to `platform`; nil where none was made.
    package func platformEndpoint(of platform: String, livemode: Bool) async throws -> WebhookEndpoint? {
        try await database.read { try Self.platformEndpoint(of: platform, livemode: livemode, in: $0) }
    }

    /// Makes that endpoint, in the mode of `tenant`, with whose keys it is to be registered, or finds it: a platform has
    /// one a mode. Its `tenant` is the one that made it.
    /// - Throws: `.notFound`; `.invalid` with param `platform_account`.
    package func createPlatformEndpoint(
        of platform: String, for tenant: TenantID
    ) async throws -> WebhookEndpoint {
        guard let platform = try TenantRules.stripeAccount(platform, "platform_account") else {
            throw CommerceError.missing("platform_account", "platform_account must not be empty.")
        }
        return try await database.write { connection in
            let owner = try TenantStore.existing(tenant, in: connection)
            try connection.execute(
                """
                INSERT INTO webhook_endpoints (id, tenant_id, livemode, connect, platform_account, created_at)
                VALUES ($1, $2, $3, TRUE, $4, now_us()) ON CONFLICT DO NOTHING
                """, WebhookEndpointID.new(), owner.id, owner.livemode, platform)
            guard
                let endpoint = try Self.platformEndpoint(of: platform, livemode: owner.livemode, in: connection)
            else { throw CommerceError.unreadable("A webhook endpoint was not stored.") }
            return endpoint
        }
    }

    static func platformEndpoint(
        of platform: String, livemode: Bool, in connection: Connection
    ) throws -> WebhookEndpoint? {
        try connection.row(
            "SELECT id, tenant_id FROM webhook_endpoints WHERE platform_account = $1 AND livemode = $2", platform,
            livemode
        ).map { try find($0.get("id"), of: $0.get("tenant_id"), in: connection) }
    }
}
