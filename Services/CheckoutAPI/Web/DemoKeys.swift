import Commerce
import Database
import Messaging
import Security
import Synchronization

/// The publishable keys that demo pages call the API with: they live for an hour, and one is handed out for half of
/// that, so a page that was just loaded has at least half an hour left.
///
/// They are kept in memory only. Another process, or this one after a restart, makes its own. A new one removes those
/// of the tenant that expired, so that they do not pile up among its keys.
final class DemoKeys: Sendable {
    private let store: APIKeyStore
    private let database: Database
    private let making = SingleFlight<TenantID, Secret>()
    private let known = Mutex<[TenantID: Known]>([:])

    private static let life: Duration = .seconds(3600)

    private struct Known {
        let key: Secret
        let staleAt: ContinuousClock.Instant
    }

    /// Tells these keys from the tenant's own.
    private static let note = "demo storefront"

    init(store: APIKeyStore, database: Database) {
        self.store = store
        self.database = database
    }

    func key(for tenant: TenantID) async throws -> Secret {
        if let key = fresh(for: tenant) { return key }
        return try await making.run(tenant) {
            // It may have been made between the two questions.
            if let key = fresh(for: tenant) { return key }
            let now = ContinuousClock.now
            try await removeExpired(of: tenant)
            let issued = try await store.create(
                for: tenant, kind: .publishable, expiresAt: .after(Self.life), note: Self.note)
            known.withLock { $0[tenant] = Known(key: issued.secret, staleAt: now + Self.life / 2) }
            return issued.secret
        }
    }

    private func fresh(for tenant: TenantID) -> Secret? {
        let now = ContinuousClock.now
        return known.withLock { known in
            known = known.filter { $0.value.staleAt > now }
            return known[tenant]?.key
        }
    }

    private func removeExpired(of tenant: TenantID) async throws {
        _ = try await database.write { connection in
            try connection.execute(
                """
                DELETE FROM api_keys WHERE tenant_id = $1 AND kind = $2 AND note = $3 AND expires_at <= now_us()
                """, tenant, APIKeyKind.publishable.rawValue, Self.note)
        }
    }
}
