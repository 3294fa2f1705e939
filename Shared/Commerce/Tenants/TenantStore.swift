package import Database
package import Messaging
package import Security

/// The tenants' rows and their sealed secrets.
package struct TenantStore: Sendable {
    private let database: Database
    private let keys: KeyRing

    package init(database: Database, keys: KeyRing) {
        self.database = database
        self.keys = keys
    }

    /// Makes the tenant, its webhook endpoint, its fulfillment secret and its first two API keys, all or nothing.
    /// - Throws: `CommerceError` naming the field.
    package func create(_ new: NewTenant) async throws -> CreatedTenant {
        let settings = try TenantSettings(new)
        let webhookSecrets = try new.webhookSecrets.map { secret in try TenantRules.webhookSecret(secret) }
        let id = TenantID.new()
        let fulfillmentSecret = StandardWebhook.newSecret()
        return try await database.write { [keys] connection in
            try connection.execute(
                """
                INSERT INTO tenants (id, name, livemode, stripe_account, stripe_publishable_key,
                    stripe_secret_key_sealed, stripe_key_ending, fulfillment_url, fulfillment_secret_sealed, origins,
                    platform_account, application_fee_bps, stripe_rate, email_from, email_name, created_at,
                    updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now_us(), now_us())
                """, id, settings.name, new.livemode, settings.stripeAccount, settings.stripePublishableKey,
                try keys.seal(new.stripeSecretKey, of: id, for: .stripeSecretKey),
                String(new.stripeSecretKey.exposed.suffix(4)), settings.fulfillmentURL,
                try keys.seal(fulfillmentSecret, of: id, for: .fulfillmentSecret),
                try JSONText.write(settings.origins), settings.platformAccount, settings.applicationFeeBps,
                settings.stripeRate, settings.emailFrom, settings.emailName)
            let tenant = try Self.existing(id, in: connection)
            let endpoint = try WebhookEndpointStore.insert(for: tenant.scope, in: connection)
            for secret in webhookSecrets {
                try WebhookEndpointStore.insert(secret, for: endpoint, of: id, keys, in: connection)
            }
            return CreatedTenant(
                tenant: tenant, endpoint: endpoint, fulfillmentSecret: fulfillmentSecret,
                secretKey: try APIKeyStore.issue(.first(.secret), for: tenant.scope, keys, in: connection),
                publishableKey: try APIKeyStore.issue(.first(.publishable), for: tenant.scope, keys, in: connection))
        }
    }

    /// Changes what `update` names.
    /// - Throws: `.notFound`, `.invalid` naming the field.
    package func update(_ id: TenantID, _ update: TenantUpdate) async throws -> Tenant {
        try await database.write { [keys] connection in
            guard let old = try Self.get(id, forUpdate: true, in: connection) else {
                throw CommerceError.noSuch("tenant", id.rawValue)
            }
            let settings = try TenantSettings(update, of: old)
            let moved = if case .keep = update.fulfillmentURL { false } else { true }
            try connection.execute(
                """
                UPDATE tenants SET name = $2, stripe_account = $3, stripe_publishable_key = $4, fulfillment_url = $5,
                    origins = $6, destination_disabled_at = $7, platform_account = $8, application_fee_bps = $9,
                    stripe_rate = $10, email_from = $11, email_name = $12, updated_at = now_us(),
                    account_at_stripe = NULL
                WHERE id = $1
                """, id, settings.name, settings.stripeAccount, settings.stripePublishableKey,
                settings.fulfillmentURL, try JSONText.write(settings.origins),
                moved ? nil : old.destinationDisabledAt, settings.platformAccount, settings.applicationFeeBps,
                settings.stripeRate, settings.emailFrom, settings.emailName)
            // What is known of the old destination says nothing of the new one.
            if moved { try CircuitBreaker.close(tenant: id, kind: .deliverToStorefront, in: connection) }
            if let key = settings.stripeSecretKey {
                try connection.execute(
                    "UPDATE tenants SET stripe_secret_key_sealed = $2, stripe_key_ending = $3 WHERE id = $1", id,
                    try keys.seal(key, of: id, for: .stripeSecretKey), String(key.exposed.suffix(4)))
            }
            return try Self.existing(id, in: connection)
        }
    }

    package func get(_ id: TenantID) async throws -> Tenant? {
        try await database.read { try Self.get(id, in: $0) }
    }

    /// All tenants, the newest first: for the operator.
    /// - Throws: `.notFound` when `starting_after` is no tenant.
    package func list(_ page: PageRequest) async throws -> Page<Tenant> {
        try await database.read { connection in
            var conditions = Conditions()
            if let cursor = page.startingAfter {
                guard let after = try Self.get(TenantID(rawValue: cursor), in: connection) else {
                    throw CommerceError.noSuch("tenant", cursor, param: "starting_after")
                }
                conditions.add("(created_at, id) < (?, ?)", after.createdAt, after.id)
            }
            let rows = try connection.rows(
                """
                SELECT * FROM tenants \(conditions.sql) ORDER BY created_at DESC, id DESC LIMIT \(page.limit + 1)
                """, with: conditions.parameters)
            return Page(try rows.map { try Tenant($0) }, limit: page.limit)
        }
    }

    /// The tenants whose events the endpoint of `platform` receives for this connected account; see its twin on a
    /// connection.
    package func connected(to platform: String, account: String, livemode: Bool) async throws -> [Tenant] {
        try await database.read { try Self.connected(to: platform, account: account, livemode: livemode, in: $0) }
    }

    /// What calls to Stripe for this tenant go out with.
    /// - Throws: `.notFound`; `.unreadable` when the key cannot be opened.
    package func stripeCredentials(of id: TenantID) async throws -> StripeKey {
        let row = try await sealed(of: id)
        return StripeKey(
            key: try keys.open(row.get("stripe_secret_key_sealed"), of: id, for: .stripeSecretKey),
            account: try row.get("stripe_account"),
            callsPerSecond: StripeKey.callsPerSecond(try row.get("stripe_rate")))
    }

    /// What deliveries to this tenant's storefront are signed with.
    /// - Throws: `.notFound`; `.unreadable` when the secret cannot be opened.
    package func fulfillmentSecret(of id: TenantID) async throws -> Secret {
        try keys.open(try await sealed(of: id).get("fulfillment_secret_sealed"), of: id, for: .fulfillmentSecret)
    }

    /// Writes down which account at Stripe the tenant's keys are of; a change of the tenant forgets it.
    package func note(account: String, of id: TenantID) async throws {
        try await database.write { connection in
            try connection.execute("UPDATE tenants SET account_at_stripe = $2 WHERE id = $1", id, account)
        }
    }

    /// Stops deliveries after the storefront answered 410 at `url`; nothing if the tenant has another URL by now.
    package func disableDestination(of id: TenantID, url: String) async throws {
        try await database.write { connection in
            try connection.execute(
                """
                UPDATE tenants SET destination_disabled_at = now_us()
                WHERE id = $1 AND fulfillment_url = $2 AND destination_disabled_at IS NULL
                """, id, url)
        }
    }

    private func sealed(of id: TenantID) async throws -> Row {
        let row = try await database.read { connection in
            try connection.row(
                """
                SELECT stripe_secret_key_sealed, stripe_account, stripe_rate, fulfillment_secret_sealed FROM tenants
                WHERE id = $1
                """, id)
        }
        guard let row else { throw CommerceError.noSuch("tenant", id.rawValue) }
        return row
    }
}
