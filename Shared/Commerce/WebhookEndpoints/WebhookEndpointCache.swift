import Synchronization

/// Endpoints that the router looked up a moment ago, so that a burst of events costs one question to the database and a
/// handful of decryptions.
///
/// Staleness: a secret that was removed or has expired may be honoured for `lifetime` longer, by each router. One that
/// was added counts at once if the router asks again (`refreshed`) before it refuses a signature. What does not exist is
/// not kept, so an endpoint works as soon as it is made.
package final class WebhookEndpointCache: Sendable {
    private struct Entry {
        let endpoint: SigningEndpoint
        let readAt: ContinuousClock.Instant
    }

    /// A flood of bad signatures for one endpoint costs no more than ten questions a second.
    private static let refreshPause: Duration = .milliseconds(100)

    private let store: WebhookEndpointStore
    private let lifetime: Duration
    private let capacity: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let entries = Mutex<[WebhookEndpointID: Entry]>([:])

    package init(
        store: WebhookEndpointStore, lifetime: Duration = .seconds(5), capacity: Int = 10_000,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.store = store
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
        self.now = now
    }

    /// The endpoint, at most `lifetime` old; nil when there is none.
    package func endpoint(_ id: WebhookEndpointID) async throws -> SigningEndpoint? {
        try await endpoint(id, atMost: lifetime)
    }

    /// The endpoint as it is now, for a signature that no known secret made.
    package func refreshed(_ id: WebhookEndpointID) async throws -> SigningEndpoint? {
        try await endpoint(id, atMost: min(Self.refreshPause, lifetime))
    }

    private func endpoint(_ id: WebhookEndpointID, atMost age: Duration) async throws -> SigningEndpoint? {
        // Before the read: what changes while it is under way is newer than this.
        let time = now()
        if let entry = entries.withLock({ $0[id] }), entry.readAt + age > time { return entry.endpoint }
        let endpoint = try await store.endpoint(id)
        entries.withLock { entries in
            guard let endpoint else {
                entries[id] = nil
                return
            }
            if entries.count >= capacity, entries[id] == nil { makeRoom(in: &entries, at: time) }
            if let present = entries[id], present.readAt > time { return }
            entries[id] = Entry(endpoint: endpoint, readAt: time)
        }
        return endpoint
    }

    /// Stale entries go first; where all are fresh, all go: to refill is cheaper than to keep an order of use.
    private func makeRoom(in entries: inout [WebhookEndpointID: Entry], at time: ContinuousClock.Instant) {
        entries = entries.filter { $0.value.readAt + lifetime > time }
        if entries.count >= capacity { entries = [:] }
    }
}
