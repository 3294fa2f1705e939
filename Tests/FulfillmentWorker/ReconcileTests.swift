import Commerce
import Database
import Messaging
import StripeModels
import TenantStripe
import TestSupport
import Testing

@testable import FulfillmentWorker

/// Events that no webhook brought.
@Suite(.timeLimit(.minutes(2))) struct ReconcileTests {
    private static func event(_ id: String, at created: Int64 = Shop.now) -> String {
        """
        {"id":"\(id)","object":"event","created":\(created),"livemode":false,"type":"payment_intent.succeeded",
        "data":{"object":\(IntentJSON().text)}}
        """
    }

    private func sweepLater(_ shop: Shop) async throws {
        try await shop.test.clock.advance(by: .seconds(600), in: shop.database)
        try await shop.reconciler().sweepTenants()
        try await shop.work()
    }

    private func state(_ shop: Shop) async throws -> ReconcileState? {
        try await shop.database.read { try ReconcileStore.state(of: shop.scope, in: $0) }
    }

    @Test(arguments: Engine.all)
    func `a missed event is stored, applied and counted, one that came is not`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            shop.stripe.put(list: [Self.event("evt_missed")], at: "/v1/events")
            try await sweepLater(shop)
            #expect(try await shop.status(of: order) == .active)
            #expect(shop.storefront.deliveries.count == 1)
            #expect(try await state(shop)?.missedTotal == 1)
            let stored = try await EventInbox(shop.database).events(EventSelection(), limit: 9)
            #expect(stored.map(\.stripeEventID) == ["evt_missed"])
            #expect(stored[0].endpointID == AccountSweep.source)
            // Stripe lists it again, and its webhook comes after all.
            try await sweepLater(shop)
            #expect(try await state(shop)?.missedTotal == 1)
            #expect(shop.storefront.deliveries.count == 1)
        }
    }

    /// Its webhook is likely on the way: it was not missed.
    @Test func `what happened a moment ago is left to its webhook`() async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order()
            shop.stripe.put(list: [Self.event("evt_new", at: Shop.now + 590)], at: "/v1/events")
            try await sweepLater(shop)
            #expect(try await shop.status(of: order) == .pending)
            try await sweepLater(shop)
            #expect(try await shop.status(of: order) == .active)
        }
    }

    @Test func `a sweep that fails says so, moves no cursor, and the next one makes up for it`() async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order()
            try await sweepLater(shop)
            let failed = try #require(try await state(shop))
            #expect(failed.lastError != nil)
            #expect(failed.cursor == nil)
            shop.stripe.put(list: [Self.event("evt_missed")], at: "/v1/events")
            try await sweepLater(shop)
            #expect(try await state(shop)?.lastError == nil)
            #expect(try await shop.status(of: order) == .active)
        }
    }

    /// As a sweep left it whose host was an hour fast, in the days when the host's clock counted.
    @Test(arguments: Engine.all)
    func `a cursor in the future hides nothing that was missed meanwhile`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            shop.stripe.put(list: [], at: "/v1/events")
            try await sweepLater(shop)
            #expect(try await state(shop)?.cursor == Shop.now + 600 - AccountSweep.patience)
            try await shop.database.write { connection in
                try ReconcileStore.advance(to: Shop.now + 4200, missed: 0, for: shop.scope, in: connection)
            }
            let order = try await shop.order()
            shop.stripe.put(list: [Self.event("evt_missed", at: Shop.now + 700)], at: "/v1/events")
            for _ in 0..<3 { try await sweepLater(shop) }
            #expect(try await shop.status(of: order) == .active)
            #expect(try await state(shop)?.missedTotal == 1)
            #expect(try await state(shop)?.cursor == Shop.now + 2400 - AccountSweep.patience)
        }
    }

    @Test(arguments: Engine.all)
    func `one of many workers schedules a tenant's sweep`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await shop.reconciler().sweepTenants() } }
                try await group.waitForAll()
            }
            #expect(try await shop.jobs(.reconcileAccount).count == 1)
        }
    }
}

extension Shop {
    func reconciler() -> Reconciler {
        Reconciler(database: database, tenants: tenants, interval: .seconds(300), logger: quiet)
    }
}
