import Commerce
import Database
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

@testable import FulfillmentWorker

@Suite(.timeLimit(.minutes(2))) struct ApplyStripeEventTests {
    @Test(arguments: Engine.all)
    func `a payment makes the order active once its storefront took it in`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let event = try await shop.receive(IntentJSON())
            #expect(try await shop.work(atMost: 1) == 1)
            #expect(try await shop.status(of: order) == .paid)
            #expect(try await shop.state(of: event) == "applied")
            #expect(shop.storefront.deliveries.isEmpty)

            #expect(try await shop.work() == 1)
            #expect(try await shop.status(of: order) == .active)
            #expect(shop.storefront.deliveries.count == 1)
            let history = try await shop.history(of: order)
            #expect(history.map(\.to) == [.pending, .paid, .active])
            #expect(history[1].stripeEvent == "evt_1")
            #expect(try await shop.queue.jobs(limit: 9).map(\.state) == ["done", "done"])
            // The event's own state was final: Stripe did not have to be asked.
            #expect(shop.stripe.reads.isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a tenant without a fulfillment URL is active at once`(on engine: Engine) async throws {
        try await withShop(on: engine, ShopOptions(hasStorefront: false)) { shop in
            let order = try await shop.order()
            try await shop.receive(IntentJSON())
            #expect(try await shop.work() == 1)
            #expect(try await shop.status(of: order) == .active)
            #expect(try await shop.history(of: order).map(\.to) == [.pending, .paid, .active])
            #expect(shop.storefront.deliveries.isEmpty)

            // A URL that comes later is for later orders.
            var update = TenantUpdate()
            update.fulfillmentURL = .set(shop.fulfillmentURL)
            _ = try await shop.tenants.update(shop.tenant.tenant.id, update)
            try await shop.receive(IntentJSON(), id: "evt_2")
            try await shop.work()
            #expect(shop.storefront.deliveries.isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `repeated and late events deliver nothing twice`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            try await shop.receive(IntentJSON(), id: "evt_1")
            try await shop.work()
            let late = [
                ("payment_intent.succeeded", IntentJSON()),
                ("payment_intent.processing", IntentJSON(status: "processing")),
                ("payment_intent.requires_action", IntentJSON(status: "requires_action")),
                ("payment_intent.payment_failed", Self.declined),
            ]
            var events: [EventID] = []
            for (number, (type, intent)) in late.enumerated() {
                events.append(try await shop.receive(intent, type: type, id: "evt_late\(number)"))
            }
            try await shop.work()
            #expect(try await shop.status(of: order) == .active)
            #expect(shop.storefront.deliveries.count == 1)
            for event in events { #expect(try await shop.state(of: event) == "applied") }
            // Behind a paid order is a final PaymentIntent: none of these was worth a call.
            #expect(shop.stripe.reads.isEmpty)
            #expect(try await shop.history(of: order).count == 3)
        }
    }

    /// What an event tells, what Stripe says when it is asked, and what comes of it.
    struct Reread: Sendable, CustomTestStringConvertible {
        let type: String
        let told: IntentJSON
        let read: IntentJSON
        let status: OrderStatus
        let delivery: String?
        var testDescription: String { "\(type), then \(read.status)" }
    }

    static let declined = IntentJSON(status: "requires_payment_method", declined: "insufficient_funds")

    static let rereads = [
        Reread(
            type: "payment_intent.payment_failed",
            told: declined, read: declined, status: .failed,
            delivery: "order.failed"),
        Reread(
            type: "payment_intent.payment_failed",
            told: declined, read: IntentJSON(status: "succeeded"), status: .active, delivery: "order.activated"),
        Reread(
            type: "payment_intent.requires_action", told: IntentJSON(status: "requires_action"),
            read: IntentJSON(status: "requires_action"), status: .requiresAction, delivery: "order.requires_action"),
        Reread(
            type: "payment_intent.requires_action", told: IntentJSON(status: "requires_action"),
            read: IntentJSON(status: "canceled"), status: .canceled, delivery: "order.canceled"),
        Reread(
            type: "payment_intent.processing", told: IntentJSON(status: "processing"),
            read: IntentJSON(status: "processing"), status: .processing, delivery: nil),
        Reread(
            type: "payment_intent.amount_capturable_updated", told: IntentJSON(status: "requires_capture"),
            read: IntentJSON(status: "requires_capture"), status: .processing, delivery: nil),
        Reread(
            type: "payment_intent.processing", told: IntentJSON(status: "processing"),
            read: IntentJSON(status: "a_state_of_next_year"), status: .pending, delivery: nil),
    ]

    @Test(arguments: rereads)
    func `what is not final is read again, and what Stripe says then counts`(_ reread: Reread) async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order()
            shop.stripe.put(reread.read, in: Shop.stripeKey)
            let event = try await shop.receive(reread.told, type: reread.type)
            try await shop.work()
            #expect(shop.stripe.reads == ["pi_1"])
            #expect(try await shop.status(of: order) == reread.status)
            #expect(try await shop.state(of: event) == "applied")
            let types = shop.storefront.deliveries.map { delivery in
                delivery.text.split(separator: #""type":""#).dropFirst().first.map { $0.prefix { $0 != "\"" } }
            }
            #expect(types.map { $0.map(String.init) } == (reread.delivery.map { [$0] } ?? []))
            let failure = try await shop.now(order)?.failure?.code
            #expect(failure == (reread.status == .failed ? "insufficient_funds" : nil))
        }
    }

    @Test(arguments: Engine.all)
    func `a declined order is paid by the next card`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let declined = IntentJSON(status: "requires_payment_method", declined: "generic_decline")
            shop.stripe.put(declined, in: Shop.stripeKey)
            try await shop.receive(declined, type: "payment_intent.payment_failed", id: "evt_1")
            try await shop.work()
            #expect(try await shop.status(of: order) == .failed)
            try await shop.receive(IntentJSON(), id: "evt_2")
            try await shop.work()
            #expect(try await shop.status(of: order) == .active)
            #expect(try await shop.now(order)?.failure == nil)
            #expect(shop.storefront.deliveries.count == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `an event that overtakes the API's commit finds its order by the metadata and links it`(
        on engine: Engine
    ) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order(intent: nil)
            try await shop.receive(IntentJSON(order: order.id.rawValue))
            try await shop.work()
            #expect(try await shop.status(of: order) == .active)
            #expect(try await shop.now(order)?.paymentIntent == "pi_1")
            // The API, resumed, stores what it was told long ago.
            let scope = shop.scope
            let keys = try Shop.keys()
            let stored = try await shop.database.write { connection in
                try OrderStore.attachPaymentIntent(
                    "pi_1", clientSecret: Secret("pi_1_secret"), to: order.id, for: scope, keys: keys, in: connection)
            }
            #expect(stored.status == .active)
        }
    }

    @Test(arguments: Engine.all)
    func `a PaymentIntent that is not ours, or another tenant's, is ignored`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let other = try await shop.tenants.create(
                NewTenant(
                    name: "Other", stripeSecretKey: Secret("sk_test_otherone"),
                    stripePublishableKey: "pk_test_otherone"))
            let foreign = try await shop.database.write { connection in
                try OrderStore.insert(
                    NewOrder(amount: 1999, currency: .init(validating: "eur")), for: other.tenant.scope,
                    cause: .request("req_2", "POST"), in: connection)
            }
            let events = [
                try await shop.receive(IntentJSON(id: "pi_9"), id: "evt_1"),
                try await shop.receive(IntentJSON(id: "pi_9", order: "ord_nothing"), id: "evt_2"),
                try await shop.receive(IntentJSON(id: "pi_9", order: foreign.id.rawValue), id: "evt_3"),
                try await shop.receive(
                    IntentJSON(id: "pi_9", status: "processing"), type: "payment_intent.processing", id: "evt_4"),
            ]
            try await shop.work()
            for event in events { #expect(try await shop.state(of: event) == "ignored") }
            #expect(try await shop.status(of: foreign) == .pending)
            #expect(shop.stripe.reads.isEmpty)
            #expect(try await shop.queue.jobs(limit: 9).allSatisfy { $0.state == "done" })
        }
    }

    static let misfits = [
        IntentJSON(amount: 1998), IntentJSON(received: 1000), IntentJSON(currency: "usd"),
        IntentJSON(amount: 1, currency: "jpy"),
    ]

    @Test(arguments: misfits)
    func `a payment of another amount or currency never makes an order active`(_ intent: IntentJSON) async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order()
            let event = try await shop.receive(intent)
            try await shop.work()
            #expect(try await shop.status(of: order) == .pending)
            #expect(try await shop.state(of: event) == "failed")
            #expect(try await shop.history(of: order).last?.anomaly != nil)
            #expect(shop.storefront.deliveries.isEmpty)
            #expect(try await shop.jobs(.applyStripeEvent).map(\.state) == ["done"])
        }
    }

    @Test(arguments: Engine.all)
    func `a second PaymentIntent that claims an order changes nothing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let event = try await shop.receive(IntentJSON(id: "pi_2", order: order.id.rawValue))
            try await shop.work()
            #expect(try await shop.status(of: order) == .pending)
            #expect(try await shop.now(order)?.paymentIntent == "pi_1")
            #expect(try await shop.state(of: event) == "failed")
        }
    }
}
