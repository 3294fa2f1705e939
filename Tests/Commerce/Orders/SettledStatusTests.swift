import Commerce
import StripeModels
import Testing

/// What is known of the money.
private enum Money: CaseIterable {
    case none, untouched, partlyBack, allBack

    var amounts: (captured: Int64, refunded: Int64) {
        switch self {
        case .none: (0, 0)
        case .untouched: (1000, 0)
        case .partlyBack: (1000, 400)
        case .allBack: (1000, 1000)
        }
    }
}

private enum Standing: String, CaseIterable {
    case none, active, trialing, incomplete
    case pastDue = "past_due"
    case unpaid, paused, canceled
    case incompleteExpired = "incomplete_expired"
    case new = "something_new"

    var state: SubscriptionState? {
        self == .none ? nil : SubscriptionState(status: Subscription.Status(rawValue))
    }
    var isPastDue: Bool { [.pastDue, .unpaid, .paused].contains(self) }
    var isOver: Bool { [.canceled, .incompleteExpired].contains(self) }
}

@Suite struct SettledStatusTests {
    /// The rule once more, by hand and the other way round: from the weakest to the strongest.
    private func expected(
        _ money: Money, isDisputed: Bool, _ standing: Standing, isAcknowledged: Bool
    ) -> OrderStatus {
        var status: OrderStatus = isAcknowledged ? .active : .paid
        if money == .partlyBack || money == .allBack { status = .partiallyRefunded }
        if standing.isPastDue { status = .pastDue }
        if isDisputed { status = .disputed }
        if money == .allBack, standing == .none { status = .refunded }
        if standing.isOver { status = .ended }
        return status
    }

    @Test(arguments: OrderStatus.allCases)
    func `every status has its outcome for all that may be known`(_ status: OrderStatus) {
        for money in Money.allCases {
            for standing in Standing.allCases {
                for isDisputed in [false, true] {
                    for isAcknowledged in [false, true] {
                        let facts = OrderFacts(
                            captured: money.amounts.captured, refunded: money.amounts.refunded,
                            disputes: isDisputed ? 1 : 0, isDisputed: isDisputed, subscription: standing.state,
                            mayBringMore: standing != .none, isAcknowledged: isAcknowledged)
                        let stays = !status.isPaid || status.isFinal
                        let wanted =
                            stays
                            ? status
                            : expected(money, isDisputed: isDisputed, standing, isAcknowledged: isAcknowledged)
                        #expect(status.settled(by: facts) == wanted, "\(status) by \(facts)")
                    }
                }
            }
        }
    }

    @Test func `a status is paid exactly where the money is there`() {
        let paid: Set<OrderStatus> = [
            .paid, .active, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended,
        ]
        #expect(Set(OrderStatus.allCases.filter(\.isPaid)) == paid)
    }

    @Test func `nothing that was captured cannot be refunded in full`() {
        #expect(!OrderFacts(captured: 0, refunded: 0).isRefundedInFull)
        #expect(!OrderFacts(captured: 0, refunded: 500).isRefundedInFull)
        #expect(OrderFacts(captured: 500, refunded: 600).isRefundedInFull)
    }

    @Test func `no two facts that both end an order can meet`() {
        for status in Standing.allCases.compactMap(\.state) {
            let facts = OrderFacts(captured: 5, refunded: 5, subscription: status, mayBringMore: true)
            #expect(OrderStatus.active.settled(by: facts) != .refunded)
        }
    }
}
