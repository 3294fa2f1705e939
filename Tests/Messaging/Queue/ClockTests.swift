import Database
import Logging
import Messaging
import TestSupport
import Testing

/// A worker's own clock decides nothing. On PostgreSQL each host has one, and the server's counts; the processes that
/// share a SQLite file share their host and with it its clock, so there is no second one that could be wrong.
@Suite(.timeLimit(.minutes(2))) struct ClockTests {
    private static let shared = Engine.all.filter { $0 == .postgres }
    private static let hours: [Int64] = [-1, 1]

    /// Another process on the same data, its own clock wrong by so many hours.
    private func withSkewed(
        _ engine: Engine, hours: Int64, _ body: (JobQueue, JobQueue, TestDatabase) async throws -> Void
    ) async throws {
        try await withQueue(on: engine) { queue, test in
            var options = DatabaseOptions()
            options.connections = 2
            let clock = test.clock
            options.clock = { clock.now + hours * 3_600_000_000 }
            let database = try Database.open(test.url, options: options, logger: quiet)
            do {
                try await body(queue, JobQueue(database), test)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    @Test(arguments: shared, hours)
    func `a claimer an hour off takes no live lease and no job too early`(on engine: Engine, hours: Int64) async throws
    {
        try await withSkewed(engine, hours: hours) { queue, skewed, test in
            let held = try await queue.addAndClaim(try job("held"))
            try await queue.add(try job("later", delay: .seconds(60)))
            #expect(try await skewed.claimSome().isEmpty)
            #expect(try await skewed.nextDue() == lease)
            try await test.advance(by: .seconds(60))
            #expect(try await skewed.claimSome(10, suspects: false).map { try $0.text } == ["later"])
            #expect(try await skewed.renew([held.lease], by: lease) == [held.lease])
        }
    }

    @Test(arguments: shared, hours)
    func `a lease taken and renewed by it ends when it should`(on engine: Engine, hours: Int64) async throws {
        try await withSkewed(engine, hours: hours) { queue, skewed, test in
            let held = try await skewed.addAndClaim(try job(delay: .zero))
            try await test.advance(by: lease - .microseconds(1))
            #expect(try await queue.claimSome().isEmpty)
            #expect(try await skewed.renew([held.lease], by: lease).isEmpty)
            try await test.advance(by: lease - .microseconds(1))
            #expect(try await queue.claimSome().isEmpty)
            try await test.advance(by: .microseconds(1))
            #expect(try await queue.claimSome().count == 1)
        }
    }

    @Test(arguments: shared, hours)
    func `what it schedules, pauses, buries and audits carries the server's time`(
        on engine: Engine, hours: Int64
    ) async throws {
        try await withSkewed(engine, hours: hours) { queue, skewed, _ in
            let retried = try await skewed.addAndClaim(try job())
            try await skewed.retry(retried, after: .seconds(5))
            let buried = try await skewed.addAndClaim(try job())
            try await skewed.bury(buried)
            try await skewed.fail(tenant, kind, 5)
            try await skewed.operate { connection in
                try JobQueue.pause(LaneSelector(), in: connection)
                try AuditLog.record(AuditEntry(actor: "a", action: "x", subject: "y"), in: connection)
            }
            #expect(try await queue.row(retried.id).runAt == TestClock.start + 5_000_000)
            #expect(try await queue.row(buried.id).finishedAt == TestClock.start)
            #expect(try await queue.breakers().map(\.openUntil) == [TestClock.start + 5_000_000])
            #expect(try await queue.pauses().map(\.since) == [TestClock.start])
            #expect(
                try await queue.database.read { try AuditLog.entries(in: $0, limit: 1).map(\.at) } == [TestClock.start])
            let duty = Duty("sweep", every: .seconds(3600))
            let turn = try #require(try await duty.take(in: skewed.database))
            #expect(try await duty.take(in: queue.database) == nil)
            try await turn.finish(in: skewed.database)
            #expect(try await duty.take(in: skewed.database) == nil)
        }
    }

    @Test(arguments: shared, hours)
    func `a worker an hour off runs what is due and renews what it runs`(on engine: Engine, hours: Int64) async throws {
        try await withSkewed(engine, hours: hours) { queue, skewed, _ in
            let ran = Signals(of: String.self)
            try await queue.add(5) { try job("\($0)") }
            try await queue.add(try job("too early", delay: .seconds(1800)))
            try await withWorker(skewed, Scripted { job, _ in ran.send(try job.text) }) {
                let all = try await Set(ran.next(5))
                #expect(all == ["0", "1", "2", "3", "4"])
            }
            let states = try await queue.states()
            #expect(states.count(where: { $0 == "done" }) == 5)
            #expect(states.last == "scheduled")
        }
    }
}

extension JobQueue {
    fileprivate func addAndClaim(_ job: NewJob) async throws -> ClaimedJob {
        try await add(job)
        return try await claimOne()
    }
}
