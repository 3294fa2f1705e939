import Foundation
import NIOCore
import Security
import Testing

@testable import FulfillmentWorker

/// Long: these tests run side by side with many others on few cores.
private let patient = StorefrontTimeouts(connect: .seconds(30), total: .seconds(60), body: .milliseconds(200))

private func withClient(
    capacity: Int = 64, allowPrivate: Bool = true, timeouts: StorefrontTimeouts = patient,
    resolve: StorefrontClient.Resolve? = nil, _ body: (StorefrontClient, PinnedClients) async throws -> Void
) async throws {
    let clients = PinnedClients(capacity: capacity, timeouts: timeouts, logger: quiet)
    let client = StorefrontClient(
        policy: DestinationPolicy(allowPrivate: allowPrivate), clients: clients, timeouts: timeouts,
        resolve: resolve, logger: quiet)
    do {
        try await body(client, clients)
    } catch {
        await clients.closeAll()
        throw error
    }
    await clients.closeAll()
}

@Suite(.timeLimit(.minutes(1))) struct StorefrontClientTests {
    /// What a server does, and what becomes of the try.
    private struct Behaviour: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        let end: RawServer.End
        let status: Int?

        static let all = [
            Behaviour(testDescription: "says nothing", bytes: "", end: .silence, status: nil),
            Behaviour(testDescription: "hangs up", bytes: "", end: .close, status: nil),
            Behaviour(testDescription: "never ends its head", bytes: "HTTP/1.1 200 OK\r\nx: ", end: .drip, status: nil),
            Behaviour(testDescription: "is no HTTP server", bytes: "220 smtp ready\r\n", end: .silence, status: nil),
            Behaviour(
                testDescription: "never sends its body", bytes: "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n",
                end: .silence, status: 200),
            Behaviour(
                testDescription: "drips its body", bytes: "HTTP/1.1 204 OK\r\n\r\n", end: .drip, status: 204),
            Behaviour(
                testDescription: "drips a chunked body",
                bytes: "HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n100000\r\n", end: .drip, status: 500),
            Behaviour(
                testDescription: "sends a body without end",
                bytes: "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + String(repeating: "x", count: 999_000),
                end: .silence, status: 200),
        ]
    }

    @Test(arguments: Behaviour.all)
    private func `a server that misbehaves costs a bounded time`(_ behaviour: Behaviour) async throws {
        let server = try await RawServer(behaviour.bytes, then: behaviour.end)
        var timeouts = patient
        if behaviour.status == nil { timeouts.total = .milliseconds(500) }
        try await withClient(timeouts: timeouts) { client, _ in
            let start = ContinuousClock.now
            let answer = try? await client.post([1, 2, 3], headers: [], to: "http://127.0.0.1:\(server.port)/hook")
            #expect(answer?.status == behaviour.status)
            // The time limits are 0.5 s for the head and 0.2 s for the body; the rest is for a busy machine.
            #expect(ContinuousClock.now - start < .seconds(30))
        }
        try await server.channel.close()
    }

    @Test func `a connection goes to the address that was checked, whatever DNS says later`() async throws {
        let storefront = Storefront()
        try await withServer(storefront.router()) { port in
            // The name does not exist outside of this resolver: only a pinned client can reach it.
            let resolve: StorefrontClient.Resolve = { host, port in
                #expect(host == "shop.invalid")
                return [try SocketAddress(ipAddress: "127.0.0.1", port: port)]
            }
            try await withClient(resolve: resolve) { client, _ in
                for spelling in ["shop.invalid", "SHOP.Invalid", "shop.invalid."] {
                    let answer = try await client.post([1], headers: [], to: "http://\(spelling):\(port)/hook")
                    #expect(answer.status == 200)
                }
            }
            #expect(storefront.deliveries.count == 3)
            #expect(storefront.deliveries.allSatisfy { $0.authority == "shop.invalid:\(port)" })
        }
    }

    @Test func `an address that does not answer is followed by the next of the same name`() async throws {
        let storefront = Storefront()
        try await withServer(storefront.router()) { port in
            // Nobody listens at the first.
            let resolve: StorefrontClient.Resolve = { _, port in
                try ["127.0.0.9", "127.0.0.1"].map { try SocketAddress(ipAddress: $0, port: port) }
            }
            try await withClient(resolve: resolve) { client, _ in
                let answer = try await client.post([1], headers: [], to: "http://shop.invalid:\(port)/hook")
                #expect(answer.status == 200)
            }
            #expect(storefront.deliveries.count == 1)
        }
    }

    @Test func `a request that may have arrived is not sent to a second address`() async throws {
        let server = try await RawServer("", then: .close)
        let resolve: StorefrontClient.Resolve = { _, port in
            Array(repeating: try SocketAddress(ipAddress: "127.0.0.1", port: port), count: 3)
        }
        try await withClient(resolve: resolve) { client, _ in
            await #expect(throws: StorefrontUnreached.noAnswer("It closed the connection without an answer.")) {
                try await client.post([1], headers: [], to: "http://shop.invalid:\(server.port)/hook")
            }
        }
        #expect(server.callers == 1)
        try await server.channel.close()
    }

    @Test func `a URL that is refused is not looked up`() async throws {
        let resolve: StorefrontClient.Resolve = { _, _ in
            Issue.record("It was looked up.")
            return []
        }
        try await withClient(allowPrivate: false, resolve: resolve) { client, _ in
            let urls = [
                "http://shop.example/", "ftp://shop.example/", "https://user:pass@shop.example/", "https://127.1/", "",
            ]
            for url in urls {
                await #expect(throws: StorefrontUnreached.self) { try await client.post([], headers: [], to: url) }
            }
        }
    }

    @Test func `clients are kept for reuse, and the longest unused is closed`() async throws {
        let storefront = Storefront()
        try await withServer(storefront.router()) { port in
            let resolve: StorefrontClient.Resolve = { _, port in [try SocketAddress(ipAddress: "127.0.0.1", port: port)]
            }
            try await withClient(capacity: 2, resolve: resolve) { client, clients in
                for name in ["a", "b", "a", "c", "a"] {
                    let answer = try await client.post([1], headers: [], to: "http://\(name).invalid:\(port)/hook")
                    #expect(answer.status == 200)
                }
                #expect(Set(clients.pins.map(\.host)) == ["a.invalid", "c.invalid"])
            }
            #expect(storefront.deliveries.count == 5)
        }
    }

    @Test(arguments: [
        ("https://Shop.Example/a?b=c#d", "https://shop.example/a?b=c"),
        ("https://shop.example.:8443/", "https://shop.example:8443/"),
        ("https://shop.example:443", "https://shop.example"),
        ("https://[2001:4860:4860::8888]/x", "https://[2001:4860:4860::8888]/x"),
        ("https://shop.example/x://y/z", "https://shop.example/x://y/z"),
    ])
    func `a URL is called with its host as it was checked`(_ url: String, _ called: String) throws {
        #expect(try DestinationPolicy(allowPrivate: false).check(url).pinned(url) == called)
    }
}
