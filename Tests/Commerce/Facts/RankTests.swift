import Commerce
import StripeModels
import Testing

@testable import Commerce

@Suite struct RankTests {
    @Test func `two statuses of a refund merge alike in both orders`() {
        for first in RefundStatus.allCases {
            for second in RefundStatus.allCases {
                #expect(first.merged(with: second) == second.merged(with: first))
                #expect(first.merged(with: second).merged(with: first) == first.merged(with: second))
            }
        }
        #expect(RefundStatus.succeeded.merged(with: .failed) == .failed)
        #expect(RefundStatus.succeeded.merged(with: .pending) == .succeeded)
        #expect(RefundStatus.requested.shown == "pending" && RefundStatus.requiresAction.shown == "requires_action")
    }

    @Test func `two statuses of a dispute merge alike in both orders`() {
        let all = Dispute.Status.known.values + [.unknown("new")]
        #expect(Set(all.map(\.rank)).count == all.count, "two of one rank have no order")
        for first in all {
            for second in all { #expect(first.merged(with: second) == second.merged(with: first)) }
        }
        #expect(Dispute.Status.warningNeedsResponse.merged(with: .needsResponse) == .needsResponse)
        #expect(Dispute.Status.won.merged(with: .underReview) == .won)
        #expect(Dispute.Status.lost.merged(with: .appealUnderReview) == .appealUnderReview)
    }

    @Test func `a dispute holds its order while it is open, and for good when it is lost`() {
        let lettingGo = Set(Dispute.Status.known.values.filter { !$0.holdsOrder })
        #expect(lettingGo == [.won, .warningClosed, .prevented])
    }
}
