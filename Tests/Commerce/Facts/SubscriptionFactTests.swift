import Commerce
import Database
import Foundation
import Messaging
import StripeModels
import TestSupport
import Testing

@Suite struct SubscriptionFactTests {
    @Test(arguments: Engine.all)
    func `a late report of an earlier state changes nothing`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await shop.subscribed()
            try await shop.apply(.subscription(shop.subscription(.active)))
            for status in [Subscription.Status.trialing, .pastDue, .incomplete, .unpaid] {
                let move = try await shop.apply(.subscription(shop.subscription(status)), .reported)
                #expect(move?.order.status == .paid && move?.news == [])
            }
            let stored = try await shop.database.read { try SubscriptionStore.get("sub_1", for: shop.scope, in: $0) }
            #expect(stored?.status == .active && stored?.order == order.id && stored?.customer == "cus_1")
        }
    }

    @Test(arguments: Engine.all)
    func `its end is never left again, whoever reads what`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await shop.subscribed()
            #expect(
                try await shop.apply(.subscription(shop.subscription(.canceled)), .reported)?.order.status == .ended)
            for status in [Subscription.Status.active, .pastDue, .incompleteExpired] {
                #expect(try await shop.apply(.subscription(shop.subscription(status)))?.order.status == .ended)
            }
            #expect(try await shop.deliveries(order) == [.orderActivated, .subscriptionEnded])
        }
    }

    @Test(arguments: Engine.all)
    func `each change is told once: renewal, failure, recovery, end`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await shop.subscribed()
            var facts = [shop.subscription(.active), shop.subscription(.active, periodEnd: 1_900_000_000)]
            facts += [shop.subscription(.pastDue, periodEnd: 1_900_000_000), facts[1]]
            var ending = facts[1]
            ending.cancelAtPeriodEnd = true
            facts += [ending, shop.subscription(.canceled)]
            var statuses: [OrderStatus] = []
            for fact in facts {
                for _ in 0..<2 { try await shop.apply(.subscription(fact)) }
                statuses.append(try await shop.reload(order).status)
            }
            #expect(statuses == [.paid, .paid, .pastDue, .paid, .paid, .ended])
            #expect(
                try await shop.deliveries(order) == [
                    .orderActivated, .subscriptionUpdated, .subscriptionPastDue, .subscriptionUpdated,
                    .subscriptionUpdated, .subscriptionEnded,
                ])
        }
    }

    @Test(arguments: Engine.all)
    func `a renewal is a payment of the order`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.subscribed()
            #expect(order.status == .paid && order.amount == 900 && order.amountCaptured == 0)
            for number in [1, 2, 2, 1] { try await shop.apply(.invoice(shop.invoice(number, 900))) }
            let end = try await shop.reload(order)
            #expect(end.status == .active && end.amountCaptured == 1800 && end.amount == 900)
            let payments = try await shop.database.read {
                try PaymentStore.list(of: order.id, for: shop.scope, in: $0)
            }
            #expect(Set(payments.map(\.invoice)) == ["in_1", "in_2"])
            // Somebody else's currency is somebody's mistake.
            var odd = shop.invoice(3, 900)
            odd.currency = Currency(rawValue: "eur")
            #expect(try await shop.apply(.invoice(odd))?.anomaly?.code == .currencyMismatch)
        }
    }

    @Test(arguments: Engine.all)
    func `a failed renewal mails the buyer once an attempt, and not when it was paid`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.subscribed()
            var invoice = shop.invoice(2, 900)
            (invoice.status, invoice.occasion, invoice.payments, invoice.attemptCount) = (.open, .paymentFailed, [], 1)
            invoice.hostedInvoiceURL = "https://invoice.stripe.com/i/1"
            for _ in 0..<2 { try await shop.apply(.invoice(invoice)) }
            try await shop.sendAll()
            // A repetition that comes when the first was sent long ago.
            try await shop.apply(.invoice(invoice))
            invoice.attemptCount = 2
            try await shop.apply(.invoice(invoice))
            invoice.occasion = .actionRequired
            for _ in 0..<2 { try await shop.apply(.invoice(invoice)) }
            try await shop.apply(.invoice(shop.invoice(2, 900)))
            (invoice.occasion, invoice.attemptCount) = (.paymentFailed, 3)
            try await shop.apply(.invoice(invoice))
            var first = invoice
            (first.id, first.isFirst) = ("in_0", true)
            try await shop.apply(.invoice(first))
            let mails = try await shop.mails()
            #expect(
                mails.map(\.kind) == [.receipt, .invoicePaymentFailed, .invoicePaymentFailed, .actionRequired])
            #expect(mails.allSatisfy { $0.to == "buyer@example.com" && $0.order == order.id })
            #expect(mails[1].values["link"] == "https://invoice.stripe.com/i/1")
            #expect(mails[1].values["amount"] == "9.00 USD" && mails[1].subscription == "sub_1")
        }
    }

    @Test(arguments: Engine.all)
    func `the end of a trial is announced once, and its end mailed`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await shop.subscribed()
            var fact = shop.subscription(.trialing)
            (fact.trialEnd, fact.isTrialEnding) = (1_800_000_000, true)
            for _ in 0..<2 { try await shop.apply(.subscription(fact)) }
            try await shop.sendAll()
            try await shop.apply(.subscription(fact))
            for _ in 0..<2 { try await shop.apply(.subscription(shop.subscription(.canceled)), .reported) }
            try await shop.apply(.subscription(fact))
            let mails = try await shop.mails()
            #expect(mails.map(\.kind) == [.receipt, .trialEnding, .subscriptionCanceled])
            #expect(mails[1].values["trial_end"] == "1800000000")
        }
    }

    /// The two ways in which Stripe says it: classic billing raises the flag, flexible billing sets the time.
    @Test(arguments: Engine.all, [(true, nil), (false, 1_800_000_000), (false, 1_900_000_000)] as [(Bool, Int64?)])
    func `whoever canceled a trial is not warned of its end`(on engine: Engine, by end: (Bool, Int64?)) async throws {
        try await withShop(on: engine) { shop in
            _ = try await shop.subscribed()
            var fact = shop.subscription(.trialing)
            (fact.trialEnd, fact.isTrialEnding) = (1_800_000_000, true)
            (fact.cancelAtPeriodEnd, fact.cancelAt) = end
            try await shop.apply(.subscription(fact))
            let costsFirst = end.1 == 1_900_000_000
            #expect(try await shop.mails().map(\.kind) == (costsFirst ? [.receipt, .trialEnding] : [.receipt]))
        }
    }

    @Test(arguments: Engine.all)
    func `a list shows those that were read, the newest first`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            for number in 1...3 {
                var fact = shop.subscription(number == 2 ? .canceled : .active)
                (fact.id, fact.created) = ("sub_\(number)", Int64(number))
                fact.items = [
                    SubscriptionLine(item: "si_1", price: "price_1", quantity: 3, unitAmount: 5, currency: "usd")
                ]
                try await shop.apply(.subscription(fact))
            }
            // Only named, by an invoice.
            var invoice = shop.invoice(1, 900)
            invoice.subscription = "sub_9"
            try await shop.apply(.invoice(invoice))
            func list(_ page: PageRequest, status: String? = nil) async throws -> Page<StoredSubscription> {
                try await shop.database.read {
                    try SubscriptionStore.list(page, status: status, for: shop.scope, in: $0)
                }
            }
            let first = try await list(PageRequest(limit: 2))
            #expect(first.data.map(\.id) == ["sub_3", "sub_2"] && first.hasMore)
            #expect(first.data[0].items.first?.quantity == 3)
            #expect(try await list(PageRequest(limit: 2, startingAfter: "sub_2")).data.map(\.id) == ["sub_1"])
            #expect(try await list(PageRequest(), status: "canceled").data.map(\.id) == ["sub_2"])
            #expect(try await list(PageRequest(), status: "active").data.count == 2)
        }
    }
}

extension Shop {
    /// All emails that were stored, oldest first.
    func mails() async throws -> [EmailPayload] {
        let queue = JobQueue(database)
        var mails: [EmailPayload] = []
        for job in try await queue.jobs(JobFilter(kind: .sendEmail), limit: 100).reversed() {
            let payload = try #require(try await queue.payload(of: job.id))
            mails.append(try JSONDecoder().decode(EmailPayload.self, from: Data(payload.utf8)))
        }
        return mails
    }

    /// All that waits has been sent.
    func sendAll() async throws {
        try await database.write { try $0.execute("UPDATE jobs SET state = 'done', finished_at = 1") }
    }
}
