import Commerce
import Messaging
import Security
import Synchronization

/// The publishable keys that demo pages call the API with: they live for an hour, and one is handed out for half of
/// that, so a page that was just loaded has at least half an hour left.
///
/// They are kept in memory only. Another process, or this one after a restart, makes its own.
final class DemoKeys: Sendable {
    private let store: APIKeyStore
    private let known = Mutex<[TenantID: Known]>([:])

    private static let life: Duration = .seconds(3600)

    private struct Known {
        let key: Secret
        let staleAt: ContinuousClock.Instant
    }

    init(store: APIKeyStore) {
        self.store = store
    }

    func key(for tenant: TenantID) async throws -> Secret {
        let now = ContinuousClock.now
        let found = known.withLock { known in
            known = known.filter { $0.value.staleAt > now }
            return known[tenant]
        }
        if let found { return found.key }
        let issued = try await store.create(
            for: tenant, kind: .publishable, expiresAt: .after(Self.life), note: "demo storefront")
        known.withLock { $0[tenant] = Known(key: issued.secret, staleAt: now + Self.life / 2) }
        return issued.secret
    }
}
