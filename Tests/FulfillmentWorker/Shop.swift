import AsyncHTTPClient
import Commerce
import Database
import Foundation
import Logging
import NIOCore
import Security
import StripeClient
import StripeModels
import TenantStripe
import TestSupport

@testable import FulfillmentWorker
@testable import Messaging

/// A worker's handlers, a tenant, its storefront and its Stripe account, on a database of their own.
struct Shop: Sendable {
    static let schedule: [Duration] = [.seconds(5), .seconds(300)]
    static let stripeKey = "sk_test_abcdefgh"
    /// What the database's clock says at first, in seconds since 1970.
    static let now = TestClock.start / 1_000_000

    let test: TestDatabase
    let stripe: FakeStripe
    let storefront: Storefront
    let tenants: TenantStore
    let tenant: CreatedTenant
    let handlers: [any JobHandler]
    /// Where the storefront listens, also when the tenant has another URL.
    let fulfillmentURL: String

    var database: Database { test.database }
    var queue: JobQueue { JobQueue(test.database) }
    var scope: TenantScope { tenant.tenant.scope }

    // MARK: What happens

    /// An order that waits for its payment; `intent` nil: Stripe's answer was never stored.
    func order(amount: Int64 = 1999, currency: String = "eur", intent: String? = "pi_1") async throws -> Order {
        let scope = scope
        let keys = try Self.keys()
        return try await database.write { connection in
            let order = try OrderStore.insert(
                NewOrder(amount: amount, currency: Currency(validating: currency)), for: scope,
                cause: .request("req_1", "POST /v1/payment_intents"), in: connection)
            guard let intent else { return order }
            return try OrderStore.attachPaymentIntent(
                intent, clientSecret: Secret("\(intent)_secret"), to: order.id, for: scope, keys: keys, in: connection)
        }
    }

    /// Stripe sends an event that holds `intent` as it was then.
    @discardableResult
    func receive(
        _ intent: IntentJSON, type: String = "payment_intent.succeeded", id: String = "evt_1", account: String? = nil
    ) async throws -> EventID {
        let body = """
            {"id":"\(id)","object":"event","created":1795305599,"livemode":\(intent.livemode),"type":"\(type)",
            "data":{"object":\(intent.text)}}
            """
        return try await receive(raw: body, type: type, id: id, account: account)
    }

    func receive(raw body: String, type: String, id: String, account: String? = nil) async throws -> EventID {
        let tenant = tenant.tenant
        let event = ReceivedEvent(
            tenant: tenant.id, livemode: tenant.livemode, stripeEventID: id, type: type, apiVersion: nil,
            account: account, created: 1_795_305_599, endpointID: self.tenant.endpoint.rawValue, signature: "t=1,v1=0",
            body: Array(body.utf8), state: .pending, job: { ApplyEventPayload.job(for: $0, of: tenant.id) })
        guard case .stored(let event) = try await EventInbox(database).record(event) else { throw NotStored() }
        return event
    }

    struct NotStored: Error {}

    /// Runs every job that is due, one after the other, until none is.
    /// - Returns: how many runs that took.
    @discardableResult
    func work(atMost limit: Int = 50) async throws -> Int {
        let running = RunningJobs(limit: 1)
        for runs in 0..<limit {
            let claimed = try await queue.claim(handlers.map(\.kind), limit: 1, lease: .seconds(30)).first
            guard let job = claimed, let handler = handlers.first(where: { $0.kind == job.kind }) else { return runs }
            running.add(job)
            await JobRun(job: job, handler: handler, queue: queue, logger: quiet).run(in: running)
            running.remove(job.lease)
        }
        return limit
    }

    // MARK: What came of it

    func status(of order: Order) async throws -> OrderStatus? { try await now(order)?.status }

    func now(_ order: Order) async throws -> Order? {
        try await database.read { try OrderStore.get(order.id, for: order.scope, in: $0) }
    }

    func history(of order: Order) async throws -> [OrderTransition] {
        try await database.read { try OrderStore.history(of: order.id, for: order.scope, in: $0) }
    }

    func state(of event: EventID) async throws -> String? {
        try await database.read { try EventInbox.event(event, in: $0) }?.row.state
    }

    /// All jobs of a kind, oldest first.
    func jobs(_ kind: JobKind) async throws -> [JobRow] {
        try await queue.jobs(limit: 100).filter { $0.kind == kind }.reversed()
    }

    // MARK: Setting up

    static func keys() throws -> KeyRing {
        try KeyRing(parsing: "k1:\(Data(repeating: 7, count: 32).base64EncodedString())")
    }
}

/// How a shop differs from the ordinary.
struct ShopOptions: Sendable {
    /// nil: the storefront's own.
    var fulfillmentURL: String?
    var hasStorefront = true
    var allowPrivate = true
    var schedule = Shop.schedule
    /// Long: these tests run side by side with many others on few cores.
    var timeouts = StorefrontTimeouts(connect: .seconds(30), total: .seconds(60))
    var resolve: StorefrontClient.Resolve?
}

func withShop(
    on engine: Engine, _ options: ShopOptions = ShopOptions(),
    _ body: @escaping @Sendable (Shop) async throws -> Void
) async throws {
    let stripe = FakeStripe()
    let storefront = Storefront()
    try await withServer(stripe.router()) { stripePort in
        try await withServer(storefront.router()) { port in
            try await withDatabase(on: engine, migrations: Schema.migrations) { test in
                let storefrontURL = "http://127.0.0.1:\(port)/hook"
                let url = options.fulfillmentURL ?? storefrontURL
                try await withHandlers(test, options, stripePort) { tenants, handlers in
                    stripe.put(IntentJSON(), in: Shop.stripeKey)
                    let tenant = try await tenants.create(
                        NewTenant(
                            name: "Shop", stripeSecretKey: Secret(Shop.stripeKey),
                            stripePublishableKey: "pk_test_abcdefgh",
                            fulfillmentURL: options.hasStorefront ? url : nil))
                    try await body(
                        Shop(
                            test: test, stripe: stripe, storefront: storefront, tenants: tenants, tenant: tenant,
                            handlers: handlers, fulfillmentURL: storefrontURL))
                }
            }
        }
    }
}

private func withHandlers(
    _ test: TestDatabase, _ options: ShopOptions, _ stripePort: Int,
    _ body: (TenantStore, [any JobHandler]) async throws -> Void
) async throws {
    let tenants = TenantStore(database: test.database, keys: try Shop.keys())
    let clients = PinnedClients(timeouts: options.timeouts, logger: quiet)
    try await HTTPClient.withHTTPClient(configuration: StripeClient.httpConfiguration) { http in
        let client = try StripeClient(
            http: http, base: "http://127.0.0.1:\(stripePort)", logger: quiet, retries: 0)
        let reader = StripeReader(client: client, tenants: tenants)
        let handlers: [any JobHandler] = [
            ApplyStripeEvent(stripe: reader), CheckOrder(stripe: reader), FinishRefund(stripe: reader),
            ReconcileAccount(
                sweep: AccountSweep(database: test.database, client: client, tenants: tenants, logger: quiet),
                tenants: tenants),
            DeliverToStorefront(
                tenants: tenants,
                storefront: StorefrontClient(
                    policy: DestinationPolicy(allowPrivate: options.allowPrivate), clients: clients,
                    timeouts: options.timeouts, resolve: options.resolve, logger: quiet),
                schedule: options.schedule),
        ]
        do {
            try await body(tenants, handlers)
        } catch {
            await clients.closeAll()
            throw error
        }
        await clients.closeAll()
    }
}
