import AsyncHTTPClient
import Commerce
import Database
import Security
import StripeClient
import StripeModels
import TenantStripe
import TestSupport
import Testing

@testable import FulfillmentWorker
@testable import Messaging

/// Inbox, queue and the handler of events, with a Stripe of stories. What follows is stored and not sent.
struct StoryShop: Sendable {
    let database: Database
    let stripe: StoryStripe
    let tenant: Tenant
    let handler: ApplyStripeEvent

    var scope: TenantScope { tenant.scope }

    static func with(
        _ engine: Engine, _ body: @escaping @Sendable (StoryShop) async throws -> Void
    ) async throws {
        let stripe = StoryStripe()
        try await withServer(stripe.router()) { port in
            try await withDatabase(on: engine, migrations: Schema.migrations) { test in
                let tenants = TenantStore(database: test.database, keys: try Shop.keys())
                let tenant = try await tenants.create(
                    NewTenant(
                        name: "Shop", stripeSecretKey: Secret(Shop.stripeKey), stripePublishableKey: "pk_test_abcdefgh",
                        fulfillmentURL: "https://shop.example/hook"))
                try await HTTPClient.withHTTPClient(configuration: StripeClient.httpConfiguration) { http in
                    let client = try StripeClient(
                        http: http, base: "http://127.0.0.1:\(port)", logger: quiet, retries: 0,
                        pacing: Unpaced())
                    try await body(
                        StoryShop(
                            database: test.database, stripe: stripe, tenant: tenant.tenant,
                            handler: ApplyStripeEvent(stripe: StripeReader(client: client, tenants: tenants))))
                }
            }
        }
    }

    /// Stripe's rate is another test's affair.
    private struct Unpaced: StripePacing {
        func wait(for tenant: String, livemode: Bool, rate: Double, longest: Duration) async throws -> StripeTurn {
            .after(.zero)
        }
    }

    /// Orders whose stories are about to be told, each by one arrival.
    func begin(_ story: Story, _ arrivals: [(number: Int, order: [Int])]) async throws -> [Telling] {
        let keys = try Shop.keys()
        return try await database.write { [scope] connection in
            try arrivals.map { arrival in
                let order = try OrderStore.insert(
                    story.order(Telling.email(arrival.number)), for: scope, cause: .request("req_1", "POST"),
                    in: connection)
                let telling = Telling(order: order.id, number: arrival.number, arrival: arrival.order)
                if telling.isLinked { try Self.link(order, telling, keys, connection) }
                return telling
            }
        }
    }

    /// As the API does it with Stripe's answer.
    private static func link(
        _ order: Order, _ telling: Telling, _ keys: KeyRing, _ connection: Connection
    ) throws {
        guard let mode = order.checkoutMode else {
            _ = try OrderStore.attachPaymentIntent(
                telling.id("pi"), clientSecret: Secret("secret"), to: order.id, for: order.scope, keys: keys,
                in: connection)
            return
        }
        let json = StripeThing.session("open", payment: "unpaid", mode: mode).json(telling)
        let session = try StripeJSON.decode(CheckoutSession.self, from: Array(json.utf8))
        _ = try OrderStore.attachCheckoutSession(session, to: order.id, for: order.scope, in: connection)
    }

    /// Takes events in as the router does, and applies them, those of different orders at once.
    func hear(_ bodies: [String]) async throws {
        let events = try received(bodies)
        let outcomes = try await database.write { try EventInbox.record(events, in: $0) }
        #expect(!outcomes.contains(.duplicate))
        let queue = JobQueue(database)
        let running = RunningJobs(limit: 32)
        while true {
            let jobs = try await queue.claim([handler.kind], limit: 32, lease: .seconds(60))
            guard !jobs.isEmpty else { return }
            await withTaskGroup(of: Void.self) { group in
                for job in jobs {
                    running.add(job)
                    group.addTask {
                        await JobRun(job: job, handler: handler, queue: queue, logger: quiet).run(in: running)
                        running.remove(job.lease)
                    }
                }
            }
        }
    }

    /// The very same events once more: the inbox knows them.
    func hearAgain(_ bodies: [String]) async throws {
        let events = try received(bodies)
        let outcomes = try await database.write { try EventInbox.record(events, in: $0) }
        #expect(outcomes.allSatisfy { $0 == .duplicate })
    }

    private func received(_ bodies: [String]) throws -> [ReceivedEvent] {
        let owner = EventOwner(tenant)
        return try bodies.map { body in
            let bytes = Array(body.utf8)
            let envelope = try EventEnvelope.read(bytes, metadataKey: Order.stripeMetadataKey)
            return ReceivedEvent(envelope, of: nil, body: bytes, signature: "t=1,v1=0", from: "we_1", for: owner)
        }
    }
}
