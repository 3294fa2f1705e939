/// Keeps each tenant's calls within its rate: one in this process, or one that all processes share.
package protocol StripePacing: Sendable {
    /// Takes the next turn of `tenant` in a mode and says how long to wait for it. Asked before every try of a call.
    ///
    /// - Parameters:
    ///   - rate: calls a second.
    ///   - longest: a turn further away is not taken.
    /// - Throws: when it cannot be asked. The client then goes by a pacing of its own.
    func wait(for tenant: String, livemode: Bool, rate: Double, longest: Duration) async throws -> StripeTurn
}

/// When it is a call's turn.
package enum StripeTurn: Hashable, Sendable {
    case after(Duration)
    /// The next turn is that far away, which is further than the call may wait; it was not taken.
    case tooFar(Duration)
}
