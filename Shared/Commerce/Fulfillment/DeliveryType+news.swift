/// Where an order stands, and why.
package struct OrderSituation: Sendable, Hashable {
    package let status: OrderStatus
    package let facts: OrderFacts

    package init(status: OrderStatus, facts: OrderFacts) {
        self.status = status
        self.facts = facts
    }
}

extension DeliveryType {
    /// What a storefront is told when an order went from `before` to `after`, in this order.
    ///
    /// It follows from what has grown, not from the status alone: a refund of a disputed order is news, and a dispute
    /// that was won brings no second `order.activated`. What was known before the payment is told after it, so that the
    /// types told do not depend on the order of arrival.
    package static func news(from before: OrderSituation, to after: OrderSituation) -> [DeliveryType] {
        guard after.status.isPaid else {
            return before.status == after.status ? [] : [DeliveryType(following: after.status)].compactMap(\.self)
        }
        // Of an unpaid order nothing was told yet.
        let known = before.status.isPaid ? before.facts : OrderFacts()
        var news: [DeliveryType] = before.status.isPaid ? [] : [.orderActivated]
        if after.facts.refunded > known.refunded { news.append(.orderRefunded) }
        if after.facts.disputes > known.disputes || after.facts.isDisputed != known.isDisputed {
            news.append(.orderDisputed)
        }
        if let type = subscriptionNews(from: known.subscription, to: after.facts.subscription) { news.append(type) }
        return news
    }

    /// One message a change. The first reading changed nothing that anybody knew.
    private static func subscriptionNews(
        from before: SubscriptionState?, to after: SubscriptionState?
    ) -> DeliveryType? {
        guard let after, before != after else { return nil }
        if before?.standing != after.standing {
            switch after.standing {
            case .over: return .subscriptionEnded
            case .pastDue: return .subscriptionPastDue
            case .current: break
            }
        }
        return before == nil ? nil : .subscriptionUpdated
    }
}
