import AsyncHTTPClient
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// HTTP clients each of which reaches one host name at one address that was checked before.
///
/// A name may answer with a public address when it is checked and with a private one when it is used (DNS rebinding).
/// So the client is told the address; it still asks TLS for the name, and a kept connection stays with the address it
/// was opened to. The client library takes such a pin per client, not per request: hence one client for each pair, the
/// least recently used closed when there are too many.
final class PinnedClients: Service {
    /// A name and the address it stands for.
    struct Pin: Hashable {
        let host: String
        let address: String
    }

    private struct Entry {
        let client: HTTPClient
        var users = 0
        var lastUse = 0
    }

    private struct State {
        var entries: [Pin: Entry] = [:]
        var uses = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let timeouts: StorefrontTimeouts
    private let logger: Logger

    init(capacity: Int = 64, timeouts: StorefrontTimeouts, logger: Logger) {
        self.capacity = capacity
        self.timeouts = timeouts
        self.logger = logger
    }

    /// Lends the client for `pin` to `body`. It is not closed while lent.
    func withClient<T>(for pin: Pin, _ body: (HTTPClient) async throws -> T) async throws -> T {
        let (client, surplus) = borrow(pin)
        defer { giveBack(pin) }
        await close(surplus)
        return try await body(client)
    }

    /// Waits for the shutdown and closes every client. Placed before the worker in the service group, so that it ends
    /// after it.
    func run() async throws {
        try? await gracefulShutdown()
        await closeAll()
    }

    func closeAll() async {
        let clients = state.withLock { state in
            defer { state.entries = [:] }
            return state.entries.values.map(\.client)
        }
        await close(clients)
    }

    /// Whom clients are open for.
    var pins: Set<Pin> { state.withLock { Set($0.entries.keys) } }

    private func borrow(_ pin: Pin) -> (HTTPClient, surplus: [HTTPClient]) {
        state.withLock { state in
            state.uses += 1
            var entry = state.entries[pin] ?? Entry(client: makeClient(pin))
            entry.users += 1
            entry.lastUse = state.uses
            state.entries[pin] = entry
            return (entry.client, surplus(in: &state))
        }
    }

    private func giveBack(_ pin: Pin) {
        state.withLock { $0.entries[pin]?.users -= 1 }
    }

    /// Takes out the idle clients above the capacity, the longest unused first.
    private func surplus(in state: inout State) -> [HTTPClient] {
        var removed: [HTTPClient] = []
        while state.entries.count > capacity,
            let oldest = state.entries.filter({ $0.value.users == 0 }).min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            state.entries[oldest.key] = nil
            removed.append(oldest.value.client)
        }
        return removed
    }

    private func makeClient(_ pin: Pin) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            // A redirect could lead to an address that nobody checked.
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: timeouts.connect, read: timeouts.total),
            // Many servers close an idle connection after 5 s; a request written into that moment would be lost.
            connectionPool: HTTPClient.Configuration.ConnectionPool(idleTimeout: .seconds(3)))
        configuration.dnsOverride = [pin.host: pin.address]
        // The schedule tries again, after a pause; the next address is tried at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        // The worker's concurrency is the limit. Below it, a slow storefront would fail deliveries that merely wait.
        let most = WorkerSettings.concurrencies.upperBound
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = most
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    private func close(_ clients: [HTTPClient]) async {
        for client in clients {
            do {
                try await client.shutdown()
            } catch {
                logger.warning("A storefront's HTTP client did not close", metadata: ["error": "\(error)"])
            }
        }
    }
}
