/// Time and chance as the client sees them; a test puts its own in.
package struct StripeClock: Sendable {
    /// Time that has passed since some fixed moment.
    package let now: @Sendable () -> Duration
    /// Waits between tries and for a tenant's turn.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// Returns when a try has taken as long as it may.
    package let timeout: @Sendable (Duration) async throws -> Void
    /// A factor from the range, each as likely as the next.
    package let jitter: @Sendable (ClosedRange<Double>) -> Double

    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
        timeout: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        jitter: @escaping @Sendable (ClosedRange<Double>) -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.timeout = timeout
        self.jitter = jitter
    }

    package static let system: StripeClock = {
        let start = ContinuousClock.now
        return StripeClock(
            now: { ContinuousClock.now - start },
            sleep: { try await Task.sleep(for: $0) },
            jitter: { Double.random(in: $0) })
    }()
}
