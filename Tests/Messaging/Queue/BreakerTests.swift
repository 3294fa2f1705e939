import Database
import Messaging
import TestSupport
import Testing

@Suite struct BreakerTests {
    @Test(arguments: Engine.all)
    func `five failures in a row open the lane, for all workers, and no other lane`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            try await queue.add(20) { _ in try job() }
            for failures in 1...5 {
                #expect(try await queue.breakers().isEmpty)
                let failed = try await other.claimOne()
                try await queue.note(.unreachable, failed)
                #expect(try await queue.row(failed.id).failures == failures)
            }
            try await queue.add(try job(of: otherKind))
            try await queue.add(try job(for: otherTenant))
            let open = try #require(try await queue.breakers().first)
            #expect((open.tenant, open.kind, open.failures) == (tenant, kind, 5))
            #expect(open.openUntil == TestClock.start + 5_000_000)
            for mine in [queue, other] {
                let claimed = try await mine.claim([kind, otherKind], limit: 30, lease: lease)
                #expect(Set(claimed.map { "\($0.tenant) \($0.kind)" }) == ["ten_a other", "ten_b test"])
                for job in claimed { try await mine.release(job) }
            }
            try await test.advance(by: .microseconds(4_999_999))
            #expect(try await other.claimSome(30).allSatisfy { $0.tenant != tenant })
        }
    }

    @Test(arguments: Engine.all)
    func `after the pause there is one probe over all workers`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            try await queue.fail(tenant, kind, 5)
            try await queue.add(40) { _ in try job() }
            try await test.advance(by: .seconds(5))
            let probes = try await withThrowingTaskGroup(of: [ClaimedJob].self) { group in
                for number in 0..<16 {
                    let mine = number.isMultiple(of: 2) ? queue : other
                    group.addTask { try await mine.claimSome(5) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(probes.count == 1)
            // One that is handed back untried leaves its turn to another.
            try await queue.release(probes[0], after: .seconds(1))
            let probe = try await other.claimOne()
            #expect(try await queue.claimSome().isEmpty)
            // A probe whose worker dies is no probe any more.
            try await test.advance(by: lease)
            #expect(try await queue.claimSome().map(\.id) == [probe.id])
        }
    }

    @Test(arguments: Engine.all)
    func `a job that waits for its subject is passed over as a probe`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.fail(tenant, kind, 5)
            try await queue.add(try job(of: otherKind, subject: "s0"))
            _ = try await queue.claimOne([otherKind])
            try await queue.add(try job(subject: "s0"))
            let free = try await queue.add(try job())
            try await queue.add(try job())
            let live = try await queue.add(try job(of: otherKind))
            try await test.advance(by: .seconds(5))
            let claimed = try await queue.claim([kind, otherKind], limit: 3, lease: lease)
            #expect(claimed.map(\.id) == [free, live])
        }
    }

    @Test(arguments: Engine.all)
    func `each failed probe doubles the pause up to a minute, a success closes`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(40) { _ in try job() }
            try await queue.fail(tenant, kind, 5)
            for seconds in [5, 10, 20, 40, 60, 60, 60] {
                try await test.advance(by: .seconds(seconds) - .microseconds(1))
                #expect(try await queue.claimSome().isEmpty)
                try await test.advance(by: .microseconds(1))
                let probe = try await queue.claimOne()
                #expect(try await queue.claimSome().isEmpty)
                try await queue.note(.unreachable, probe)
            }
            try await test.advance(by: .seconds(60))
            let probe = try await queue.claimOne()
            try await queue.database.write { connection in
                try JobQueue.complete(probe.lease, in: connection)
                try CircuitBreaker.note(.answered, tenant: tenant, kind: kind, in: connection)
            }
            #expect(try await queue.breakers().isEmpty)
            #expect(try await queue.claimSome(100).count == 39)
            // All is forgiven: it takes five again.
            try await queue.fail(tenant, kind, 4)
            #expect(try await queue.breakers().isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `an answer in between, even a refusal, breaks the row of failures`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(1) { _ in try job() }
            for _ in 0..<3 {
                try await queue.fail(tenant, kind, 4)
                try await queue.note(.answered, queue.claimOne())
                #expect(try await queue.breakers().isEmpty)
            }
            try await queue.fail(tenant, kind, 5)
            #expect(try await queue.breakers().count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `jobs under way when the lane opened say nothing new`(on engine: Engine) async throws {
        try await withTwoQueues(on: engine) { queue, other, test in
            try await queue.add(16) { _ in try job() }
            let held = try await queue.claimSome(16)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, job) in held.enumerated() {
                    let mine = number.isMultiple(of: 2) ? queue : other
                    group.addTask { try await mine.note(.unreachable, job) }
                }
                try await group.waitForAll()
            }
            let open = try #require(try await queue.breakers().first)
            #expect(open.failures == 5)
            #expect(open.openUntil == TestClock.start + 5_000_000)
        }
    }

    @Test(arguments: Engine.all)
    func `a claim that lost its lease says nothing of the destination`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.fail(tenant, kind, 4)
            try await queue.add(try job())
            let lost = try await queue.claimOne()
            try await test.advance(by: lease)
            _ = try await queue.claimOne()
            await #expect(throws: LeaseLost.self) { try await queue.note(.unreachable, lost) }
            #expect(try await queue.breakers().isEmpty)
        }
    }
}

extension JobQueue {
    func fail(_ tenant: TenantID, _ kind: JobKind, _ times: Int) async throws {
        for _ in 0..<times {
            try await database.write { try CircuitBreaker.note(.unreachable, tenant: tenant, kind: kind, in: $0) }
        }
    }

    /// Hands the job back with what was found out about its destination.
    func note(_ destination: JobFailure.Destination, _ job: ClaimedJob) async throws {
        try await retry(
            job.lease, after: .zero, error: "x", destination: (destination, of: job.kind, tenant: job.tenant))
    }
}
