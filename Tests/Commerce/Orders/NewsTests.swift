import Commerce
import StripeModels
import Testing

@Suite struct NewsTests {
    private func news(
        _ before: (OrderStatus, OrderFacts), _ after: (OrderStatus, OrderFacts)
    ) -> [DeliveryType] {
        DeliveryType.news(
            from: OrderSituation(status: before.0, facts: before.1),
            to: OrderSituation(status: after.0, facts: after.1))
    }

    @Test func `an unpaid order's move is told by its status`() {
        let nothing = OrderFacts()
        #expect(news((.pending, nothing), (.failed, nothing)) == [.orderFailed])
        #expect(news((.failed, nothing), (.requiresAction, nothing)) == [.orderRequiresAction])
        #expect(news((.processing, nothing), (.canceled, nothing)) == [.orderCanceled])
        #expect(news((.pending, nothing), (.expired, nothing)).isEmpty)
        #expect(news((.failed, nothing), (.failed, nothing)).isEmpty)
        // Money that goes back for an order that is not paid yet waits.
        #expect(news((.pending, nothing), (.pending, OrderFacts(refunded: 5))).isEmpty)
    }

    @Test func `what was known before the payment is told after it`() {
        let known = OrderFacts(
            captured: 10, refunded: 10, disputes: 1, isDisputed: false,
            subscription: SubscriptionState(status: .pastDue))
        #expect(
            news((.pending, known), (.refunded, known))
                == [.orderActivated, .orderRefunded, .orderDisputed, .subscriptionPastDue])
    }

    @Test func `a dispute that was won brings no second activation`() {
        let open = OrderFacts(captured: 10, disputes: 1, isDisputed: true)
        let won = OrderFacts(captured: 10, disputes: 1)
        #expect(news((.disputed, open), (.paid, won)) == [.orderDisputed])
        #expect(news((.paid, OrderFacts(captured: 10)), (.paid, won)) == [.orderDisputed])
    }

    @Test func `each growth of what went back is told, a refund that came back is not`() {
        let (some, more) = (OrderFacts(captured: 10, refunded: 3), OrderFacts(captured: 10, refunded: 4))
        #expect(news((.partiallyRefunded, some), (.partiallyRefunded, more)) == [.orderRefunded])
        #expect(news((.disputed, some), (.disputed, more)) == [.orderRefunded])
        #expect(news((.partiallyRefunded, more), (.partiallyRefunded, some)).isEmpty)
    }

    @Test func `a subscription's change is one message`() {
        let active = SubscriptionState(status: .active, currentPeriodEnd: 1)
        var later = active
        later.currentPeriodEnd = 2
        let cases: [(SubscriptionState?, SubscriptionState, [DeliveryType])] = [
            (nil, active, []), (active, active, []), (active, later, [.subscriptionUpdated]),
            (SubscriptionState(status: .trialing, currentPeriodEnd: 1), active, [.subscriptionUpdated]),
            (
                active, SubscriptionState(status: .active, currentPeriodEnd: 1, cancelAtPeriodEnd: true),
                [.subscriptionUpdated]
            ),
            (active, SubscriptionState(status: .pastDue), [.subscriptionPastDue]),
            (SubscriptionState(status: .pastDue), SubscriptionState(status: .unpaid), [.subscriptionUpdated]),
            (SubscriptionState(status: .pastDue), active, [.subscriptionUpdated]),
            (active, SubscriptionState(status: .canceled), [.subscriptionEnded]),
            (nil, SubscriptionState(status: .canceled), [.subscriptionEnded]),
            (nil, SubscriptionState(status: .paused), [.subscriptionPastDue]),
        ]
        for (before, after, told) in cases {
            #expect(
                news((.active, OrderFacts(subscription: before)), (.active, OrderFacts(subscription: after))) == told,
                "\(String(describing: before)) to \(after)")
        }
    }
}
