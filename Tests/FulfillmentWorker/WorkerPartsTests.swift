import Commerce
import Database
import Foundation
import HTTPTypes
import Logging
import Messaging
import Security
import ServiceLifecycle
import StripeModels
import TestSupport
import Testing

@testable import FulfillmentWorker
@testable import ServiceRuntime

@Suite(.timeLimit(.minutes(2))) struct WorkerPartsTests {
    @Test func `the worker as it is put together makes a paid order active, and stops in good order`() async throws {
        try await withWorker { worker, database, storefront, port in
            let tenants = TenantStore(database: database, keys: try Shop.keys())
            let tenant = try await tenants.create(
                NewTenant(
                    name: "Shop", stripeSecretKey: Secret(Shop.stripeKey), stripePublishableKey: "pk_test_abcdefgh",
                    fulfillmentURL: "http://127.0.0.1:\(port)/hook")
            ).tenant
            let changes = database.wakeUps(on: OrderStore.channel)
            let order = try await database.write { connection in
                let order = try OrderStore.insert(
                    NewOrder(amount: 1999, currency: Currency(validating: "eur")), for: tenant.scope,
                    cause: .request("req_1", "POST"), in: connection)
                let intent = IntentJSON(order: order.id.rawValue).text
                let body = """
                    {"id":"evt_1","object":"event","created":1,"livemode":false,"type":"payment_intent.succeeded",
                    "data":{"object":\(intent)}}
                    """
                let event = ReceivedEvent(
                    tenant: tenant.id, livemode: false, stripeEventID: "evt_1", type: "payment_intent.succeeded",
                    apiVersion: nil, account: nil, created: 1, endpointID: "we_1", signature: "t=1,v1=0",
                    body: Array(body.utf8), state: .pending, job: { ApplyEventPayload.job(for: $0, of: tenant.id) })
                _ = try EventInbox.record(event, in: connection)
                return order
            }
            for await _ in changes {
                let status = try await database.read { try OrderStore.get(order.id, for: tenant.scope, in: $0)?.status }
                if status == .active { break }
            }
            #expect(storefront.deliveries.count == 1)

            #expect(await worker.readiness.report().isReady)
            let metrics = await worker.registry.render()
            for kind in ["apply_stripe_event", "deliver_to_storefront"] {
                for state in ["scheduled", "ready", "blocked", "suspect", "leased", "dead"] {
                    #expect(metrics.contains(#"queue_jobs{kind="\#(kind)",state="\#(state)"} 0"#))
                }
                #expect(metrics.contains(#"queue_oldest_age_seconds{kind="\#(kind)",state="ready"} 0"#))
            }
        }
    }

    @Test func `the gauges tell what waits, what died and since when`() async throws {
        try await withShop(on: .sqlite) { shop in
            shop.storefront.answer(.init(status: .gone))
            _ = try await shop.paidOrder()
            try await shop.receive(IntentJSON(id: "pi_2"), id: "evt_2")
            try await shop.test.advance(by: .seconds(90))
            let registry = PrometheusRegistry()
            QueueGauges(queue: shop.queue).register(in: registry)
            let metrics = await registry.render()
            #expect(metrics.contains(#"queue_jobs{kind="apply_stripe_event",state="ready"} 1"#))
            #expect(metrics.contains(#"queue_jobs{kind="deliver_to_storefront",state="dead"} 1"#))
            #expect(metrics.contains(#"queue_oldest_age_seconds{kind="apply_stripe_event",state="ready"} 90"#))
        }
    }

    @Test func `a database that was not migrated is not ready, and says what to do`() async throws {
        try await withWorker(migrations: []) { worker, _, _, _ in
            let (isReady, checks) = await worker.readiness.report()
            #expect(!isReady)
            #expect(checks.contains { $0.finding.contains("checkoutctl migrate") })
        }
    }

    @Test(arguments: Engine.all)
    func `idempotency keys whose day is over are removed`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { test in
            let keys = try Shop.keys()
            let tenant = try await TenantStore(database: test.database, keys: keys).create(
                NewTenant(
                    name: "Shop", stripeSecretKey: Secret(Shop.stripeKey), stripePublishableKey: "pk_test_abcdefgh"))
            func begin(_ key: String) async throws {
                let request = try IdempotentRequest(
                    scope: tenant.tenant.scope, key: key, credential: .secret, method: "POST", path: "/v1", body: [])
                _ = try await test.database.write { try IdempotencyStore(keys: keys).begin(request, in: $0) }
            }
            for number in 0..<7 { try await begin("old\(number)") }
            try await test.advance(by: .seconds(90_000))
            try await begin("new")
            try await KeyCleaner(database: test.database, batch: 3, logger: quiet).removeExpired()
            let left = try await test.database.read { try $0.rows("SELECT created_at FROM idempotency_keys") }
            #expect(try left.map { try $0.get("created_at", as: Int64.self) } == [test.clock.now])
        }
    }
}

/// Runs the worker's parts on a database beside `body`, which gets the database as another process would.
/// - Parameter stripe: the port of Stripe; by default there is none.
func withWorker(
    on engine: Engine = .sqlite, stripe: Int = 1, migrations: [Migration] = Schema.migrations,
    _ body: @escaping @Sendable (ServiceEnvironment, Database, Storefront, _ port: Int) async throws -> Void
) async throws {
    let storefront = Storefront()
    try await withServer(storefront.router()) { port in
        try await withDatabase(on: engine, migrations: migrations) { test in
            let key = Data(repeating: 7, count: 32).base64EncodedString()
            let url = if case .postgres(let url) = test.url { url } else { test.url.masked }
            var reader = SettingsReader(
                arguments: ["fulfillment-worker"],
                environment: [
                    "DATABASE_URL": url, "CHECKOUT_MASTER_KEYS": "k1:\(key)",
                    "STRIPE_API_BASE": "http://127.0.0.1:\(stripe)", "ALLOW_PRIVATE_DESTINATIONS": "true",
                ])
            let settings = WorkerSettings(reading: &reader)
            let common = CommonSettings(
                reading: &reader, listenSetting: "FULFILLMENT_WORKER_LISTEN", listen: ListenAddress(port: 0))
            try reader.finish()
            let environment = ServiceEnvironment(
                name: "fulfillment-worker", logger: quiet, readiness: Readiness(), registry: PrometheusRegistry(),
                common: common)
            let parts = try await WorkerParts.build(settings, environment)
            // On SQLite the worker's clock is the system's; what it finds in the database must be by the same.
            let database = try Database.open(test.url, logger: quiet)
            let group = ServiceGroup(
                configuration: .init(
                    services: (parts.services + parts.workers).map { .init(service: $0) }, logger: quiet))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                do {
                    try await body(environment, database, storefront, port)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            await parts.close()
            await database.close()
        }
    }
}
