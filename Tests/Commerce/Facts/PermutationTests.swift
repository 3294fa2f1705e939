import Commerce
import Database
import StripeModels
import TestSupport
import Testing

/// All orders in which the facts of one order may arrive, each fact also twice, end alike.
@Suite struct PermutationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let story: [Told]
        let ending: Ending
        var testDescription: String { name }
    }

    // MARK: Card

    private static func card(
        _ status: OrderStatus, refunded: Int64 = 0, captured: Int64? = 1000, _ told: Set<DeliveryType>
    ) -> Ending {
        Ending(
            status: status, amount: 1000, captured: captured, refunded: refunded, currency: "usd", customer: nil,
            told: told, emails: captured == nil ? [] : [.receipt])
    }

    static let cards: [Case] = [
        Case(
            name: "partial refund, dispute won",
            story: [
                CardStory.intent("succeeded"), CardStory.refund("a", 300, .pending),
                CardStory.refund("a", 300, .succeeded), CardStory.dispute(.needsResponse), CardStory.dispute(.won),
            ],
            ending: card(.partiallyRefunded, refunded: 300, [.orderActivated, .orderRefunded, .orderDisputed])),
        Case(
            name: "partial refund, dispute lost",
            story: [
                CardStory.intent("succeeded"), CardStory.refund("a", 300, .succeeded),
                CardStory.dispute(.needsResponse), CardStory.dispute(.lost),
            ],
            ending: card(.disputed, refunded: 300, [.orderActivated, .orderRefunded, .orderDisputed])),
        Case(
            name: "refund in two parts, dispute lost",
            story: [
                CardStory.intent("succeeded"), CardStory.refund("a", 300, .succeeded),
                CardStory.refund("b", 700, .succeeded), CardStory.dispute(.needsResponse), CardStory.dispute(.lost),
            ],
            ending: card(.refunded, refunded: 1000, [.orderActivated, .orderRefunded, .orderDisputed])),
        Case(
            name: "full refund, dispute won",
            story: [
                CardStory.intent("succeeded"), CardStory.refund("a", 1000, .succeeded),
                CardStory.dispute(.underReview), CardStory.dispute(.won),
            ],
            ending: card(.refunded, refunded: 1000, [.orderActivated, .orderRefunded, .orderDisputed])),
        Case(
            name: "refund that failed",
            story: [
                CardStory.intent("requires_payment_method"), CardStory.intent("succeeded"),
                CardStory.intent("processing"), CardStory.refund("a", 1000, .pending),
                CardStory.refund("a", 1000, .failed),
            ],
            ending: card(.paid, [.orderActivated])),
        Case(
            name: "canceled",
            story: [
                CardStory.intent("requires_action"), CardStory.intent("processing"),
                CardStory.intent("requires_payment_method"), CardStory.intent("canceled"),
            ],
            ending: card(.canceled, captured: nil, [.orderCanceled])),
    ]

    @Test(arguments: Engine.all, cards)
    func `a card payment`(on engine: Engine, _ card: Case) async throws {
        try await check(card, on: engine) {
            try NewOrder(amount: 1000, currency: usd, customerEmail: "buyer@example.com")
        }
    }

    // MARK: Checkout

    private static func checkout(
        _ status: OrderStatus, captured: Int64?, _ told: Set<DeliveryType>, _ emails: Set<EmailKind> = []
    ) -> Ending {
        Ending(
            status: status, amount: 900, captured: captured, refunded: 0, currency: "usd", customer: "cus_1",
            told: told, emails: emails)
    }

    static let checkouts: [Case] = [
        Case(
            name: "paid at once",
            story: [
                CheckoutStory.session(.complete, .paid), CardStory.intent("succeeded", amount: 900),
                CardStory.intent("requires_action", amount: 900),
                CardStory.intent("requires_payment_method", amount: 900),
            ],
            ending: checkout(.paid, captured: 900, [.orderActivated], [.receipt])),
        Case(
            name: "paid after days",
            story: [
                CheckoutStory.session(.open, .unpaid, total: 1000), CheckoutStory.session(.complete, .unpaid),
                CardStory.intent("processing", amount: 900), CheckoutStory.session(.complete, .paid),
                CardStory.intent("succeeded", amount: 900),
            ],
            ending: checkout(.paid, captured: 900, [.orderActivated], [.receipt])),
        Case(
            name: "came to nothing after days",
            story: [
                CheckoutStory.session(.complete, .unpaid), CardStory.intent("processing", amount: 900),
                CheckoutStory.session(.complete, .failed),
            ],
            ending: checkout(.failed, captured: nil, [.orderFailed], [.paymentFailed])),
        Case(
            name: "authorized, captured by hand",
            story: [
                CheckoutStory.session(.complete, .unpaid), CardStory.intent("requires_capture", amount: 900),
                CardStory.intent("succeeded", amount: 900), CardStory.dispute(.lost),
            ],
            ending: checkout(.disputed, captured: 900, [.orderActivated, .orderDisputed], [.receipt])),
        Case(
            name: "authorized, captured in part",
            story: [
                CheckoutStory.session(.complete, .unpaid), CheckoutStory.session(.complete, .paid),
                CardStory.intent("requires_capture", amount: 900),
                CardStory.intent("succeeded", amount: 900, received: 600),
            ],
            ending: checkout(.paid, captured: 600, [.orderActivated], [.receipt])),
        Case(
            name: "authorized, then canceled",
            story: [
                CheckoutStory.session(.complete, .unpaid), CardStory.intent("requires_capture", amount: 900),
                CardStory.intent("canceled", amount: 900),
            ],
            ending: checkout(.canceled, captured: nil, [.orderCanceled])),
        Case(
            name: "expired",
            story: [
                CheckoutStory.session(.open, .unpaid), CardStory.intent("requires_payment_method", amount: 900),
                CardStory.intent("canceled", amount: 900), CheckoutStory.session(.expired, .unpaid),
            ],
            ending: checkout(.expired, captured: nil, [])),
    ]

    @Test(arguments: Engine.all, checkouts)
    func `a payment on the hosted page`(on engine: Engine, _ checkout: Case) async throws {
        try await check(checkout, on: engine) {
            try NewOrder(checkout: .payment, cart: PricedCart(amount: 1000, currency: usd, lines: []))
        }
    }

    // MARK: Subscription

    static let subscriptions: [Case] = [true, false].flatMap { isNamed in
        [
            Case(
                name: "goes on, \(isNamed ? "" : "not ")named in the metadata",
                story: [
                    CheckoutStory.session(.complete, .paid, mode: .subscription),
                    SubscriptionStory.subscription("updated", .read, .active, isNamed: isNamed),
                    SubscriptionStory.invoice("1", .paid, isFirst: true, isNamed: isNamed),
                    SubscriptionStory.invoice("2", .paid, isNamed: isNamed),
                    CardStory.refund("a", 900, .succeeded, of: "2"),
                ],
                ending: Ending(
                    status: .partiallyRefunded, amount: 900, captured: 1800, refunded: 900, currency: "usd",
                    customer: "cus_1", told: [.orderActivated, .orderRefunded], emails: [.receipt])),
            Case(
                name: "ended, \(isNamed ? "" : "not ")named in the metadata",
                story: [
                    CheckoutStory.session(.complete, .paid, mode: .subscription),
                    SubscriptionStory.subscription("created", .reported, .incomplete, isNamed: isNamed),
                    SubscriptionStory.subscription("deleted", .reported, .canceled, isNamed: isNamed),
                    SubscriptionStory.invoice("1", .paid, isFirst: true, isNamed: isNamed),
                    SubscriptionStory.invoice("2", .paid, isNamed: isNamed),
                ],
                ending: Ending(
                    status: .ended, amount: 900, captured: 1800, refunded: 0, currency: "usd", customer: "cus_1",
                    told: [.orderActivated, .subscriptionEnded], emails: [.receipt, .subscriptionCanceled])),
            Case(
                name: "past due, refunded, \(isNamed ? "" : "not ")named in the metadata",
                story: [
                    CheckoutStory.session(.complete, .paid, mode: .subscription),
                    SubscriptionStory.subscription("updated", .read, .pastDue, isNamed: isNamed),
                    SubscriptionStory.invoice("1", .paid, isFirst: true, isNamed: isNamed),
                    // It mails the buyer, so it must be known whose it is.
                    SubscriptionStory.invoice("2", .open, .paymentFailed, isNamed: true),
                    CardStory.refund("a", 900, .succeeded, of: "1"),
                ],
                ending: Ending(
                    status: .pastDue, amount: 900, captured: 900, refunded: 900, currency: "usd", customer: "cus_1",
                    told: [.orderActivated, .subscriptionPastDue, .orderRefunded],
                    emails: [.receipt, .invoicePaymentFailed])),
        ]
    }

    /// The longest: all that happens to one that is renewed after a failure, and then ends.
    private static let wholeLife = Case(
        name: "its whole life",
        story: [
            CheckoutStory.session(.complete, .paid, mode: .subscription),
            SubscriptionStory.subscription("updated", .read, .canceled, isNamed: true),
            SubscriptionStory.subscription("deleted", .reported, .canceled, isNamed: true),
            SubscriptionStory.invoice("1", .paid, isFirst: true, isNamed: true),
            SubscriptionStory.invoice("2", .open, .paymentFailed, isNamed: true),
            SubscriptionStory.invoice("2", .paid, isNamed: true),
        ],
        ending: Ending(
            status: .ended, amount: 900, captured: 1800, refunded: 0, currency: "usd", customer: "cus_1",
            told: [.orderActivated, .subscriptionEnded], emails: [.receipt, .subscriptionCanceled]))

    @Test(arguments: Engine.all, subscriptions + [wholeLife])
    func `a subscription`(on engine: Engine, _ subscription: Case) async throws {
        try await check(subscription, on: engine) {
            try NewOrder(checkout: .subscription, cart: nil, customerEmail: "buyer@example.com")
        }
    }

    private func check(
        _ wanted: Case, on engine: Engine, _ make: @escaping @Sendable () throws -> NewOrder
    ) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let endings = try await shop.endings(of: wanted.story, make)
            #expect(!endings.isEmpty)
            for (ending, arrival) in endings { #expect(ending == wanted.ending, "after \(arrival)") }
        }
    }
}
