import Commerce
import Database
import Foundation
import StripeModels
import TestSupport
import Testing

@Suite struct CheckoutFactTests {
    private func order(_ shop: Shop, _ mode: CheckoutMode = .payment) async throws -> Order {
        let cart = PricedCart(amount: 1000, currency: usd, lines: [])
        let new = try NewOrder(checkout: mode, cart: mode == .payment ? cart : nil)
        return try await shop.database.write { [scope = shop.scope] in
            try OrderStore.insert(new, for: scope, cause: OrderCause("test"), in: $0)
        }
    }

    private func session(
        _ order: Order, _ status: SessionFact.Status, _ payment: SessionFact.Payment, id: String = "cs_1"
    ) -> SessionFact {
        SessionFact(
            id: id, livemode: false, mode: order.checkoutMode, status: status, payment: payment, amountTotal: 900,
            currency: usd, paymentIntent: status == .complete ? "pi_1" : nil, customer: "cus_1",
            customerEmail: "buyer@example.com", order: order.id)
    }

    @Test(arguments: Engine.all)
    func `a session is attached once, and brings its address and price`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await order(shop)
            func attach(_ id: String) async throws -> Order {
                let json = """
                    {"id":"\(id)","object":"checkout.session","mode":"payment","status":"open","payment_status":"unpaid",
                    "url":"https://checkout.stripe.com/c/1","amount_total":1100,"currency":"usd","livemode":false}
                    """
                let made = try JSONDecoder().decode(CheckoutSession.self, from: Data(json.utf8))
                return try await shop.database.write {
                    try OrderStore.attachCheckoutSession(made, to: order.id, for: shop.scope, in: $0)
                }
            }
            for _ in 0..<2 {
                let attached = try await attach("cs_1")
                #expect(attached.checkoutSession == "cs_1" && attached.url == "https://checkout.stripe.com/c/1")
                #expect(attached.amount == 1100 && attached.checkoutStatus == .open && attached.status == .pending)
            }
            #expect(await refusal { _ = try await attach("cs_2") }?.kind == .conflict)
            let found = try await shop.database.read {
                try OrderStore.byCheckoutSession("cs_1", for: shop.scope, in: $0)
            }
            #expect(found?.id == order.id)
            // Its event may overtake the commit: the last word stays.
            #expect(try await shop.apply(.session(session(order, .complete, .paid)))?.order.amount == 900)
            #expect(try await attach("cs_1").amount == 900)
        }
    }

    @Test(arguments: Engine.all)
    func `an order that Stripe prices has no currency until then`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await order(shop, .subscription)
            #expect(order.kind == .subscription && !order.hasCurrency && order.amount == 0)
            let json = try JSONEncoder().encode(OrderJSON(order))
            let shown = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
            #expect(shown["currency"] is NSNull)
            let paid = try await shop.apply(.session(session(order, .complete, .paid)))?.order
            #expect(paid?.currency == usd && paid?.customer == "cus_1")
        }
    }

    @Test(arguments: Engine.all)
    func `a setup that is complete is fulfilled like a payment of nothing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await order(shop, .setup)
            var fact = session(order, .complete, .notRequired)
            (fact.amountTotal, fact.currency, fact.paymentIntent) = (nil, nil, nil)
            try await shop.apply(.session(fact))
            let end = try await shop.reload(order)
            #expect(end.status == .active && end.amountCaptured == 0 && end.kind == .payment)
        }
    }

    @Test(arguments: Engine.all)
    func `the storefront's cancellation wins over the expiry that it asked for`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await order(shop)
            try await shop.database.write {
                let asked = try OrderStore.requestCancel(order.id, for: shop.scope, in: $0)
                #expect(asked.isCancelRequested && asked.status == .pending)
            }
            let expired = session(order, .expired, .unpaid)
            #expect(try await shop.apply(.session(expired), .reported)?.order.status == .canceled)
            #expect(try await shop.apply(.session(expired))?.order.status == .canceled)
            #expect(try await shop.deliveries(order) == [.orderCanceled])
            // The buyer was faster.
            let other = try await self.order(shop)
            try await shop.database.write { _ = try OrderStore.requestCancel(other.id, for: shop.scope, in: $0) }
            var paid = session(other, .complete, .paid, id: "cs_2")
            paid.paymentIntent = "pi_2"
            #expect(try await shop.apply(.session(paid))?.order.status == .paid)
        }
    }

    @Test(arguments: Engine.all)
    func `another session, or money for an expired one, is seen and moves nothing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await order(shop)
            try await shop.apply(.session(session(order, .open, .unpaid)))
            let other = try await shop.apply(.session(session(order, .complete, .paid, id: "cs_2")))
            #expect(other?.anomaly?.code == .otherCheckoutSession && other?.moved == false)
            let plain = try await shop.order()
            #expect(
                try await shop.apply(.session(session(plain, .complete, .paid, id: "cs_3")))?.anomaly?.code
                    == .otherCheckoutSession)
            for isPaidFirst in [true, false] {
                let order = try await self.order(shop)
                let id = "\(isPaidFirst)"
                let paid = StripeFact.paymentIntent(
                    try intent(
                        "succeeded", id: "pi_\(id)", amount: 900,
                        metadata: [Order.stripeMetadataKey: order.id.rawValue]))
                let expired = StripeFact.session(session(order, .expired, .unpaid, id: "cs_\(id)"))
                var last: OrderMove?
                for fact in isPaidFirst ? [paid, expired] : [expired, paid] { last = try await shop.apply(fact) }
                #expect(last?.anomaly?.code == .illegalTransition && last?.order.status == .expired)
                #expect(last?.order.amountCaptured == 900)
                // So it can be given back.
                #expect(try await shop.reserve(order, nil).amount == 900)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a reading of a session that was overtaken is refused`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await order(shop)
            let open = StripeFact.session(session(order, .open, .unpaid))
            try await shop.apply(open, expecting: 1)
            let late = await refusal { try await shop.apply(open, expecting: 1) }
            #expect(late?.code == .orderChanged)
            // What is final needs no care.
            let paid = session(order, .complete, .paid)
            #expect(try await shop.apply(.session(paid), expecting: 1)?.order.status == .paid)
        }
    }

    @Test(arguments: Engine.all)
    func `what is captured by hand may be less than what was authorized`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let new = try NewOrder(amount: 1000, currency: usd, captureMethod: "manual")
            let order = try await shop.database.write { [scope = shop.scope] in
                try OrderStore.insert(new, for: scope, cause: OrderCause("test"), in: $0)
            }
            #expect(try await shop.apply(intent("requires_capture"), to: order).order.status == .processing)
            let move = try await shop.apply(intent("succeeded", received: 600), to: order)
            #expect(move.anomaly == nil && move.order.status == .paid && move.order.amountCaptured == 600)
            #expect(await refusal { _ = try await shop.reserve(order, 601) }?.code == .amountTooLarge)
            let whole = RefundFact(id: "re_1", paymentIntent: "pi_1", amount: 600, currency: usd, status: .succeeded)
            #expect(try await shop.apply(whole)?.order.status == .refunded)
        }
    }
}
