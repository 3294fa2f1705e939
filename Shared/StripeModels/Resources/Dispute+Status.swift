extension Dispute {
    /// Where a dispute stands. The warnings are inquiries, which have not taken the money yet.
    package enum Status: OpenEnum {
        case warningNeedsResponse
        case warningUnderReview
        case warningClosed
        case needsResponse
        case underReview
        case appealNeedsResponse
        case appealUnderReview
        case won
        case lost
        case prevented
        case unknown(String)

        package static let known: [String: Self] = [
            "warning_needs_response": .warningNeedsResponse,
            "warning_under_review": .warningUnderReview,
            "warning_closed": .warningClosed,
            "needs_response": .needsResponse,
            "under_review": .underReview,
            "appeal_needs_response": .appealNeedsResponse,
            "appeal_under_review": .appealUnderReview,
            "won": .won,
            "lost": .lost,
            "prevented": .prevented,
        ]

        package var unknownName: String? {
            if case .unknown(let name) = self { name } else { nil }
        }
    }
}
