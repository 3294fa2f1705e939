import Testing

@testable import Messaging

/// That it ends a process whose threads are blocked is in the crash tests.
@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
    @Test func `silence is counted in looks, and a beat ends it`() {
        var silence = Silence()
        let looks = [1, 2, 3].flatMap { Array(repeating: $0, count: Silence.limit) }
        #expect(!looks.map { silence.isTooLong(after: $0) }.contains(true))
        // However long a process was suspended, it looked but once.
        let more = (0..<Silence.limit).map { _ in silence.isTooLong(after: 3) }
        #expect(more.firstIndex(of: true) == 0)
        #expect(more.filter { $0 }.count == 1)
    }

    @Test func `it calls when no beat comes, and no more once it is stopped`() async throws {
        let (watchdog, calls) = (Watchdog(), Signals(of: Void.self))
        watchdog.start(patience: .milliseconds(20)) { calls.send() }
        _ = try await calls.next(2)
        watchdog.stop()
    }
}
