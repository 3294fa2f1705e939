import Commerce
import Database
import Foundation
import Messaging
import StripeModels
import TestSupport
import Testing

@Suite struct RefundTests {
    /// Of 1000: two of the first are too much, any eleven of the second, and of the third each asks for all.
    private static let wishes: [@Sendable (Int) -> Int64?] = [{ _ in 600 }, { 90 + Int64($0) }, { _ in nil }]

    @Test(arguments: Engine.all)
    func `twenty at once never refund more than was captured`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            for round in 0..<12 {
                let wish = Self.wishes[round % 3]
                let order = try await shop.paidOrder(1000, intent: "pi_\(round)")
                let granted = try await withThrowingTaskGroup(of: Int64?.self) { group in
                    for number in 0..<20 { group.addTask { try await shop.reserveIfLeft(order, wish(number)) } }
                    return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
                }
                let sum = granted.reduce(0, +)
                #expect(sum <= 1000)
                #expect([1...1, 9...10, 1...1][round % 3].contains(granted.count), "as many as fit")
                let rows = try await shop.refunds(order)
                #expect(rows.map(\.amount).sorted() == granted.sorted())
                #expect(rows.allSatisfy { $0.status == .requested && $0.origin == .api })
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a refusal frees the money, an unknown outcome keeps it`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.paidOrder(1000)
            let first = try await shop.reserve(order, nil)
            #expect(first.amount == 1000 && first.status.shown == "pending")
            #expect(await refusal { _ = try await shop.reserve(order, 1) }?.code == .chargeAlreadyRefunded)
            let refused = try await shop.database.write {
                try RefundStore.refuse(first.id, code: "charge_disputed", for: shop.scope, in: $0)
            }
            #expect(refused.status == .failed && refused.failureReason == "charge_disputed")
            let second = try await shop.reserve(order, 400)
            #expect(await refusal { _ = try await shop.reserve(order, 601) }?.param == "amount")
            let moved = try await shop.apply(
                RefundFact(
                    id: "re_1", paymentIntent: "pi_1", amount: 400, currency: usd, status: .failed, ours: second.id))
            #expect(moved?.order.amountRefunded == 0)
            #expect(try await shop.reserve(order, nil).amount == 1000)
        }
    }

    @Test(arguments: Engine.all)
    func `a refund that we took for refused and that Stripe made all the same counts`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.paidOrder(1000)
            let ours = try await shop.reserve(order, 400)
            _ = try await shop.database.write {
                try RefundStore.refuse(ours.id, code: "idempotency_error", for: shop.scope, in: $0)
            }
            let made = RefundFact(
                id: "re_1", paymentIntent: "pi_1", amount: 400, currency: usd, status: .succeeded, ours: ours.id)
            #expect(try await shop.apply(made)?.order.amountRefunded == 400)
            #expect(try await shop.refunds(order).map(\.status) == [.succeeded])
            // And what Stripe has is not refused any more.
            let kept = try await shop.database.write {
                try RefundStore.refuse(ours.id, code: "late", for: shop.scope, in: $0)
            }
            #expect(kept.status == .succeeded)
        }
    }

    @Test(arguments: Engine.all)
    func `only what was paid can be refunded`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let error = await refusal { _ = try await shop.reserve(order, nil) }
            #expect(error?.kind == .conflict && error?.code == .orderNotPaid)
            #expect(throws: CommerceError.self) { try NewRefund(order: order.id, amount: 0) }
            #expect(throws: CommerceError.self) { try NewRefund(order: order.id, reason: "because") }
            #expect(throws: CommerceError.self) {
                try NewRefund(order: order.id, metadata: [StripeMark.refundKey: "rfd_1"])
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a reservation has its job, and the key of its call comes from its row`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.paidOrder(1000)
            let refund = try await shop.reserve(order, 400)
            #expect(refund.stripeIdempotencyKey == "\(refund.id):create:1")
            #expect(refund.stripeMetadata == [StripeMark.refundKey: refund.id.rawValue])
            let queue = JobQueue(shop.database)
            let early = try await queue.claim([.finishRefund], limit: 9, lease: .seconds(9))
            #expect(early.isEmpty, "the caller is still at it")
            try await shop.test.advance(by: .seconds(61))
            let job = try #require(try await queue.claim([.finishRefund], limit: 9, lease: .seconds(9)).first)
            #expect(
                try job.payload(FinishRefundPayload.self)
                    == FinishRefundPayload(refund: refund.id, livemode: false))
            let again = try await shop.database.write { connection in
                // Two that find the key used up make one new key.
                _ = try RefundStore.nextAttempt(refund.id, after: 1, for: shop.scope, in: connection)
                return try RefundStore.nextAttempt(refund.id, after: 1, for: shop.scope, in: connection)
            }
            #expect(again.stripeIdempotencyKey == "\(refund.id):create:2")
        }
    }

    @Test(arguments: Engine.all)
    func `a refund's event that overtakes our commit finds our row`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.paidOrder(1000)
            let ours = try await shop.reserve(order, 400)
            let fact = RefundFact(
                id: "re_1", paymentIntent: "pi_1", amount: 400, currency: usd, status: .succeeded, ours: ours.id)
            for _ in 0..<2 { try await shop.apply(fact) }
            let rows = try await shop.refunds(order)
            #expect(rows.map(\.id) == [ours.id])
            #expect(rows.first?.status == .succeeded && rows.first?.stripeRefund == "re_1")
            // Someone copied the metadata to another refund: that is another row.
            var copy = fact
            copy.id = "re_2"
            copy.amount = 100
            let move = try await shop.apply(copy)
            #expect(move?.order.amountRefunded == 500 && move?.news == [.orderRefunded])
            #expect(try await shop.refunds(order).map(\.origin) == [.stripe, .api])
        }
    }

    @Test(arguments: Engine.all)
    func `what went back too far or came back is seen`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.paidOrder(1000)
            func refund(_ id: String, _ amount: Int64, _ status: RefundStatus) -> RefundFact {
                RefundFact(id: id, paymentIntent: "pi_1", amount: amount, currency: usd, status: status)
            }
            try await shop.apply(refund("re_1", 600, .succeeded))
            let over = try await shop.apply(refund("re_2", 600, .succeeded))
            #expect(over?.anomaly?.code == .overRefunded && over?.anomaly?.isNew == true)
            #expect(over?.order.status == .refunded)
            let back = try await shop.apply(refund("re_2", 600, .failed))
            #expect(back?.anomaly?.code == .refundFailed && back?.order.amountRefunded == 600)
            #expect(back?.order.status == .refunded, "a final status is never left")
            #expect(try await shop.apply(refund("re_2", 600, .failed))?.anomaly == nil)
            #expect(
                try await shop.history(order).compactMap(\.anomaly) == ["over_refunded", "refund_failed"])
        }
    }

    @Test(arguments: Engine.all)
    func `a charge tells whether refunds are missing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await shop.paidOrder(1000)
            func lacks(_ charge: ChargeFact) async throws -> Bool {
                try await shop.database.read { try RefundStore.lacksRefunds(of: charge, for: shop.scope, in: $0) }
            }
            var charge = ChargeFact(id: "ch_1", livemode: false, paymentIntent: "pi_1", amountRefunded: 300)
            #expect(try await lacks(charge))
            charge.refunds = [
                RefundFact(id: "re_1", paymentIntent: "pi_1", amount: 300, currency: usd, status: .succeeded)
            ]
            let move = try await shop.apply(.charge(charge))
            #expect(move?.order.status == .partiallyRefunded)
            #expect(try await !lacks(charge))
            charge.paymentIntent = "pi_of_somebody"
            #expect(try await !lacks(charge))
            // The charge is known by now: what names only that finds its payment.
            let more = RefundFact(
                id: "re_2", paymentIntent: nil, charge: "ch_1", amount: 700, currency: usd, status: .succeeded)
            #expect(try await shop.apply(more)?.order.status == .refunded)
        }
    }

    @Test(arguments: Engine.all)
    func `a subscription's refund is of its latest payment with money left`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.subscribed()
            for (number, amount) in [(1, Int64(900)), (2, 500)] {
                try await shop.apply(.invoice(shop.invoice(number, amount)))
                try await shop.test.advance(by: .seconds(60))
            }
            #expect(await refusal { _ = try await shop.reserve(order, 501) }?.code == .amountTooLarge)
            #expect(try await shop.reserve(order, nil).paymentIntent == "pi_in_2")
            let older = try await shop.reserve(order, nil)
            #expect(older.paymentIntent == "pi_in_1" && older.amount == 900)
            #expect(await refusal { _ = try await shop.reserve(order, nil) }?.code == .chargeAlreadyRefunded)
        }
    }

    @Test(arguments: Engine.all)
    func `a list shows an order's or all, the newest first, in pages`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.paidOrder(1000)
            var made: [RefundID] = []
            for amount in [Int64(1), 2, 3] { made.insert(try await shop.reserve(order, amount).id, at: 0) }
            // Of nobody's order: kept, not shown.
            try await shop.apply(
                RefundFact(id: "re_x", paymentIntent: "pi_x", amount: 5, currency: usd, status: .succeeded))
            let first = try await shop.database.read {
                try RefundStore.list(PageRequest(limit: 2), for: shop.scope, in: $0)
            }
            #expect(first.data.map(\.id) == Array(made.prefix(2)) && first.hasMore)
            let cursor = made[1].rawValue
            let rest = try await shop.database.read {
                try RefundStore.list(
                    PageRequest(limit: 2, startingAfter: cursor), order: order.id, for: shop.scope, in: $0)
            }
            #expect(rest.data.map(\.id) == [made[2]] && !rest.hasMore)
            let json = try JSONEncoder().encode(RefundJSON(first.data[0]))
            let shown = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
            #expect(shown["object"] as? String == "refund" && shown["order"] as? String == order.id.rawValue)
            #expect(shown["amount"] as? Int == 3 && shown["status"] as? String == "pending")
        }
    }
}

extension Shop {
    /// What was reserved; nil where not enough is left.
    fileprivate func reserveIfLeft(_ order: Order, _ amount: Int64?) async throws -> Int64? {
        do {
            return try await reserve(order, amount).amount
        } catch let error as CommerceError where error.code == .amountTooLarge || error.code == .chargeAlreadyRefunded {
            return nil
        }
    }
}
