import Commerce
import Testing

private let failure = OrderFailure(code: "card_declined", message: "Declined.")

private let events: [OrderEvent] = [
    .actionRequired(.reported), .actionRequired(.read), .processingStarted(.reported), .processingStarted(.read),
    .paymentSucceeded, .paymentFailed(failure), .canceled, .expired, .activated,
]

/// Where each event takes each status, by hand: `=` stays, `!` contradicts.
private let table: [(status: OrderStatus, outcomes: [String])] = [
    // action reported, read; processing reported, read; succeeded; failed; canceled; expired; activated
    (
        .pending,
        [
            "requires_action", "requires_action", "processing", "processing", "paid", "failed", "canceled", "expired",
            "!",
        ]
    ),
    (.requiresAction, ["=", "=", "processing", "processing", "paid", "failed", "canceled", "expired", "!"]),
    (.processing, ["=", "=", "=", "=", "paid", "failed", "canceled", "expired", "!"]),
    (.failed, ["=", "requires_action", "=", "processing", "paid", "=", "canceled", "expired", "!"]),
    (.paid, ["=", "=", "=", "=", "=", "=", "!", "!", "active"]),
    (.active, ["=", "=", "=", "=", "=", "=", "!", "!", "="]),
    (.canceled, ["=", "=", "=", "=", "!", "=", "=", "=", "!"]),
    (.expired, ["=", "=", "=", "=", "!", "=", "=", "=", "!"]),
    (.pastDue, ["=", "=", "=", "=", "=", "=", "!", "!", "="]),
    (.partiallyRefunded, ["=", "=", "=", "=", "=", "=", "!", "!", "="]),
    (.refunded, ["=", "=", "=", "=", "=", "=", "!", "!", "="]),
    (.disputed, ["=", "=", "=", "=", "=", "=", "!", "!", "="]),
    (.ended, ["=", "=", "=", "=", "=", "=", "!", "!", "="]),
]

@Suite struct OrderStateMachineTests {
    @Test func `the statuses are the contract's`() {
        #expect(
            Set(OrderStatus.allCases.map(\.rawValue)) == [
                "pending", "requires_action", "processing", "paid", "active", "failed", "canceled", "expired",
                "past_due", "partially_refunded", "refunded", "disputed", "ended",
            ])
        #expect(table.map(\.status).count == OrderStatus.allCases.count)
        #expect(Set(table.map(\.status)) == Set(OrderStatus.allCases))
    }

    @Test(arguments: OrderStatus.allCases)
    func `every event has its outcome in every status`(_ status: OrderStatus) throws {
        let outcomes = try #require(table.first { $0.status == status }).outcomes
        try #require(outcomes.count == events.count)
        for (event, outcome) in zip(events, outcomes) {
            switch outcome {
            case "!":
                #expect(throws: IllegalTransition(from: status, event: event.name)) { try status.applying(event) }
            case "=":
                #expect(try status.applying(event) == status, "\(event)")
            default:
                #expect(try status.applying(event).rawValue == outcome, "\(event)")
            }
        }
    }

    @Test(arguments: OrderStatus.allCases)
    func `a repeated event changes nothing more`(_ status: OrderStatus) throws {
        for event in events {
            guard let once = try? status.applying(event) else { continue }
            #expect(try once.applying(event) == once, "\(event) twice from \(status)")
        }
    }

    @Test(arguments: OrderStatus.allCases.filter(\.isFinal))
    func `nothing leaves a final status`(_ status: OrderStatus) {
        for event in events {
            #expect((try? status.applying(event)) ?? status == status, "\(event)")
        }
    }

    @Test func `canceled, expired, refunded and ended are final`() {
        #expect(OrderStatus.allCases.filter(\.isFinal) == [.canceled, .expired, .refunded, .ended])
    }

    /// Events of one payment that do not contradict each other, and where they all lead.
    static let payments: [([OrderEvent], OrderStatus)] = [
        (
            [.actionRequired(.reported), .processingStarted(.reported), .paymentFailed(failure), .paymentSucceeded],
            .paid
        ),
        ([.actionRequired(.reported), .processingStarted(.reported), .paymentFailed(failure), .canceled], .canceled),
        ([.actionRequired(.reported), .processingStarted(.reported), .paymentFailed(failure)], .failed),
        ([.actionRequired(.reported), .processingStarted(.reported)], .processing),
        ([.actionRequired(.reported), .paymentFailed(failure), .expired], .expired),
        ([.actionRequired(.read), .processingStarted(.read), .paymentFailed(failure), .paymentSucceeded], .paid),
        ([.actionRequired(.read), .processingStarted(.read), .paymentFailed(failure), .canceled], .canceled),
    ]

    @Test(arguments: payments)
    func `events in any order, each also twice, end alike`(_ events: [OrderEvent], end: OrderStatus) throws {
        for order in (events + events).shuffledSamples(200) + events.permutations {
            let status = try order.reduce(OrderStatus.pending) { try $0.applying($1) }
            #expect(status == end, "\(order.map(\.name))")
        }
    }

    @Test func `a second attempt leads out of failed only where it was just read`() throws {
        #expect(try OrderStatus.failed.applying(.actionRequired(.reported)) == .failed)
        #expect(try OrderStatus.failed.applying(.actionRequired(.read)) == .requiresAction)
        #expect(try OrderStatus.failed.applying(.processingStarted(.read)) == .processing)
        #expect(try OrderStatus.failed.applying(.paymentSucceeded) == .paid)
    }
}

extension Array {
    fileprivate func shuffledSamples(_ count: Int) -> [[Element]] { (0..<count).map { _ in shuffled() } }
}
