import Database
import Messaging
import TestSupport
import Testing

@Suite struct PauseTests {
    /// What each selector leaves of four lanes: `a`'s and `b`'s jobs of both kinds.
    static let cases: [(LaneSelector, Set<String>)] = [
        (LaneSelector(), []),
        (LaneSelector(tenant: tenant), ["b test", "b other"]),
        (LaneSelector(kind: kind), ["a other", "b other"]),
        (LaneSelector(tenant: otherTenant, kind: kind), ["a test", "a other", "b other"]),
        (LaneSelector(tenant: TenantID(rawValue: "ten_c")), ["a test", "a other", "b test", "b other"]),
    ]

    @Test(arguments: Engine.all, cases.indices)
    func `of paused lanes nothing is claimed, of others everything`(on engine: Engine, _ index: Int) async throws {
        let (lanes, left) = Self.cases[index]
        try await withTwoQueues(on: engine) { queue, other, test in
            for (owner, name) in [(tenant, "a"), (otherTenant, "b")] {
                for kind in [kind, otherKind] {
                    try await queue.add(try job("\(name) \(kind)", of: kind, for: owner))
                    try await queue.add(try job("\(name) \(kind)", of: kind, for: owner, delay: .seconds(1)))
                }
            }
            try await test.advance(by: .seconds(3))
            try await queue.operate { try JobQueue.pause(lanes, in: $0) }
            // The pause holds in every process at once.
            let claimed = try await other.claim([kind, otherKind], limit: 100, lease: lease)
            #expect(Set(try claimed.map { try $0.text }) == left)
            #expect(claimed.count == 2 * left.count)
            let pauses = try await queue.pauses()
            #expect(pauses.map(\.lanes) == [lanes])
            #expect(pauses.map(\.since) == [TestClock.start + 3_000_000])
            #expect(try await queue.operate { try JobQueue.resume(lanes, in: $0) })
            let rest = try await other.claim([kind, otherKind], limit: 100, lease: lease)
            #expect(rest.count == 8 - claimed.count)
            #expect(try await queue.pauses().isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `pauses lie over one another, each is lifted alone`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let selectors = [
                LaneSelector(), .init(tenant: tenant), .init(kind: kind), .init(tenant: tenant, kind: kind),
            ]
            for lanes in selectors { try await queue.operate { try JobQueue.pause(lanes, in: $0) } }
            try await test.advance(by: .seconds(1))
            // Twice is once, and the first time counts.
            try await queue.operate { try JobQueue.pause(LaneSelector(), in: $0) }
            #expect(try await queue.pauses().map(\.since) == Array(repeating: TestClock.start, count: 4))
            try await queue.add(try job())
            for lanes in selectors {
                #expect(try await queue.claimSome().isEmpty)
                #expect(try await queue.operate { try JobQueue.resume(lanes, in: $0) })
                #expect(try await !queue.operate { try JobQueue.resume(lanes, in: $0) })
            }
            #expect(try await queue.claimSome().count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `jobs that run when their lane is paused go on`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(3) { _ in try job() }
            let held = try await queue.claimSome()
            try await queue.operate { try JobQueue.pause(LaneSelector(kind: kind), in: $0) }
            try await test.advance(by: .seconds(20))
            #expect(try await queue.renew(held.map(\.lease), by: lease).isEmpty)
            try await queue.finish(held[0])
            try await queue.retry(held[1])
            try await test.advance(by: lease)
            #expect(try await queue.claimSome().isEmpty)
            try await queue.operate { _ = try JobQueue.resume(LaneSelector(kind: kind), in: $0) }
            #expect(try await queue.claimSome().count == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `a pause that is rolled back is none`(on engine: Engine) async throws {
        struct Refused: Error {}
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(try job())
            await #expect(throws: Refused.self) {
                try await queue.database.write { connection in
                    try JobQueue.pause(LaneSelector(), in: connection)
                    throw Refused()
                }
            }
            #expect(try await queue.claimSome().count == 1)
        }
    }
}
