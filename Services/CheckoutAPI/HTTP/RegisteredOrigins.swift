import Commerce
import Messaging
import Synchronization

/// Whether any tenant has an origin. Preflights ask, and anybody can send those, so the answers come from memory and
/// may be `lifetime` old: a new origin works after at most that long.
final class RegisteredOrigins: Sendable {
    private let tenants: TenantStore
    private let lifetime: Duration
    private let known = Mutex<Known>(Known())

    private struct Known {
        var origins: Set<String> = []
        var readAt: ContinuousClock.Instant?
    }

    init(tenants: TenantStore, lifetime: Duration = .seconds(5)) {
        self.tenants = tenants
        self.lifetime = lifetime
    }

    func contains(_ origin: String) async throws -> Bool {
        let fresh: Bool? = known.withLock { known in
            guard let readAt = known.readAt, readAt.duration(to: .now) < lifetime else { return nil }
            return known.origins.contains(origin)
        }
        if let fresh { return fresh }
        let origins = try await read()
        known.withLock { known in
            known.origins = origins
            known.readAt = .now
        }
        return origins.contains(origin)
    }

    private func read() async throws -> Set<String> {
        var origins: Set<String> = []
        var cursor: String?
        while true {
            let page = try await tenants.list(PageRequest(limit: 1000, startingAfter: cursor, maximum: 1000))
            for tenant in page.data { origins.formUnion(tenant.origins) }
            guard page.hasMore, let last = page.data.last else { return origins }
            cursor = last.id.rawValue
        }
    }
}
