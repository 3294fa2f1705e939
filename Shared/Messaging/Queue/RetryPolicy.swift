/// How long to wait after a failed attempt, and when to give up. Delays carry ±20 % of jitter, so that jobs that failed
/// together do not come back together.
package struct RetryPolicy: Sendable {
    private let base: @Sendable (_ attempt: Int) -> Duration?

    /// `first`, then `factor` times the last, never more than `cap`, for `attempts` attempts in all.
    package static func exponential(first: Duration, factor: Double = 2, cap: Duration, attempts: Int) -> RetryPolicy {
        RetryPolicy { attempt in
            guard attempt < attempts else { return nil }
            var delay = first
            for _ in 1..<max(1, attempt) where delay < cap { delay = delay * factor }
            return min(delay, cap)
        }
    }

    /// One delay after each failed attempt; after the last of them, one more attempt.
    package static func schedule(_ delays: [Duration]) -> RetryPolicy {
        RetryPolicy { attempt in attempt <= delays.count ? delays[max(1, attempt) - 1] : nil }
    }

    /// - Parameter attempt: how many attempts have failed.
    /// - Returns: `nil` when there is no further attempt.
    package func delay(afterAttempt attempt: Int) -> Duration? {
        base(attempt).map { $0 * Double.random(in: 0.8...1.2) }
    }
}
