import Commerce
import Messaging
import StripeModels
import TestSupport
import Testing

@testable import FulfillmentWorker

/// What comes of events whose object has to be read at Stripe first.
@Suite(.timeLimit(.minutes(2))) struct StripeFactTests {
    private static func thin(_ type: String, at path: String, twin: String? = nil) -> String {
        """
        {"id":"evt_thin","object":"v2.core.event","type":"\(type)","created":"2026-11-22T00:00:00.000Z",
        "livemode":false,"snapshot_event":\(twin.map { "\"\($0)\"" } ?? "null"),
        "related_object":{"id":"pi_1","type":"payment_intent","url":"\(path)"}}
        """
    }

    @Test(arguments: Engine.all)
    func `a thin event is fetched and applied, and its snapshot twin adds nothing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let body = Self.thin("v1.payment_intent.succeeded", at: "/v1/payment_intents/pi_1", twin: "evt_1")
            let event = try await shop.receive(raw: body, type: "v1.payment_intent.succeeded", id: "evt_thin")
            try await shop.work()
            #expect(try await shop.state(of: event) == "applied")
            #expect(try await shop.status(of: order) == .active)
            #expect(shop.stripe.reads == ["pi_1"])
            try await shop.receive(IntentJSON(), id: "evt_1")
            try await shop.work()
            #expect(shop.storefront.deliveries.count == 1)
        }
    }

    @Test(arguments: ["/v1/payment_intents/../balance", "https://elsewhere.example/v1/payment_intents/pi_1"])
    func `a thin event that leads astray is not followed`(to path: String) async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order()
            let body = Self.thin("v1.payment_intent.succeeded", at: path)
            _ = try await shop.receive(raw: body, type: "v1.payment_intent.succeeded", id: "evt_thin")
            _ = try await shop.work(atMost: 1)
            #expect(try await shop.status(of: order) == .pending)
            #expect(shop.stripe.reads.isEmpty)
        }
    }

    @Test func `an event that holds another object than its type says goes to the dead letters`() async throws {
        try await withShop(on: .sqlite) { shop in
            _ = try await shop.order()
            let event = try await shop.receive(IntentJSON(), type: "charge.refunded")
            try await shop.work()
            #expect(try await shop.state(of: event) == "failed")
            #expect(try await shop.jobs(.applyStripeEvent).map(\.state) == ["dead"])
        }
    }

    @Test(arguments: Engine.all)
    func `a refund made at Stripe is read, counted and told`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            try await shop.receive(IntentJSON())
            try await shop.work()
            shop.stripe.put(list: [RefundJSON(amount: 500).text], at: "/v1/refunds")
            let charge = """
                {"id":"ch_1","object":"charge","amount":1999,"amount_captured":1999,"amount_refunded":500,"created":1,
                "currency":"eur","livemode":false,"metadata":{},"payment_intent":"pi_1","refunded":false,
                "status":"succeeded","paid":true,"captured":true}
                """
            let body = """
                {"id":"evt_2","object":"event","created":1795305600,"livemode":false,"type":"charge.refunded",
                "data":{"object":\(charge)}}
                """
            let event = try await shop.receive(raw: body, type: "charge.refunded", id: "evt_2")
            try await shop.work()
            #expect(try await shop.state(of: event) == "applied")
            let now = try #require(try await shop.now(order))
            #expect(now.status == .partiallyRefunded)
            #expect(now.amountRefunded == 500)
            #expect(shop.storefront.deliveries.count == 2)
        }
    }
}

/// A refund as Stripe writes it.
struct RefundJSON: Sendable {
    var id = "re_1"
    var amount: Int64 = 1999
    var status = "succeeded"
    var ours: RefundID?

    var text: String {
        """
        {"id":"\(id)","object":"refund","amount":\(amount),"charge":"ch_1","created":1795305600,"currency":"eur",
        "metadata":\(ours.map { #"{"checkout_refund":"\#($0)"}"# } ?? "{}"),"payment_intent":"pi_1","reason":null,
        "status":"\(status)"}
        """
    }
}
