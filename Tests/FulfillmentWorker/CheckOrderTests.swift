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

    // MARK: Orders that are paid on Stripe's page

    private static func session(_ order: Order, status: String, payment: String, more: String = "") -> String {
        """
        {"id":"cs_test_1","object":"checkout.session","mode":"\(more.isEmpty ? "payment" : "subscription")",
        "status":"\(status)","payment_status":"\(payment)","amount_total":1500,"currency":"eur","livemode":false,
        "created":1795305590,"customer":"cus_1","metadata":{"checkout_order":"\(order.id)"}\(more)}
        """
    }

    private static func subscription(_ status: String) -> String {
        """
        {"id":"sub_1","object":"subscription","status":"\(status)","customer":"cus_1","currency":"eur","livemode":false,
        "created":1795305590,"cancel_at_period_end":false,"metadata":{},"items":{"object":"list","has_more":false,
        "data":[]}}
        """
    }

    @Test(arguments: [
        ("complete", "paid", OrderStatus.active), ("expired", "unpaid", .expired), ("open", "unpaid", .pending),
    ])
    func `an order on Stripe's page follows its session`(
        status: String, payment: String, expected: OrderStatus
    ) async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.checkoutOrder(.payment)
            shop.stripe.put(
                Self.session(order, status: status, payment: payment), at: "/v1/checkout/sessions/cs_test_1")
            try await pass(.seconds(301), shop)
            #expect(try await shop.status(of: order) == expected)
        }
    }

    /// Only the name of an event, or the PaymentIntent, tells a debit that failed from one that is under way.
    @Test(arguments: Engine.all, [true, false])
    func `a debit that failed is found, and does not come back`(on engine: Engine, isHeard: Bool) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.checkoutOrder(.payment)
            let session = Self.session(order, status: "complete", payment: "unpaid")
                .replacing(#""metadata""#, with: #""payment_intent":"pi_1","metadata""#)
            shop.stripe.put(session, at: "/v1/checkout/sessions/cs_test_1")
            shop.stripe.put(IntentJSON(status: "requires_payment_method"), in: Shop.stripeKey)
            if isHeard {
                // The sweep brings the newest first.
                for name in ["async_payment_failed", "completed"] {
                    let body = """
                        {"id":"evt_\(name)","object":"event","created":1,"livemode":false,
                        "type":"checkout.session.\(name)","data":{"object":\(session)}}
                        """
                    _ = try await shop.receive(raw: body, type: "checkout.session.\(name)", id: "evt_\(name)")
                    try await shop.work()
                }
            } else {
                try await pass(.seconds(301), shop)
            }
            #expect(try await shop.status(of: order) == .failed)
        }
    }

    @Test(arguments: Engine.all)
    func `a subscription that began unheard is read with its session`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.checkoutOrder(.subscription)
            shop.stripe.put(
                Self.session(order, status: "complete", payment: "paid", more: #","subscription":"sub_1""#),
                at: "/v1/checkout/sessions/cs_test_1")
            shop.stripe.put(Self.subscription("active"), at: "/v1/subscriptions/sub_1")
            try await pass(.seconds(301), shop)
            let now = try #require(try await shop.now(order))
            #expect(now.status == .active)
            #expect(now.subscription == "sub_1")
            let stored = try await shop.database.read { try SubscriptionStore.get("sub_1", for: shop.scope, in: $0) }
            #expect(stored?.status == .active)
        }
    }
}

extension Shop {
    /// An order whose buyer was sent to Stripe's page.
    func checkoutOrder(_ mode: CheckoutMode) async throws -> Order {
        let scope = scope
        let session = """
            {"id":"cs_test_1","object":"checkout.session","mode":"\(mode.rawValue)","status":"open",
            "payment_status":"unpaid","amount_total":1500,"currency":"eur","livemode":false,"created":1795305590,
            "url":"https://pay.example/cs_test_1","metadata":{}}
            """
        let made = try StripeJSON.decode(CheckoutSession.self, from: Array(session.utf8))
        return try await database.write { connection in
            let order = try OrderStore.insert(
                NewOrder(checkout: mode, cart: nil), for: scope, cause: .request("req_1", "POST"), in: connection)
            return try OrderStore.attachCheckoutSession(made, to: order.id, for: scope, in: connection)
        }
    }
}
