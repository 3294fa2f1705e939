package import StripeModels

/// All that decides where a paid order stands.
///
/// Events come in any order, late and twice. So none of them moves a paid order by itself: what it says is merged into
/// rows that only go forward (payments, refunds by rank, disputes by rank, the subscription as it was last read), and the
/// status is a function of them. Invariant: whatever the order and number of arrivals, the same facts make the same
/// status.
///
/// A fact that is known before its payment is kept, and counts from the payment on.
package struct OrderFacts: Sendable, Hashable {
    /// Minor units of the order's currency: the sum of its payments, and of its refunds that succeeded.
    package var captured: Int64
    package var refunded: Int64
    /// Disputes ever heard of, and whether one of them is open or lost.
    package var disputes: Int64
    package var isDisputed: Bool
    /// Of an order that has one, once it was read.
    package var subscription: SubscriptionState?
    /// The order is of a kind that may bring more money later.
    package var mayBringMore: Bool
    /// The storefront took the order in, or there is none to ask.
    package var isAcknowledged: Bool

    package init(
        captured: Int64 = 0, refunded: Int64 = 0, disputes: Int64 = 0, isDisputed: Bool = false,
        subscription: SubscriptionState? = nil, mayBringMore: Bool = false, isAcknowledged: Bool = false
    ) {
        self.captured = captured
        self.refunded = refunded
        self.disputes = disputes
        self.isDisputed = isDisputed
        self.subscription = subscription
        self.mayBringMore = mayBringMore
        self.isAcknowledged = isAcknowledged
    }

    /// Nothing of what was captured is left, and nothing can be added to it. A subscription's next invoice may: its
    /// order is refunded in part until it has ended.
    package var isRefundedInFull: Bool { !mayBringMore && captured > 0 && refunded >= captured }
}

/// A subscription as far as its order and its storefront care.
package struct SubscriptionState: Sendable, Hashable {
    package var status: Subscription.Status
    package var items: [SubscriptionLine]
    /// Seconds since 1970.
    package var currentPeriodEnd: Int64?
    package var cancelAtPeriodEnd: Bool
    package var cancelAt: Int64?

    package init(
        status: Subscription.Status, items: [SubscriptionLine] = [], currentPeriodEnd: Int64? = nil,
        cancelAtPeriodEnd: Bool = false, cancelAt: Int64? = nil
    ) {
        self.status = status
        self.items = items
        self.currentPeriodEnd = currentPeriodEnd
        self.cancelAtPeriodEnd = cancelAtPeriodEnd
        self.cancelAt = cancelAt
    }

    package var standing: SubscriptionStanding { SubscriptionStanding(status) }
}

/// What a subscription's status means for its order.
package enum SubscriptionStanding: Sendable, Hashable, CaseIterable {
    case current
    case pastDue
    case over

    /// `incomplete` says nothing: it is how every subscription begins, and none goes back to it. A paused one ended its
    /// trial without a way to pay.
    package init(_ status: Subscription.Status) {
        switch status {
        case .trialing, .active, .incomplete, .unknown: self = .current
        case .pastDue, .unpaid, .paused: self = .pastDue
        case .canceled, .incompleteExpired: self = .over
        }
    }
}
