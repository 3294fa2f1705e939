import Commerce
import Database
import Security
import StripeModels
import TestSupport
import Testing

@Suite struct OrderPaymentTests {
    @Test(arguments: Engine.all)
    func `a payment of the order's amount pays it`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let move = try await shop.apply(intent("succeeded"), to: order)
            #expect(move.moved && move.anomaly == nil)
            #expect(move.order.status == .paid && move.order.paymentIntent == "pi_1")
            #expect(try await shop.history(order).last?.stripeEvent == "evt_1")
        }
    }

    @Test(arguments: Engine.all)
    func `one of less never does, and is seen`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            for (amount, received) in [(Int64(999), Int64(999)), (1000, 999), (1, 1)] {
                let order = try await shop.order()
                let small = try intent("succeeded", id: "pi_\(amount)_\(received)", amount: amount, received: received)
                let move = try await shop.apply(small, to: order)
                #expect(!move.moved && move.order.status == .pending)
                #expect(move.anomaly?.code == .amountMismatch && move.anomaly?.isNew == true)
                #expect(try await shop.apply(small, to: order).anomaly?.isNew == false)
                let history = try await shop.history(order)
                #expect(history.map(\.anomaly) == [nil, "amount_mismatch"])
                #expect(history.last?.from == .pending && history.last?.to == .pending)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `one of more pays it, and is seen`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let move = try await shop.apply(intent("succeeded", amount: 1500), to: order)
            #expect(move.moved && move.order.status == .paid)
            #expect(move.anomaly?.code == .overpaid)
            #expect(try await shop.history(order).map(\.to) == [.pending, .pending, .paid])
        }
    }

    @Test(arguments: Engine.all)
    func `one in another currency never does`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let early = try await shop.apply(intent("processing", amount: 9_000_000, currency: "jpy"), to: order)
            #expect(early.anomaly?.code == .currencyMismatch && early.order.status == .processing)
            let paid = try await shop.apply(intent("succeeded", amount: 9_000_000, currency: "jpy"), to: order)
            #expect(paid.anomaly?.code == .currencyMismatch && paid.order.status == .processing)
        }
    }

    @Test(arguments: Engine.all)
    func `one of the other mode never does`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let move = try await shop.apply(intent("succeeded", livemode: true), to: order)
            #expect(!move.moved && move.anomaly?.code == .otherMode)
        }
    }

    @Test(arguments: Engine.all)
    func `an old body without amount_received is taken by its amount`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            #expect(try await shop.apply(intent("succeeded", received: 0), to: order).order.status == .paid)
        }
    }

    @Test(arguments: Engine.all)
    func `money for a canceled order does not vanish silently`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            try await shop.apply(intent("canceled"), to: order)
            let move = try await shop.apply(intent("succeeded"), to: order)
            #expect(!move.moved && move.order.status == .canceled)
            #expect(move.anomaly?.code == .illegalTransition && move.anomaly?.isNew == true)
            let row = try #require(await shop.history(order).last)
            #expect(row.anomaly == "illegal_transition" && row.stripeEvent == "evt_1")
            #expect(row.detail == "payment_succeeded cannot happen to an order that is canceled. (pi_1)")
            #expect(try await shop.apply(intent("succeeded"), to: order).anomaly?.isNew == false)
        }
    }

    @Test(arguments: Engine.all)
    func `a second PaymentIntent for one order moves nothing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            try await shop.apply(intent("processing"), to: order)
            let move = try await shop.apply(intent("succeeded", id: "pi_2"), to: order)
            #expect(!move.moved && move.anomaly?.code == .otherPaymentIntent)
            #expect(try await shop.reload(order).paymentIntent == "pi_1")
            // The buyer can be given it back.
            let refund = try await shop.reserve(order, nil)
            #expect(refund.paymentIntent == "pi_2" && refund.amount == 1000)
        }
    }

    @Test(arguments: Engine.all)
    func `what was read before the order moved is not applied`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            // Two workers read the order; one reads the action, then the other the decline, and the later one wins.
            try await shop.apply(
                intent("requires_payment_method", declineCode: "generic_decline"), to: order, expecting: 1)
            let error = await refusal {
                try await shop.apply(intent("requires_action"), to: order, expecting: 1)
            }
            #expect(error?.code == .orderChanged && error?.isRetryable == true)
            #expect(try await shop.reload(order).status == .failed)
            // A final state is true whenever it was read.
            #expect(try await shop.apply(intent("succeeded"), to: order, expecting: 1).order.status == .paid)
        }
    }

    @Test(arguments: Engine.all, ["requires_payment_method", "requires_confirmation"])
    func `a reading that changed nothing still outdates an earlier one`(on engine: Engine, status: String) async throws
    {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let declined = try intent("requires_payment_method", declineCode: "generic_decline")
            try await shop.apply(declined, to: order, expecting: 1)
            // A second try: the bank asks, which one worker reads, and declines or leaves it, which another reads later.
            let later = status == "requires_payment_method" ? declined : try intent(status)
            let same = try await shop.apply(later, to: order, expecting: 2)
            #expect(!same.moved && same.order.version == 2)
            let error = await refusal {
                try await shop.apply(intent("requires_action"), to: order, expecting: 2)
            }
            #expect(error?.code == .orderChanged)
            #expect(try await shop.reload(order).status == .failed)
            #expect(try await shop.history(order).map(\.sequence) == [1, 2])
            // Who reads once more is taken at its word.
            let third = try await shop.apply(intent("requires_action"), to: order, expecting: 3)
            #expect(third.order.status == .requiresAction)
        }
    }

    @Test(arguments: Engine.all)
    func `a PaymentIntent is attached once, and its secret is sealed`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let attach: @Sendable (String, Secret?) async throws -> Order = { id, secret in
                try await shop.database.write {
                    try OrderStore.attachPaymentIntent(
                        id, clientSecret: secret, to: order.id, for: order.scope, keys: shop.keys, in: $0)
                }
            }
            let attached = try await attach("pi_1", Secret("pi_1_secret_x"))
            #expect(attached.paymentIntent == "pi_1" && attached.version == 1)
            // The event of the payment may have overtaken this: the same again keeps what is there.
            #expect(try await attach("pi_1", nil).clientSecret(shop.keys) == Secret("pi_1_secret_x"))
            let error = await refusal { _ = try await attach("pi_2", nil) }
            #expect(error?.kind == .conflict)
            let found = try await shop.database.read {
                try OrderStore.byPaymentIntent("pi_1", for: shop.scope, forUpdate: false, in: $0)
            }
            #expect(found?.id == order.id)
            #expect(try attached.isOpened(by: Secret("pi_1_secret_x"), shop.keys))
            #expect(try !attached.isOpened(by: Secret("pi_1_secret_y"), shop.keys))
            #expect(try !order.isOpened(by: Secret(""), shop.keys))
        }
    }

    @Test func `what goes to Stripe names the order under a key of our own`() async throws {
        try await withShop(on: .sqlite) { shop in
            let order = try await shop.order(metadata: ["order_id": "theirs"])
            #expect(order.stripeMetadata == ["order_id": "theirs", "checkout_order": order.id.rawValue])
            #expect(Order.id(inStripeMetadata: order.stripeMetadata) == order.id)
            #expect(Order.id(inStripeMetadata: ["order_id": "theirs"]) == nil)
            #expect(order.stripeIdempotencyKey("create") == "\(order.id):create:1")
        }
    }
}
