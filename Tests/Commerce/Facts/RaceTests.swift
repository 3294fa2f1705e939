import Commerce
import Database
import StripeModels
import TestSupport
import Testing

/// Two transactions that apply two facts of one order at once lose none, whichever comes first.
@Suite struct RaceTests {
    private func race(_ shop: Shop, _ facts: [StripeFact]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fact in facts {
                group.addTask {
                    for _ in 0..<20 {
                        do {
                            try await shop.apply(fact)
                            return
                        } catch let error as CommerceError where error.isRetryable {
                            // Another reading came first, as a worker would find: it reads again.
                        }
                    }
                    Issue.record("\(fact.objectID) was never applied")
                }
            }
            try await group.waitForAll()
        }
    }

    private func card(_ order: Order, _ number: Int) throws -> [StripeFact] {
        let intent = "pi_\(number)"
        return [
            .paymentIntent(
                try CommerceTests.intent(
                    "succeeded", id: intent, metadata: [Order.stripeMetadataKey: order.id.rawValue])),
            .refund(
                RefundFact(id: "re_a\(number)", paymentIntent: intent, amount: 300, currency: usd, status: .succeeded)),
            .refund(
                RefundFact(id: "re_b\(number)", paymentIntent: intent, amount: 700, currency: usd, status: .succeeded)),
            .dispute(
                DisputeFact(
                    id: "dp_\(number)", livemode: false, paymentIntent: intent, amount: 1000, currency: usd,
                    status: .needsResponse)),
        ]
    }

    @Test(arguments: Engine.all)
    func `a payment, its refunds and its dispute at once`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            for number in 0..<25 {
                let order = try await shop.order()
                try await race(shop, card(order, number).shuffled())
                let end = try await shop.reload(order)
                #expect(end.status == .refunded && end.amountRefunded == 1000 && end.amountCaptured == 1000)
                let told = try await shop.deliveries(order)
                #expect(Set(told) == [.orderActivated, .orderRefunded, .orderDisputed])
                #expect(told.filter { $0 == .orderActivated }.count == 1)
                let disputes = try await shop.database.read {
                    try DisputeStore.list(of: order.id, for: shop.scope, in: $0)
                }
                #expect(disputes.count == 1)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a subscription that nothing names, its invoice and that one's refund at once`(on engine: Engine) async throws
    {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            for number in 0..<25 {
                let order = try await shop.database.write { [scope = shop.scope] in
                    try OrderStore.insert(
                        NewOrder(checkout: .subscription, cart: nil), for: scope, cause: OrderCause("test"), in: $0)
                }
                let subscription = "sub_\(number)"
                let payment = InvoiceFact.Payment(paymentIntent: "pi_\(number)", amount: 900)
                let facts: [StripeFact] = [
                    .session(
                        SessionFact(
                            id: "cs_\(number)", livemode: false, mode: .subscription, status: .complete,
                            payment: .paid, amountTotal: 900, currency: usd, subscription: subscription,
                            customer: "cus_1", order: order.id)),
                    .subscription(
                        SubscriptionFact(id: subscription, livemode: false, status: .pastDue, customer: "cus_1")),
                    .invoice(
                        InvoiceFact(
                            id: "in_\(number)", livemode: false, status: .paid, isFirst: true,
                            subscription: subscription, currency: usd, amountPaid: 900, payments: [payment])),
                    .refund(
                        RefundFact(
                            id: "re_\(number)", paymentIntent: payment.paymentIntent, amount: 200, currency: usd,
                            status: .succeeded)),
                ]
                try await race(shop, facts.shuffled())
                let end = try await shop.reload(order)
                #expect(end.status == .pastDue && end.amountCaptured == 900 && end.amountRefunded == 200)
                #expect(
                    Set(try await shop.deliveries(order))
                        == [.orderActivated, .subscriptionPastDue, .orderRefunded])
            }
        }
    }

    @Test(arguments: Engine.all)
    func `of two readings of a subscription only the first to be written counts`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await shop.subscribed()
            let fact = StripeFact.subscription(shop.subscription(.active))
            let revision = try await shop.database.read { try OrderStore.revision(of: fact, for: shop.scope, in: $0) }
            try await shop.apply(.subscription(shop.subscription(.pastDue)), expecting: revision)
            let late = await refusal { try await shop.apply(fact, expecting: revision) }
            #expect(late?.code == .orderChanged && late?.isRetryable == true)
            let stored = try await shop.database.read {
                try SubscriptionStore.get("sub_1", for: shop.scope, in: $0)
            }
            #expect(stored?.status == .pastDue && stored?.revision == revision + 1)
        }
    }
}
