import Commerce
import Database
import Foundation
import Messaging
import Security
import StripeModels
import TenantStripe
import TestSupport
import Testing

@testable import FulfillmentWorker

/// The whole worker, on a host whose clock is an hour off the database's. The host's cannot be set here, the database's can:
/// on PostgreSQL, where the two are on different machines.
@Suite(.timeLimit(.minutes(2)), .enabled(if: Engine.all.contains(.postgres), "needs a PostgreSQL server"))
struct HostClockTests {
    @Test(arguments: [-1, 1] as [Int64])
    func `a worker an hour off signs what storefronts take, and sweeps up to the present`(hours: Int64) async throws {
        let now = Int64(Date().timeIntervalSince1970) + hours * 3600
        let stripe = FakeStripe()
        try await withServer(stripe.router()) { stripePort in
            try await withWorker(on: .postgres, stripe: stripePort) { _, database, storefront, port in
                try await database.write { connection in
                    try connection.execute("UPDATE test_clock SET us = $1", now * 1_000_000)
                }
                let tenant = try await TenantStore(database: database, keys: try Shop.keys()).create(
                    NewTenant(
                        name: "Shop", stripeSecretKey: Secret(Shop.stripeKey),
                        stripePublishableKey: "pk_test_abcdefgh", fulfillmentURL: "http://127.0.0.1:\(port)/hook")
                ).tenant
                let changes = database.wakeUps(on: OrderStore.channel)
                let order = try await database.write { connection in
                    try OrderStore.insert(
                        NewOrder(amount: 1999, currency: Currency(validating: "eur")), for: tenant.scope,
                        cause: .request("req_1", "POST"), in: connection)
                }
                let missed = """
                    {"id":"evt_1","object":"event","created":\(now - 120),"livemode":false,
                    "type":"payment_intent.succeeded","data":{"object":\(IntentJSON(order: order.id.rawValue).text)}}
                    """
                stripe.put(IntentJSON(order: order.id.rawValue), in: Shop.stripeKey)
                stripe.put(list: [missed], at: "/v1/events")
                try await database.write { connection in
                    try JobQueue.enqueue(ReconcilePayload.job(for: tenant.scope), in: connection)
                }
                for await _ in changes {
                    let status = try await database.read {
                        try OrderStore.get(order.id, for: tenant.scope, in: $0)?.status
                    }
                    if status == .active { break }
                }
                let delivery = try #require(storefront.deliveries.first)
                #expect((0..<60).contains(try #require(Int64(delivery["webhook-timestamp"])) - now))
                func sweep() async throws -> ReconcileState? {
                    try await database.read { try ReconcileStore.state(of: tenant.scope, in: $0) }
                }
                while try await sweep()?.lastFinished == nil {}
                #expect(try await sweep()?.cursor == now - AccountSweep.patience)
            }
        }
    }
}
