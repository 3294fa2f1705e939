import Commerce
import Database
import Messaging
import StripeModels
import TestSupport
import Testing

@testable import FulfillmentWorker

/// Orders of which nothing was heard.
@Suite(.timeLimit(.minutes(2))) struct CheckOrderTests {
    /// Lets `time` pass, and has what is due then looked at.
    private func pass(_ time: Duration, _ shop: Shop) async throws {
        try await shop.test.clock.advance(by: time, in: shop.database)
        try await shop.reconciler().checkOrders()
        try await shop.work()
    }

    @Test(arguments: Engine.all)
    func `an order whose webhook is lost is paid after five minutes`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            try await pass(.seconds(290), shop)
            #expect(shop.stripe.reads.isEmpty)
            try await pass(.seconds(20), shop)
            #expect(shop.stripe.reads == ["pi_1"])
            #expect(try await shop.status(of: order) == .active)
            // It waits for nothing any more.
            try await pass(.seconds(90_000), shop)
            #expect(shop.stripe.reads == ["pi_1"])
        }
    }

    @Test func `one that still waits is looked at three times`() async throws {
        try await withShop(on: .sqlite) { shop in
            shop.stripe.put(IntentJSON(status: "requires_payment_method"), in: Shop.stripeKey)
            let order = try await shop.order()
            for _ in 0..<5 { try await pass(.seconds(86_500), shop) }
            #expect(shop.stripe.reads == ["pi_1", "pi_1", "pi_1"])
            #expect(try await shop.status(of: order) == .pending)
        }
    }

    @Test(arguments: Engine.all)
    func `a payment that we never heard of is found by the order's id`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order(intent: nil)
            shop.stripe.put(
                list: [
                    IntentJSON(id: "pi_8", order: "ord_other").text,
                    IntentJSON(id: "pi_9", order: order.id.rawValue).text,
                ], at: "/v1/payment_intents")
            try await pass(.seconds(301), shop)
            let now = try #require(try await shop.now(order))
            #expect(now.paymentIntent == "pi_9")
            #expect(now.status == .active)
        }
    }

    @Test func `an order that Stripe never heard of is canceled after a day, not before`() async throws {
        try await withShop(on: .sqlite) { shop in
            shop.stripe.put(list: [], at: "/v1/payment_intents")
            let order = try await shop.order(intent: nil)
            try await pass(.seconds(301), shop)
            try await pass(.seconds(3300), shop)
            #expect(try await shop.status(of: order) == .pending)
            try await pass(.seconds(82_800), shop)
            #expect(try await shop.status(of: order) == .canceled)
        }
    }
}
