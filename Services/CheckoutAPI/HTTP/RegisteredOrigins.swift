import Commerce
import Messaging
import Synchronization

/// Whether any tenant has an origin. Preflights ask, and anybody can send those, so the answers come from memory and
/// may be `lifetime` old: a new origin works after at most that long. However many ask at once, the tenants are read
/// once.
final class RegisteredOrigins: Sendable {
    private let lifetime: Duration
    private let read: @Sendable () async throws -> Set<String>
    private let reads = SingleFlight<Int, Set<String>>()
    private let known = Mutex<Known>(Known())

    private struct Known {
        var origins: Set<String> = []
        var readAt: ContinuousClock.Instant?
    }

    convenience init(tenants: TenantStore) {
        self.init(lifetime: .seconds(5)) { try await Self.read(tenants) }
    }

    init(lifetime: Duration, read: @escaping @Sendable () async throws -> Set<String>) {
        self.lifetime = lifetime
        self.read = read
    }

    /// How many wait for another's reading.
    var waiting: Int { reads.waiting }

    func contains(_ origin: String) async throws -> Bool {
        if let fresh { return fresh.contains(origin) }
        return try await reads.run(0) {
            // It may have been read between the two questions.
            if let fresh { return fresh }
            let origins = try await read()
            known.withLock { $0 = Known(origins: origins, readAt: .now) }
            return origins
        }.contains(origin)
    }

    private var fresh: Set<String>? {
        known.withLock { known in
            guard let readAt = known.readAt, readAt.duration(to: .now) < lifetime else { return nil }
            return known.origins
        }
    }

    private static func read(_ tenants: TenantStore) async throws -> Set<String> {
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
