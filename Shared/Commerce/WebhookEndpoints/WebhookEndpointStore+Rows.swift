import Database
import Messaging
import Security

extension WebhookEndpointStore {
    static func insert(for scope: TenantScope, in connection: Connection) throws -> WebhookEndpointID {
        let id = WebhookEndpointID.new()
        try connection.execute(
            """
            INSERT INTO webhook_endpoints (id, tenant_id, livemode, created_at) VALUES ($1, $2, $3, now_us())
            """, id, scope.tenant, scope.livemode)
        return id
    }

    static func insert(
        _ secret: Secret, for endpoint: WebhookEndpointID, of tenant: TenantID, _ keys: KeyRing,
        in connection: Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO webhook_secrets (id, endpoint_id, secret_sealed, ending, created_at)
            VALUES ($1, $2, $3, $4, now_us())
            """, "whs_" + TimeOrderedText.make(), endpoint,
            try keys.seal(secret, of: tenant, for: .webhookSecret), String(secret.exposed.suffix(4)))
    }

    /// The endpoint, or the tenant's oldest, with its row locked: two changes of its secrets take turns.
    static func locked(
        _ endpoint: WebhookEndpointID?, of tenant: TenantID, in connection: Connection
    ) throws -> WebhookEndpointID {
        var conditions = Conditions()
        conditions.add("tenant_id = ?", tenant)
        conditions.add("(platform_account IS NULL OR id = ?)", endpoint)
        if let endpoint { conditions.add("id = ?", endpoint) }
        guard
            let row = try connection.row(
                """
                SELECT id FROM webhook_endpoints \(conditions.sql) ORDER BY created_at, id LIMIT 1\
                \(connection.dialect.forUpdate)
                """, with: conditions.parameters)
        else { throw CommerceError.noSuch("webhook endpoint", endpoint?.rawValue ?? "of \(tenant)") }
        return try row.get("id")
    }

    static func find(
        _ id: WebhookEndpointID, of tenant: TenantID, in connection: Connection
    ) throws -> WebhookEndpoint {
        guard
            let row = try connection.row(
                """
                SELECT livemode, stripe_id, platform_account, created_at FROM webhook_endpoints
                WHERE id = $1 AND tenant_id = $2
                """, id, tenant)
        else { throw CommerceError.noSuch("webhook endpoint", id.rawValue) }
        let secrets = try connection.rows(
            "SELECT ending, created_at, expires_at FROM webhook_secrets WHERE endpoint_id = $1 ORDER BY created_at, id",
            id)
        return WebhookEndpoint(
            id: id, tenant: tenant, livemode: try row.get("livemode"), stripeID: try row.get("stripe_id"),
            platformAccount: try row.get("platform_account"), createdAt: try row.get("created_at"),
            secrets: try secrets.map {
                WebhookSecretInfo(
                    ending: try $0.get("ending"), createdAt: try $0.get("created_at"),
                    expiresAt: try $0.get("expires_at"))
            })
    }

    static func secrets(
        of endpoint: WebhookEndpointID, tenant: TenantID, _ keys: KeyRing, in connection: Connection
    ) throws -> [(id: String, secret: Secret)] {
        try connection.rows("SELECT id, secret_sealed FROM webhook_secrets WHERE endpoint_id = $1", endpoint).map {
            (try $0.get("id"), try keys.open($0.get("secret_sealed"), of: tenant, for: .webhookSecret))
        }
    }
}
