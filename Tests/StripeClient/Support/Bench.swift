import AsyncHTTPClient
import NIOCore
import NIOSSL
import Security
import StripeClient
import Testing

/// A client, the server it calls, and the time between them.
struct Bench: Sendable {
    let stripe: StripeClient
    let server: FakeStripe
    let clock: TestClock
    let logs: LogRecorder
    let http: HTTPClient
    let base: String

    static let alice = StripeCredentials(tenant: "ten_alice", secretKey: Secret("sk_test_aliceHIDDEN"))
    static let bob = StripeCredentials(
        tenant: "ten_bob", secretKey: Secret("sk_test_bobHIDDEN"), account: "acct_bob")

    /// Runs `body` against a server that answers by `script`, and looks at the end whether every request was in order.
    /// With `lenient`, the HTTP client is set to trust any server; with `certificate`, the server speaks TLS.
    static func run(
        retries: Int = 2, timeout: Duration = .seconds(20), longestQueue: Duration = .seconds(5),
        largestAnswer: Int = 1 << 20, pacing: (any StripePacing)? = nil, clock: TestClock = TestClock(),
        lenient: Bool = false, certificate: NIOSSLContext? = nil,
        script: @escaping @Sendable (FakeStripe.Request) -> FakeStripe.Reply,
        _ body: (Bench) async throws -> Void
    ) async throws {
        let server = FakeStripe(script: script)
        let channel = try await server.listen(certificate: certificate)
        let port = try #require(channel.localAddress?.port)
        var configuration = StripeClient.httpConfiguration
        if lenient {
            configuration.tlsConfiguration = .makeClientConfiguration()
            configuration.tlsConfiguration?.certificateVerification = .none
        }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let logs = LogRecorder()
        let scheme = certificate == nil ? "http" : "https"
        let host = certificate == nil ? "127.0.0.1" : "localhost"
        let base = "\(scheme)://\(host):\(port)"
        let result: Result<Void, any Error>
        do {
            let stripe = try StripeClient(
                http: http, base: base, logger: logs.logger, retries: retries,
                timeout: timeout, longestQueue: longestQueue, largestAnswer: largestAnswer, pacing: pacing,
                clock: clock.stripeClock)
            result = .success(
                try await body(Bench(stripe: stripe, server: server, clock: clock, logs: logs, http: http, base: base)))
        } catch {
            result = .failure(error)
        }
        try await http.shutdown()
        try await channel.close()
        #expect(server.faults == [])
        // No key, client secret or text of Stripe's errors is logged, whatever happened.
        #expect(!logs.text.contains("HIDDEN"))
        try result.get()
    }

    /// The error of a call that has to fail.
    func failure<T>(
        sourceLocation: SourceLocation = #_sourceLocation, _ call: () async throws -> T
    ) async throws -> StripeError {
        do {
            _ = try await call()
        } catch let error as StripeError {
            #expect(!error.description.contains("HIDDEN"), sourceLocation: sourceLocation)
            return error
        }
        Issue.record("The call did not fail.", sourceLocation: sourceLocation)
        throw CancellationError()
    }
}

/// JSON of Stripe's that tests answer with.
enum Examples {
    static func intent(_ id: String = "pi_1", status: String = "requires_payment_method") -> String {
        """
        {"id":"\(id)","object":"payment_intent","amount":1099,"currency":"usd","status":"\(status)",
         "livemode":false,"created":1,"client_secret":"\(id)_secret_HIDDEN"}
        """
    }

    static func error(_ type: String, _ code: String = "some_code") -> String {
        #"{"error":{"type":"\#(type)","code":"\#(code)","message":"HIDDEN said the caller","param":"amount"}}"#
    }

    static func events(_ ids: [String], more: Bool) -> String {
        let data = ids.map {
            """
            {"id":"\($0)","object":"event","created":1,"livemode":false,"type":"a.b","data":{"object":{}}}
            """
        }
        return #"{"object":"list","url":"/v1/events","has_more":\#(more),"data":[\#(data.joined(separator: ","))]}"#
    }
}
