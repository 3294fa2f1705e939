import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import Security

/// Posts to URLs that tenants chose, where hostile or mistaken ones must do no harm: only to addresses that the policy
/// allows and that were looked up in this very call, no redirects, bounded in time, the answer's body thrown away.
struct StorefrontClient {
    /// Asks DNS for a host and refuses an answer that the policy forbids.
    typealias Resolve = @Sendable (_ host: String, _ port: Int) async throws -> [SocketAddress]

    private let policy: DestinationPolicy
    private let resolve: Resolve
    private let clients: PinnedClients
    private let timeouts: StorefrontTimeouts
    private let logger: Logger

    /// - Parameter resolve: for tests; DNS through the policy when nil.
    init(
        policy: DestinationPolicy, clients: PinnedClients, timeouts: StorefrontTimeouts = StorefrontTimeouts(),
        resolve: Resolve? = nil, logger: Logger
    ) {
        self.policy = policy
        self.resolve = resolve ?? { try await policy.resolve($0, port: $1) }
        self.clients = clients
        self.timeouts = timeouts
        self.logger = logger
    }

    /// One try.
    func post(
        _ body: [UInt8], headers: [(name: String, value: String)], to url: String
    ) async throws(StorefrontUnreached) -> StorefrontAnswer {
        let destination: Destination
        do {
            destination = try policy.check(url)
        } catch {
            throw .refusedURL(error.message)
        }
        var request = HTTPClientRequest(url: destination.pinned(url))
        request.method = .POST
        request.headers = HTTPHeaders(headers)
        request.body = .bytes(ByteBuffer(bytes: body))
        let deadline = NIODeadline.now() + timeouts.total
        let addresses = try await addresses(of: destination)
        var failure = StorefrontUnreached.noAnswer("\(destination.host) has no address.")
        // A host with an IPv6 address that is not reachable from here usually has an IPv4 one that is.
        for address in addresses.prefix(Self.addressesTried) {
            do {
                return try await send(request, to: destination.host, at: address, deadline: deadline)
            } catch {
                failure = StorefrontUnreached(error)
                // Another address might get what this one got already.
                guard StorefrontUnreached.isBeforeSending(error) else { break }
            }
        }
        throw failure
    }

    private static let addressesTried = 3
    private static let answerBytesRead = 64 * 1024

    private func addresses(of destination: Destination) async throws(StorefrontUnreached) -> [String] {
        do {
            return try await resolve(destination.host, destination.port).compactMap(\.ipAddress)
        } catch {
            throw .noAnswer("\(error)")
        }
    }

    private func send(
        _ request: HTTPClientRequest, to host: String, at address: String, deadline: NIODeadline
    ) async throws -> StorefrontAnswer {
        try await clients.withClient(for: PinnedClients.Pin(host: host, address: address)) { client in
            let response = try await client.execute(request, deadline: deadline, logger: logger)
            await discard(response.body)
            return StorefrontAnswer(
                status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"))
        }
    }

    /// Reads a short body to its end, so that the connection can be used again. A long or slow one is dropped with its
    /// connection: the status was all that mattered.
    private func discard(_ body: HTTPClientResponse.Body) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var count = 0
                do {
                    for try await chunk in body {
                        count += chunk.readableBytes
                        if count > Self.answerBytesRead { break }
                    }
                } catch {
                    logger.debug("A storefront's answer broke off after its head")
                }
            }
            group.addTask { try? await Task.sleep(for: timeouts.body) }
            await group.next()
            group.cancelAll()
        }
    }
}
