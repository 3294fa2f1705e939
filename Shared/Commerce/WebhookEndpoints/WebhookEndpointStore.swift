package import Database
package import Messaging
package import Security

/// The tenants' webhook endpoints and their signing secrets, several an endpoint while one is rolled.
package struct WebhookEndpointStore: Sendable {
    let database: Database
    private let keys: KeyRing

    package init(database: Database, keys: KeyRing) {
        self.database = database
        self.keys = keys
    }

    /// The endpoint with the secrets that count now; nil when there is none.
    package func endpoint(_ id: WebhookEndpointID) async throws -> SigningEndpoint? {
        guard id.isWellFormed else { return nil }
        return try await database.read { [keys] connection in
            guard
                let row = try connection.row(
                    """
                    SELECT e.tenant_id, e.livemode, e.platform_account, t.stripe_account FROM webhook_endpoints e
                    JOIN tenants t ON t.id = e.tenant_id WHERE e.id = $1
                    """, id)
            else { return nil }
            let tenant: TenantID = try row.get("tenant_id")
            let secrets = try connection.rows(
                """
                SELECT secret_sealed FROM webhook_secrets
                WHERE endpoint_id = $1 AND (expires_at IS NULL OR expires_at > now_us()) ORDER BY created_at DESC, id
                """, id)
            return SigningEndpoint(
                id: id, tenant: tenant, livemode: try row.get("livemode"), account: try row.get("stripe_account"),
                platformAccount: try row.get("platform_account"),
                secrets: try secrets.map { try keys.open($0.get("secret_sealed"), of: tenant, for: .webhookSecret) })
        }
    }

    /// A further endpoint of a tenant; its first is made with it.
    /// - Throws: `.notFound`.
    package func create(for tenant: TenantID) async throws -> WebhookEndpoint {
        try await database.write { connection in
            guard let tenant = try TenantStore.get(tenant, in: connection) else {
                throw CommerceError.noSuch("tenant", tenant.rawValue)
            }
            let id = try Self.insert(for: tenant.scope, in: connection)
            return try Self.find(id, of: tenant.id, in: connection)
        }
    }

    /// A tenant's endpoints, the oldest first: that one is meant where none is named. A platform's are not a tenant's.
    package func list(of tenant: TenantID) async throws -> [WebhookEndpoint] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT id FROM webhook_endpoints WHERE tenant_id = $1 AND platform_account IS NULL
                ORDER BY created_at, id
                """, tenant
            ).map { try Self.find($0.get("id"), of: tenant, in: connection) }
        }
    }

    /// Adds a signing secret; one that is there already is not added twice.
    /// - Parameter overlap: given when a secret is rolled: the others stop counting after it, for Stripe signs with both
    ///   until then.
    /// - Throws: `.invalid` for what is no signing secret, `.notFound`.
    package func addSecret(
        _ secret: Secret, to endpoint: WebhookEndpointID? = nil, of tenant: TenantID,
        othersExpireAfter overlap: Duration? = nil
    ) async throws -> WebhookEndpoint {
        let secret = try TenantRules.webhookSecret(secret)
        let overlap = try overlap.map { overlap in try FieldRules.overlap(overlap) }
        return try await database.write { [keys] connection in
            let id = try Self.locked(endpoint, of: tenant, in: connection)
            if let overlap {
                try connection.execute(
                    """
                    UPDATE webhook_secrets SET expires_at = now_us() + CAST($2 AS BIGINT)
                    WHERE endpoint_id = $1 AND (expires_at IS NULL OR expires_at > now_us() + CAST($2 AS BIGINT))
                    """, id, overlap)
            }
            let known = try Self.secrets(of: id, tenant: tenant, keys, in: connection)
            if let same = known.first(where: { $0.secret == secret }) {
                try connection.execute("UPDATE webhook_secrets SET expires_at = NULL WHERE id = $1", same.id)
            } else {
                try Self.insert(secret, for: id, of: tenant, keys, in: connection)
            }
            return try Self.find(id, of: tenant, in: connection)
        }
    }

    /// Drops the secret with this ending (four characters or more), at once.
    /// - Throws: `.notFound` when none ends so, `.conflict` when several do: then give more characters.
    package func removeSecret(
        ending: String, from endpoint: WebhookEndpointID? = nil, of tenant: TenantID
    ) async throws -> WebhookEndpoint {
        guard ending.utf8.count >= 4 else {
            throw CommerceError.invalid("ending", "ending must be the last four characters of the secret, or more.")
        }
        return try await database.write { [keys] connection in
            let id = try Self.locked(endpoint, of: tenant, in: connection)
            let matches = try Self.secrets(of: id, tenant: tenant, keys, in: connection)
                .filter { $0.secret.exposed.hasSuffix(ending) }
            guard let match = matches.first else {
                throw CommerceError(
                    .notFound, .resourceMissing, "No signing secret of \(id) ends in that.", param: "ending")
            }
            guard matches.count == 1 else {
                throw CommerceError(
                    .conflict, .stateConflict, "Several signing secrets end in that; give more characters.",
                    param: "ending")
            }
            try connection.execute("DELETE FROM webhook_secrets WHERE id = $1", match.id)
            return try Self.find(id, of: tenant, in: connection)
        }
    }

    /// Keeps Stripe's own id of an endpoint that was made there.
    /// - Throws: `.notFound`.
    package func setStripeID(
        _ stripeID: String, of endpoint: WebhookEndpointID, tenant: TenantID
    ) async throws {
        let stripeID = try FieldRules.word(stripeID, "stripe_id")
        try await database.write { connection in
            let changed = try connection.execute(
                "UPDATE webhook_endpoints SET stripe_id = $3 WHERE id = $1 AND tenant_id = $2", endpoint, tenant,
                stripeID)
            guard changed == 1 else { throw CommerceError.noSuch("webhook endpoint", endpoint.rawValue) }
        }
    }
}
