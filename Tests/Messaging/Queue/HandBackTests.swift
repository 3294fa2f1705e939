import Database
import TestSupport
import Testing

@testable import Messaging

/// A job that is handed back keeps its place among those that came after it, however late it is by then.
@Suite struct HandBackTests {
    enum End: String, CaseIterable, Sendable { case released, releasedWithOthers, retried, expired }

    @Test(arguments: Engine.all, End.allCases)
    func `a job handed back without a delay is before what came after it, and as old as it is`(
        on engine: Engine, _ end: End
    ) async throws {
        try await withQueue(on: engine) { queue, test in
            let first = try await queue.add(try job("first", subject: "order"))
            let held = try await queue.claimOne()
            try await test.advance(by: .seconds(1))
            try await queue.add(try job("second", subject: "order"))
            try await queue.add(try job("third"))
            try await test.advance(by: lease)
            switch end {
            case .released: try await queue.release(held)
            case .releasedWithOthers: try await queue.release([held.lease], reason: "The worker shut down.")
            case .retried: try await queue.retry(held)
            case .expired: #expect(try await queue.claim([otherKind], limit: 1, lease: lease).isEmpty)
            }
            #expect(try await queue.row(first).runAt == TestClock.start)
            #expect(try await queue.statistics().map(\.oldestAge).max() == 31_000_000)
            #expect(try await queue.claimSome(1).map { try $0.text } == ["first"])
        }
    }

    @Test(arguments: Engine.all)
    func `with a delay it has its new time`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(2) { _ in try job() }
            let held = try await queue.claimSome(2)
            try await test.advance(by: .seconds(7))
            try await queue.release(held[0], after: .seconds(5))
            try await queue.retry(held[1], after: .seconds(5))
            for job in held { #expect(try await queue.row(job.id).runAt == TestClock.start + 12_000_000) }
        }
    }
}
