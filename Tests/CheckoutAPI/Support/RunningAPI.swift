import AsyncHTTPClient
import Commerce
import Database
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Security
import ServiceLifecycle
import ServiceRuntime
import StripeClient
import Synchronization
import TestSupport
import Testing

@testable import CheckoutAPI

/// The API on a real socket, a Stripe beside it, and two tenants.
struct RunningAPI: Sendable {
    let test: TestDatabase
    let keys: KeyRing
    let stripe: FakeStripe
    /// `Acme`, in test mode, and somebody else.
    let tenant: CreatedTenant
    let other: CreatedTenant
    let live: CreatedTenant
    let address: ListenAddress
    let stripeAddress: ListenAddress
    let log: LogLines
    let watch: OrderWatch
    /// Shuts the API down as SIGTERM does.
    let group: ServiceGroup
    /// `GET /v1/orders` and so on, as the router has them.
    let routes: [String]

    var database: Database { test.database }
    var secretKey: Secret { tenant.secretKey.secret }
    var publishableKey: Secret { tenant.publishableKey.secret }
    var apiKeys: APIKeyStore { APIKeyStore(database: database, keys: keys) }
    var tenants: TenantStore { TenantStore(database: database, keys: keys) }

    static let origin = "https://shop.example"
}

/// What a server logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func logger() -> Logger {
        var logger = Logs.logger(label: "test") { line in
            self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        logger.logLevel = .trace
        return logger
    }
}

/// Runs the API beside `body` on a database of its own. Whatever the test does, no secret may be in the log after it.
func withAPI(
    on engine: Engine = .sqlite, patience: Duration = .seconds(20), retries: Int = 2,
    _ body: @escaping @Sendable (RunningAPI) async throws -> Void
) async throws {
    try await withDatabase(on: engine, migrations: Schema.migrations) { test in
        let keys = try KeyRing(parsing: "k1:\(Data(repeating: 7, count: 32).base64EncodedString())")
        let tenants = TenantStore(database: test.database, keys: keys)
        let tenant = try await tenants.create(newTenant("Acme", origins: [RunningAPI.origin]))
        let other = try await tenants.create(newTenant("Other", origins: ["https://other.example"]))
        let live = try await tenants.create(newTenant("Live", livemode: true))
        let stripe = FakeStripe()
        let log = LogLines()
        let router = Router()
        stripe.add(to: router)
        let (stripeListening, stripeStarted) = AsyncStream<ListenAddress>.makeStream()
        let (listening, started) = AsyncStream<ListenAddress>.makeStream()
        let fake = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { stripeStarted.yield(ListenAddress(port: $0.localAddress?.port ?? 0)) },
            logger: Logger(label: "fake", factory: { _ in SwiftLogNoOpLogHandler() }))
        let http = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: StripeClient.httpConfiguration)

        let result = await Result {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await fake.run() }
                tasks.addTask {
                    guard let stripeAddress = await stripeListening.first(where: { _ in true }) else { return }
                    let client = try StripeClient(
                        http: http, base: "http://\(stripeAddress)", logger: log.logger(), retries: retries,
                        timeout: patience, clock: .hurried)
                    let watch = OrderWatch(database: test.database, poll: .milliseconds(20), logger: log.logger())
                    let api = try CheckoutAPI(
                        database: test.database, keys: keys, stripe: client,
                        settings: .init(
                            stripeAPIBase: "http://\(stripeAddress)", publicBaseURL: "http://api.example",
                            patience: patience),
                        watch: watch, logger: log.logger())
                    let inspected = Router(context: AppRequestContext.self)
                    api.add(to: inspected)
                    let routes = inspected.routes.map { "\($0.method.rawValue) \($0.path)" }
                    let server = APIParts.server(api).application(
                        listen: ListenAddress(port: 0), readiness: Readiness(),
                        registry: PrometheusRegistry.bootstrap(),
                        logger: log.logger(), onListening: { started.yield($0) })
                    let group = ServiceGroup(
                        configuration: .init(services: [watch, server], logger: Logger(label: "group")))
                    try await withThrowingTaskGroup(of: Void.self) { inner in
                        inner.addTask {
                            defer { started.finish() }
                            try await group.run()
                        }
                        inner.addTask {
                            guard let address = await listening.first(where: { _ in true }) else { return }
                            let running = RunningAPI(
                                test: test, keys: keys, stripe: stripe, tenant: tenant, other: other, live: live,
                                address: address, stripeAddress: stripeAddress, log: log, watch: watch, group: group,
                                routes: routes)
                            let result = await Result { try await body(running) }
                            await stripe.release()
                            await group.triggerGracefulShutdown()
                            try result.get()
                        }
                        try await inner.waitForAll()
                    }
                }
                try await tasks.next()
                tasks.cancelAll()
                // The server ends with the cancellation that was just asked for.
                while let result = await tasks.nextResult() { _ = result }
            }
        }
        try await http.shutdown()
        try result.get()
        #expect(stripe.faults == [])
        let text = log.all.joined(separator: "\n")
        for secret in ["HIDDEN", "4242424242424242", tenant.secretKey.secret.exposed] {
            #expect(!text.contains(secret), "A secret was logged.")
        }
    }
}

private func newTenant(_ name: String, livemode: Bool = false, origins: [String] = []) -> NewTenant {
    let mode = livemode ? "live" : "test"
    return NewTenant(
        name: name, livemode: livemode, stripeSecretKey: Secret("sk_\(mode)_\(name)HIDDEN"),
        stripePublishableKey: "pk_\(mode)_\(name)12345678", origins: origins)
}

extension StripeClock {
    /// Never waits.
    static let hurried = StripeClock(
        now: StripeClock.system.now, sleep: { _ in try Task.checkCancellation() }, jitter: { $0.lowerBound })
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
