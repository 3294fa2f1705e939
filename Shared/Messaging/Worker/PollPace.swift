import Synchronization

/// How long a worker waits before it looks for jobs without being woken: wake-ups may be lost. Looks grow rare while there
/// is nothing to do. Jittered, lest all workers ask at once.
final class PollPace: Sendable {
    private let first: Duration
    private let longest: Duration
    private let looks = Atomic(0)

    init(first: Duration = .milliseconds(250), longest: Duration = .seconds(2)) {
        self.first = first
        self.longest = longest
    }

    func next() -> Duration {
        let count = looks.add(1, ordering: .relaxed).oldValue
        return min(first * (1 << min(count, 10)), longest) * Double.random(in: 0.8...1.2)
    }

    /// Something was found: more may follow soon.
    func quicken() { looks.store(0, ordering: .relaxed) }
}
