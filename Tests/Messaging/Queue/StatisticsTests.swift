import Database
import Messaging
import TestSupport
import Testing

@Suite struct StatisticsTests {
    @Test(arguments: Engine.all)
    func `statistics count what waits, runs and died, by kind, with the age of the oldest`(
        on engine: Engine
    ) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(1) { _ in try job("suspect") }
            _ = try await queue.claimOne()
            try await test.advance(by: lease)
            try await queue.add(6) { try job("\($0)", subject: $0 < 3 ? "s" : nil) }
            let claimed = try await queue.claimSome(3, suspects: false)
            try await queue.bury(claimed[1])
            try await queue.finish(claimed[2])
            try await queue.add(2) { _ in try job(of: otherKind) }
            try await queue.add(1) { _ in try job(of: otherKind, delay: .seconds(60)) }
            try await test.advance(by: .seconds(3))
            let counts = try await queue.statistics()
            #expect(
                counts.map { "\($0.kind) \($0.state) \($0.count) \($0.oldestAge)" } == [
                    "other ready 2 3000000", "other scheduled 1 0", "test blocked 2 3000000", "test dead 1 0",
                    "test leased 1 0", "test ready 1 3000000", "test suspect 1 33000000",
                ])
        }
    }

    @Test(arguments: Engine.all)
    func `an empty queue has no statistics, and nothing is due`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let counts = try await queue.statistics()
            #expect(counts.isEmpty)
            #expect(try await queue.nextDue() == nil)
            #expect(try await queue.pauses().isEmpty)
            #expect(try await queue.breakers().isEmpty)
            #expect(try await queue.shares().isEmpty)
        }
    }
}
