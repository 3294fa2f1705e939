import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// How often a worker looks that nobody wakes.
@Suite(.timeLimit(.minutes(2))) struct WorkerPollTests {
    @Test func `an idle worker looks ever more rarely, and often again after it found something`() async throws {
        let clock = WatchedClock()
        try await clock.withQueues { queue, other in
            let ran = Signals(of: ContinuousClock.Instant.self)
            let handler = Scripted { _, _ in ran.send(.now) }
            let pace = PollPace(first: .milliseconds(20), longest: .milliseconds(320))
            let rare = Duration.milliseconds(250)
            try await withWorker(queue, handler, pace: pace) {
                try await clock.waitForGap(in: rare...(.seconds(60)))
                try await other.add(try job())
                let found = try await ran.next()
                while try await clock.next() < found {}
                // 20, 40, 80 and 160 ms, as far as the machine keeps up; then rare again.
                let gaps = try await clock.waitForGap(in: rare...(.seconds(60)))
                #expect(gaps.contains { (.milliseconds(30)..<rare).contains($0) })
            }
        }
    }

    @Test func `an alarm that is set anew rings once`() async throws {
        let rings = Signals(of: Void.self)
        let count = Atomic(0)
        let alarm = Alarm {
            count.add(1, ordering: .relaxed)
            rings.send()
        }
        for round in 1...2 {
            for _ in 0..<1000 { alarm.set(.seconds(1000)) }
            for _ in 0..<1000 { alarm.set(.milliseconds(20)) }
            _ = try await rings.next()
            #expect(count.load(ordering: .relaxed) == round)
        }
    }
}

extension WatchedClock {
    /// - Returns: the gaps until then.
    @discardableResult
    fileprivate func waitForGap(in range: ClosedRange<Duration>) async throws -> [Duration] {
        var gaps: [Duration] = []
        var last = try await next()
        while gaps.last.map(range.contains) != true {
            let now = try await next()
            gaps.append(last.duration(to: now))
            last = now
        }
        return gaps
    }
}
