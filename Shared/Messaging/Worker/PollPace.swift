import Synchronization

/// How long a worker waits between two polls: they run under wake-ups, which may be lost, and grow rare while there is
/// nothing to do. Jittered, lest all workers ask at once.
final class PollPace: Sendable {
    static let first: Duration = .milliseconds(250)
    static let longest: Duration = .seconds(2)

    private let polls = Atomic(0)

    func next() -> Duration {
        let count = polls.add(1, ordering: .relaxed).oldValue
        return min(Self.first * (1 << min(count, 10)), Self.longest) * Double.random(in: 0.8...1.2)
    }

    /// Something was found: more may follow soon.
    func quicken() { polls.store(0, ordering: .relaxed) }
}
