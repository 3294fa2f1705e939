import Commerce
import Database
import Messaging
import TestSupport
import Testing

@testable import FulfillmentWorker

@Suite(.timeLimit(.minutes(2))) struct ApplyFaultTests {
    @Test(arguments: Engine.all)
    func `while Stripe is down the job waits, and heals by itself`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let processing = IntentJSON(status: "processing")
            shop.stripe.put(processing, in: Shop.stripeKey)
            shop.stripe.set(.failing(status: 503))
            let event = try await shop.receive(processing, type: "payment_intent.processing")
            #expect(try await shop.work() == 1)
            let job = try #require(try await shop.jobs(.applyStripeEvent).first)
            #expect(job.state == "scheduled" && job.attempt == 1)
            #expect((1_600_000...2_400_000).contains(job.runAt - shop.test.clock.now))
            #expect(job.lastError?.contains("503") == true)
            #expect(try await shop.state(of: event) == "pending")
            #expect(try await shop.status(of: order) == .pending)

            shop.stripe.set(.well)
            try await shop.test.advance(by: .seconds(3))
            #expect(try await shop.work() == 1)
            #expect(try await shop.status(of: order) == .processing)
            #expect(try await shop.state(of: event) == "applied")
        }
    }

    @Test(arguments: Engine.all)
    func `Stripe's rate limit costs the job no attempt`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await shop.order()
            shop.stripe.set(.rateLimiting(retryAfter: 7))
            try await shop.receive(IntentJSON(status: "processing"), type: "payment_intent.processing")
            #expect(try await shop.work() == 1)
            let job = try #require(try await shop.jobs(.applyStripeEvent).first)
            #expect(job.state == "scheduled" && job.attempt == 0)
            #expect(job.runAt - shop.test.clock.now >= 7_000_000)
        }
    }

    @Test(arguments: Engine.all)
    func `an order that moves while Stripe is read is looked at again`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let action = IntentJSON(status: "requires_action")
            shop.stripe.put(action, in: Shop.stripeKey)
            try await shop.receive(action, type: "payment_intent.requires_action")
            let scope = shop.scope
            shop.stripe.beforeAnswering {
                // Another worker applies a decline while this one waits for Stripe's answer.
                _ = try? await shop.database.write { connection in
                    try OrderStore.move(
                        order.id, for: scope, by: .paymentFailed(OrderFailure(code: "expired_card", message: "No.")),
                        cause: .operator("test"), in: connection)
                }
            }
            #expect(try await shop.work(atMost: 1) == 1)
            #expect(try await shop.status(of: order) == .failed)
            let job = try #require(try await shop.jobs(.applyStripeEvent).first)
            #expect(job.state == "ready" && job.attempt == 0)

            try await shop.work()
            #expect(shop.stripe.reads == ["pi_1", "pi_1"])
            #expect(try await shop.status(of: order) == .requiresAction)
        }
    }

    @Test(arguments: Engine.all)
    func `an event without a readable PaymentIntent is a dead letter, and says so`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let event = try await shop.receive(
                raw: #"{"id":"evt_1","object":"event","data":{"object":{"object":"payment_intent"}}}"#,
                type: "payment_intent.succeeded", id: "evt_1")
            try await shop.work()
            #expect(try await shop.jobs(.applyStripeEvent).map(\.state) == ["dead"])
            #expect(try await shop.state(of: event) == "failed")
        }
    }

    @Test(arguments: Engine.all)
    func `an event whose attempts are used up says that it failed`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await shop.order()
            shop.stripe.set(.failing(status: 500))
            let event = try await shop.receive(IntentJSON(status: "processing"), type: "payment_intent.processing")
            for _ in 0..<25 {
                #expect(try await shop.state(of: event) == "pending")
                #expect(try await shop.work() == 1)
                try await shop.test.advance(by: .seconds(4400))
            }
            #expect(try await shop.jobs(.applyStripeEvent).map(\.state) == ["dead"])
            #expect(try await shop.state(of: event) == "failed")
        }
    }

    @Test(arguments: Engine.all)
    func `an event of another account is a dead letter and touches no order`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order(intent: nil)
            let event = try await shop.receive(IntentJSON(order: order.id.rawValue), account: "acct_other")
            #expect(try await shop.work() == 1)
            #expect(try await shop.jobs(.applyStripeEvent).map(\.state) == ["dead"])
            #expect(try await shop.state(of: event) == "failed")
            #expect(try await shop.now(order)?.paymentIntent == nil)
            #expect(try await shop.history(of: order).map(\.to) == [.pending])
        }
    }

    @Test(arguments: Engine.all)
    func `a lost lease leaves no trace of the run that lost it`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let processing = IntentJSON(status: "processing")
            shop.stripe.put(processing, in: Shop.stripeKey)
            try await shop.receive(processing, type: "payment_intent.processing")
            shop.stripe.beforeAnswering {
                // The worker hangs in this call for longer than its lease, and another one takes the job.
                try? await shop.test.advance(by: .seconds(31))
                _ = try? await shop.queue.claim([.applyStripeEvent], limit: 1, lease: .seconds(30))
            }
            #expect(try await shop.work() == 1)
            #expect(try await shop.status(of: order) == .pending)
            #expect(try await shop.history(of: order).count == 1)
            #expect(try await shop.jobs(.applyStripeEvent).map(\.state) == ["leased"])
        }
    }

    @Test(arguments: Engine.all)
    func `an event of a type that nobody acts on is ignored, also when it is replayed`(
        on engine: Engine
    ) async throws {
        try await withShop(on: engine) { shop in
            let event = try await shop.receive(raw: #"{"data":{"object":{}}}"#, type: "customer.created", id: "evt_c")
            #expect(try await shop.work() == 1)
            #expect(try await shop.state(of: event) == "ignored")
            #expect(try await shop.jobs(.applyStripeEvent).map(\.state) == ["done"])
        }
    }
}
