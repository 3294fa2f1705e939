import Database
import Messaging
import TestSupport
import Testing

/// What an idle worker asks before it claims again.
@Suite struct NextClaimTests {
    enum Obstacle: String, CaseIterable, Sendable {
        case pauseOfAll, pauseOfTenant, pauseOfKind, pauseOfLane, limit, breaker, busySubject, suspectOfThisWorker
    }

    @Test(arguments: Engine.all, Obstacle.allCases)
    func `what a claim would pass over asks for none, until it is free again`(
        on engine: Engine, _ obstacle: Obstacle
    ) async throws {
        try await withQueue(on: engine) { queue, test in
            let free = try await put(obstacle, before: queue, test)
            let suspects = obstacle != .suspectOfThisWorker
            // The first claim in vain may put jobs where they wait, and the first of them wait for their time.
            #expect(try await queue.claimSome(suspects: suspects).isEmpty)
            #expect(try #require(try await queue.nextDue()) <= .zero)
            let next = try await queue.nextClaim([kind], suspects: suspects)
            #expect(next.map { $0 > .zero } ?? true)
            try await free()
            #expect(try await queue.nextClaim([kind]) == .zero)
            #expect(try await queue.claimSome().count == 1)
        }
    }

    /// - Returns: what takes the obstacle away.
    private func put(
        _ obstacle: Obstacle, before queue: JobQueue, _ test: TestDatabase
    ) async throws -> () async throws -> Void {
        switch obstacle {
        case .pauseOfAll: return try await pause(LaneSelector(), queue)
        case .pauseOfTenant: return try await pause(LaneSelector(tenant: tenant), queue)
        case .pauseOfKind: return try await pause(LaneSelector(kind: kind), queue)
        case .pauseOfLane: return try await pause(LaneSelector(tenant: tenant, kind: kind), queue)
        case .limit:
            try await queue.operate { try JobQueue.setShare(of: tenant, weight: 1, limit: 1, in: $0) }
            try await queue.add(2) { _ in try job() }
            let held = try await queue.claimOne()
            return { try await queue.finish(held) }
        case .breaker:
            try await queue.add(try job())
            try await queue.fail(tenant, kind, 5)
            return { try await test.advance(by: .seconds(5)) }
        case .busySubject:
            try await queue.add(2) { _ in try job(subject: "s") }
            let held = try await queue.claimOne()
            return { try await queue.finish(held) }
        case .suspectOfThisWorker:
            try await queue.add(try job())
            _ = try await queue.claimOne()
            try await test.advance(by: lease)
            return {}
        }
    }

    @Test(arguments: Engine.all)
    func `it says when the next one has its time`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            #expect(try await queue.nextClaim([kind]) == nil)
            try await queue.add(try job(of: otherKind))
            #expect(try await queue.nextClaim([kind]) == nil)
            #expect(try await queue.nextClaim([kind, otherKind]) == .zero)
            try await queue.add(try job(delay: .seconds(60)))
            #expect(try await queue.nextClaim([kind]) == .seconds(60))
            try await queue.fail(otherTenant, kind, 5)
            #expect(try await queue.nextClaim([kind]) == .seconds(5))
            try await test.advance(by: .seconds(5))
            #expect(try await queue.nextClaim([kind]) == .seconds(55))
            // Neither a lease that has ended nor a job that is due is found by a claim that nobody makes.
            _ = try await queue.claim([otherKind], limit: 1, lease: lease)
            #expect(try await queue.nextClaim([kind]) == lease)
            try await test.advance(by: lease)
            #expect(try await queue.nextClaim([kind]) == .zero)
            #expect(try await queue.claimSome().isEmpty)
            try await test.advance(by: lease)
            #expect(try await queue.nextClaim([kind]) == .zero)
        }
    }

    private func pause(_ lanes: LaneSelector, _ queue: JobQueue) async throws -> () async throws -> Void {
        try await queue.add(try job())
        try await queue.operate { try JobQueue.pause(lanes, in: $0) }
        return { _ = try await queue.operate { try JobQueue.resume(lanes, in: $0) } }
    }
}
