import StripeClient
import Synchronization

/// A clock that jumps over every sleep and remembers it.
final class TestClock: Sendable {
    private struct State {
        var now = Duration.zero
        var sleeps: [Duration] = []
    }

    private let state = Mutex(State())

    /// Where in its range every jitter falls: 0 is the lower bound, 1 the upper.
    let chance: Double

    private let timeout: @Sendable (Duration) async throws -> Void

    init(
        chance: Double = 1,
        timeout: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.chance = chance
        self.timeout = timeout
    }

    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    var stripeClock: StripeClock {
        StripeClock(
            now: { self.state.withLock { $0.now } },
            sleep: { time in
                try Task.checkCancellation()
                self.state.withLock {
                    $0.now += time
                    $0.sleeps.append(time)
                }
            },
            timeout: timeout,
            jitter: { $0.lowerBound + ($0.upperBound - $0.lowerBound) * self.chance })
    }
}
