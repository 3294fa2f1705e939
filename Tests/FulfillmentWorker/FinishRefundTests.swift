import Commerce
import Database
import Messaging
import StripeModels
import TestSupport
import Testing

@testable import FulfillmentWorker

/// Refunds of which whoever asked for them never heard the end.
@Suite(.timeLimit(.minutes(2))) struct FinishRefundTests {
    /// A paid order, and a refund of 500 of it that was reserved; a minute later.
    private func withRefund(
        on engine: Engine, _ body: @escaping @Sendable (Shop, OrderRefund) async throws -> Void
    ) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            try await shop.receive(IntentJSON())
            try await shop.work()
            let refund = try await shop.database.write { connection in
                try RefundStore.reserve(NewRefund(order: order.id, amount: 500), for: shop.scope, in: connection)
            }
            try await shop.test.clock.advance(by: .seconds(61), in: shop.database)
            try await body(shop, refund)
        }
    }

    private func now(_ refund: OrderRefund, _ shop: Shop) async throws -> OrderRefund? {
        try await shop.database.read { try RefundStore.get(refund.id, for: shop.scope, in: $0) }
    }

    @Test(arguments: Engine.all)
    func `one that Stripe has is taken over, and not made again`(on engine: Engine) async throws {
        try await withRefund(on: engine) { shop, refund in
            shop.stripe.put(list: [RefundJSON(amount: 500, ours: refund.id).text], at: "/v1/refunds")
            try await shop.work()
            #expect(try await now(refund, shop)?.status == .succeeded)
            #expect(try await now(refund, shop)?.stripeRefund == "re_1")
            #expect(shop.stripe.posts.isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `one that Stripe does not have is made, with the row's own key`(on engine: Engine) async throws {
        try await withRefund(on: engine) { shop, refund in
            shop.stripe.put(list: [], at: "/v1/refunds")
            shop.stripe.put(RefundJSON(amount: 500, ours: refund.id).text, at: "POST /v1/refunds")
            try await shop.work()
            #expect(try await now(refund, shop)?.status == .succeeded)
            #expect(shop.stripe.posts.map(\.key) == ["\(refund.id):create:1"])
            #expect(shop.stripe.posts[0].form.contains("amount=500"))
            #expect(shop.stripe.posts[0].form.contains("metadata[checkout_refund]=\(refund.id)"))
        }
    }

    @Test func `one that Stripe refuses frees its money`() async throws {
        try await withRefund(on: .sqlite) { shop, refund in
            shop.stripe.put(list: [], at: "/v1/refunds")
            shop.stripe.refuse("POST /v1/refunds", with: 400)
            try await shop.work()
            #expect(try await now(refund, shop)?.status == .failed)
            let order = try #require(refund.order)
            _ = try await shop.database.write {
                try RefundStore.reserve(NewRefund(order: order, amount: 1999), for: shop.scope, in: $0)
            }
        }
    }

    /// Stripe answers a key with its own failure for a day; and what failed may have been done all the same.
    @Test func `after Stripe failed, the same key is used until it is sure that nothing was made`() async throws {
        try await withRefund(on: .sqlite) { shop, refund in
            shop.stripe.put(list: [], at: "/v1/refunds")
            shop.stripe.refuse("POST /v1/refunds", with: 500)
            try await shop.work()
            try await shop.test.clock.advance(by: .seconds(60), in: shop.database)
            try await shop.work()
            #expect(Set(shop.stripe.posts.map(\.key)) == ["\(refund.id):create:1"])
            #expect(try await now(refund, shop)?.status == .requested)

            try await shop.test.clock.advance(by: .seconds(900), in: shop.database)
            try await shop.work()
            shop.stripe.refuse("POST /v1/refunds", with: nil)
            shop.stripe.put(RefundJSON(amount: 500, ours: refund.id).text, at: "POST /v1/refunds")
            try await shop.test.clock.advance(by: .seconds(900), in: shop.database)
            try await shop.work()
            #expect(shop.stripe.posts.last?.key == "\(refund.id):create:2")
            #expect(try await now(refund, shop)?.status == .succeeded)
        }
    }

    @Test func `a gateway's error says nothing of the call behind it, however late`() async throws {
        try await withRefund(on: .sqlite) { shop, refund in
            shop.stripe.put(list: [], at: "/v1/refunds")
            shop.stripe.refuse("POST /v1/refunds", with: 502)
            for _ in 0..<3 {
                try await shop.test.clock.advance(by: .seconds(900), in: shop.database)
                try await shop.work()
            }
            #expect(Set(shop.stripe.posts.map(\.key)) == ["\(refund.id):create:1"])
            #expect(try await now(refund, shop)?.status == .requested)
        }
    }

    @Test(arguments: [401, 403])
    func `a refused key leaves the refund waiting`(with status: Int) async throws {
        try await withRefund(on: .sqlite) { shop, refund in
            shop.stripe.put(list: [], at: "/v1/refunds")
            shop.stripe.refuse("POST /v1/refunds", with: status)
            try await shop.work()
            #expect(try await now(refund, shop)?.status == .requested)
            #expect(try await shop.jobs(.finishRefund).map(\.state) == ["scheduled"])
        }
    }
}
