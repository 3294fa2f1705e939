import Testing

@testable import Messaging

/// `CircuitBreaker` alone: where a failure takes it.
@Suite struct CircuitBreakerTests {
    private let second: Int64 = 1_000_000

    /// Failures so far, the pause that the next one brings in seconds; 0: it stays closed.
    static let pauses: [(failures: Int, seconds: Int64)] = [
        (0, 0), (1, 0), (2, 0), (3, 0), (4, 5), (5, 10), (6, 20), (7, 40), (8, 60), (9, 60), (20, 60), (1000, 60),
        (1_000_000_000, 60),
    ]

    @Test(arguments: pauses.indices)
    func `after five failures it opens for 5 s, then twice as long each time, up to 60 s`(_ index: Int) {
        let (failures, seconds) = Self.pauses[index]
        let before = CircuitBreaker(failures: failures, openUntil: failures < 5 ? nil : 100)
        let after = before.afterFailure(at: 1000)
        #expect(after.failures == failures + 1)
        #expect(after.openUntil == (seconds == 0 ? nil : 1000 + seconds * second))
    }

    @Test func `while it is open a failure says nothing new`() {
        let open = CircuitBreaker(failures: 5, openUntil: 1000)
        #expect(open.afterFailure(at: 999) == open)
        #expect(open.afterFailure(at: 1000).failures == 6)
    }

    @Test func `open until its time is over, then probing`() {
        #expect(CircuitBreaker(failures: 4, openUntil: nil).state(at: 0) == .closed)
        let open = CircuitBreaker(failures: 5, openUntil: 1000)
        #expect(open.state(at: 0) == .open)
        #expect(open.state(at: 999) == .open)
        #expect(open.state(at: 1000) == .probing)
        #expect(open.state(at: .max) == .probing)
    }
}
