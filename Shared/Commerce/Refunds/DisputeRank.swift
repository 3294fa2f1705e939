import StripeModels

extension Dispute.Status {
    /// Disputes only go forward: inquiry, dispute, decision, appeal, last decision. Of two statuses the one of the higher
    /// rank is the later, in whichever order their events arrive. One that we do not know is taken for the beginning.
    var rank: Int {
        switch self {
        case .unknown: 0
        case .warningNeedsResponse: 1
        case .warningUnderReview: 2
        case .needsResponse: 3
        case .underReview: 4
        case .warningClosed: 5
        case .prevented: 6
        case .lost: 7
        case .appealNeedsResponse: 8
        case .appealUnderReview: 9
        case .won: 10
        }
    }

    /// Whether it keeps its order disputed: while it is open, and for good when it is lost. An inquiry that was closed
    /// took no money.
    var holdsOrder: Bool {
        switch self {
        case .won, .warningClosed, .prevented: false
        case .unknown, .warningNeedsResponse, .warningUnderReview, .needsResponse, .underReview, .appealNeedsResponse,
            .appealUnderReview, .lost:
            true
        }
    }

    func merged(with other: Self) -> Self { other.rank > rank ? other : self }
}
