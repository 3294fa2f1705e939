import AsyncHTTPClient
import Commerce
import Database
import Foundation
import Hummingbird
import Logging
import Messaging
import NIOCore
import NIOHTTP1
import Security
import ServiceRuntime
import StripeModels
import Synchronization
import TestSupport

@testable import WebhookRouter

/// A router on a real socket, with one tenant.
struct RunningRouter: Sendable {
    /// What `now` is to the router, in seconds since 1970.
    static let now: Int64 = 1_795_305_600

    let test: TestDatabase
    let tenant: CreatedTenant
    let secret: String
    let address: ListenAddress
    let log: LogLines
    let registry: PrometheusRegistry
    let stores: Stores
    let clock: SteppingClock

    struct Stores: Sendable {
        let tenants: TenantStore
        let endpoints: WebhookEndpointStore
    }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String

        subscript(name: String) -> String? { headers.first(name: name) }
    }

    var path: String { "/webhooks/stripe/\(tenant.endpoint)" }

    /// A POST of `body` signed by `secret` at `time`, or with the header given.
    func post(
        _ body: [UInt8], to path: String? = nil, secret: String? = nil, at time: Int64 = now, signature: String? = nil
    ) async throws -> Answer {
        let header =
            signature ?? WebhookSignature.header(body: body, secret: secret ?? self.secret, timestamp: time)
        return try await send(.bytes(ByteBuffer(bytes: body)), to: path, signature: header)
    }

    func send(
        _ body: HTTPClientRequest.Body?, method: HTTPMethod = .POST, to path: String? = nil, signature: String?
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://\(address)\(path ?? self.path)")
        request.method = method
        request.body = body
        if let signature { request.headers.add(name: "Stripe-Signature", value: signature) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let answer = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, body: String(buffer: answer))
    }

    func events() async throws -> [EventRow] { try await EventInbox(test.database).events(limit: 100) }

    func jobs() async throws -> [JobRow] { try await JobQueue(test.database).jobs(limit: 100) }
}

/// What a server logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func logger() -> Logger {
        Logs.logger(label: "test") { line in self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
    }
}

/// Stands still until a test moves it.
final class SteppingClock: Sendable {
    private struct State {
        var instant = ContinuousClock.now
        var reads = 0
        var waiting: (reads: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    var now: ContinuousClock.Instant {
        state.withLock { state in
            state.reads += 1
            if let waiting = state.waiting, state.reads >= waiting.reads {
                state.waiting = nil
                waiting.continuation.resume()
            }
            return state.instant
        }
    }

    func advance(by duration: Duration) { state.withLock { $0.instant += duration } }

    /// Waits until somebody has read the clock `count` times in all.
    func whenRead(_ count: Int) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.reads >= count { return continuation.resume() }
                state.waiting = (count, continuation)
            }
        }
    }
}

/// Runs a router beside `body` on a database of its own.
func withRouter(
    on engine: Engine, livemode: Bool = false, account: String? = nil, busyTimeout: Duration = .seconds(10),
    _ body: @escaping @Sendable (RunningRouter) async throws -> Void
) async throws {
    try await withDatabase(on: engine, migrations: Schema.migrations) { test in
        let keys = try KeyRing(parsing: "k1:\(Data(repeating: 7, count: 32).base64EncodedString())")
        let stores = RunningRouter.Stores(
            tenants: TenantStore(database: test.database, keys: keys),
            endpoints: WebhookEndpointStore(database: test.database, keys: keys))
        let mode = livemode ? "live" : "test"
        let secret = "whsec_first_secret"
        let tenant = try await stores.tenants.create(
            NewTenant(
                name: "Shop", livemode: livemode, stripeSecretKey: Secret("sk_\(mode)_abcdefgh"),
                stripePublishableKey: "pk_\(mode)_abcdefgh", stripeAccount: account, webhookSecrets: [Secret(secret)]))

        var options = DatabaseOptions()
        options.busyTimeout = busyTimeout
        options.clock = { test.clock.now }
        let log = LogLines()
        let clock = SteppingClock()
        let database = try Database.open(test.url, options: options, logger: log.logger())
        let registry = PrometheusRegistry.bootstrap()
        let route = RouterParts.route(
            database, keys, now: { RunningRouter.now }, instant: { clock.now })
        let (listening, started) = AsyncStream<ListenAddress>.makeStream()
        let application = RouterParts.server(route).application(
            listen: ListenAddress(port: 0), readiness: Readiness(), registry: registry, logger: log.logger(),
            onListening: { started.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                for await address in listening {
                    try await body(
                        RunningRouter(
                            test: test, tenant: tenant, secret: secret, address: address, log: log,
                            registry: registry, stores: stores, clock: clock))
                    return
                }
            }
            try await group.next()
            group.cancelAll()
            // The server ends with the cancellation that was just asked for.
            while let result = await group.nextResult() { _ = result }
        }
        await database.close()
    }
}

/// An event of a PaymentIntent, as Stripe would send it.
func event(
    id: String = "evt_1", type: String = "payment_intent.succeeded", livemode: Bool = false, account: String? = nil,
    more: String = ""
) -> [UInt8] {
    let account = account.map { #""account":"\#($0)","# } ?? ""
    return Array(
        """
        {"id":"\(id)","object":"event",\(account)"api_version":"2026-10-28.endive","created":1795305599,"livemode":\(livemode),
        "pending_webhooks":1,"type":"\(type)","data":{"object":{"id":"pi_1","object":"payment_intent","amount":1999,
        "currency":"eur","status":"succeeded","livemode":\(livemode),"created":1795305590\(more)}}}
        """.utf8)
}
