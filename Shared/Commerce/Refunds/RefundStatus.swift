/// Where a refund stands. It only goes forward, so that the order in which its events arrive does not matter: of two
/// statuses the one of the higher rank is the later. (At Stripe a refund that succeeded may fail; one that failed stays
/// so.)
package enum RefundStatus: String, Sendable, Hashable, CaseIterable {
    /// Ours; Stripe was not heard yet.
    case requested
    /// The buyer has to say where the money shall go; then it is on its way.
    case requiresAction = "requires_action"
    case pending
    case succeeded
    case canceled
    case failed

    var rank: Int {
        switch self {
        case .requested: 0
        case .requiresAction: 1
        case .pending: 2
        case .succeeded: 3
        case .canceled: 4
        case .failed: 5
        }
    }

    func merged(with other: RefundStatus) -> RefundStatus { other.rank > rank ? other : self }

    /// Whether the money is gone, or on its way: it cannot be refunded again.
    package var holdsMoney: Bool { self != .failed && self != .canceled }

    /// In Stripe's words, as callers see it.
    package var shown: String { self == .requested ? Self.pending.rawValue : rawValue }
}
