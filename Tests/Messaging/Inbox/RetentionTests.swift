import Database
import Messaging
import TestSupport
import Testing

@Suite struct RetentionTests {
    private static let age = Duration.seconds(30 * 86_400)

    private func remove(_ queue: JobQueue, limit: Int = 1000) async throws -> Int {
        try await queue.database.write { try Retention(olderThan: Self.age).removeSome(limit: limit, in: $0) }
    }

    @Test(arguments: Engine.all)
    func `what is settled and old goes, with payload and attempts`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let long = String(repeating: "x", count: 2000)
            try await queue.add(try job(long))
            try await queue.retry(queue.claimOne())
            try await queue.finish(queue.claimOne())
            let discarded = try await queue.add(try job(long))
            try await queue.bury(queue.claimOne())
            try await queue.operate { try JobQueue.discard(discarded, in: $0) }
            let inbox = EventInbox(queue.database)
            for state in [EventState.applied, .ignored] {
                try await inbox.add(received("evt_\(state)"))
                try await queue.settle(state)
            }
            try await inbox.add(received("evt_kept", state: .kept))
            // To the microsecond: what is as old as the age stays.
            try await test.advance(by: Self.age)
            #expect(try await remove(queue) == 0)
            #expect(try await queue.rows(of: "jobs", "events", "job_payloads", "job_attempts") == [4, 3, 2, 2])
            try await test.advance(by: .microseconds(1))
            #expect(try await remove(queue) > 0)
            #expect(try await queue.rows(of: "jobs", "events", "job_payloads", "job_attempts") == [0, 0, 0, 0])
            #expect(try await remove(queue) == 0)
        }
    }

    @Test(arguments: Engine.all)
    func `what is unfinished, dead or audited stays for ever`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let inbox = EventInbox(queue.database)
            try await inbox.add(received("evt_dead"))
            try await queue.settle(.failed)
            try await inbox.add(received("evt_pending"))
            try await queue.add(try job("dead", subject: "s"))
            try await queue.add(try job(String(repeating: "x", count: 2000), delay: Self.age * 3))
            try await queue.bury(try #require(try await queue.claimSome().first { try $0.text == "dead" }))
            try await queue.add(2) { _ in try job(subject: "busy") }
            _ = try await queue.claimSome()
            try await queue.operate { connection in
                try AuditLog.record(AuditEntry(actor: "a", action: "x", subject: "y"), in: connection)
                try JobQueue.pause(LaneSelector(kind: otherKind), in: connection)
            }
            let before = try await queue.rows(of: "jobs", "job_payloads", "job_attempts", "audit_log", "queue_pauses")
            try await test.advance(by: Self.age * 2)
            _ = try await remove(queue)
            #expect(
                try await queue.rows(of: "jobs", "job_payloads", "job_attempts", "audit_log", "queue_pauses") == before)
            #expect(try await inbox.events(EventSelection(state: .pending), limit: 10).count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `the event of a dead letter stays as long as the dead letter`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let inbox = EventInbox(queue.database)
            let id = try await inbox.add(received("evt_1"))
            try await queue.settle(.failed)
            try await test.advance(by: Self.age * 2)
            _ = try await remove(queue)
            // An operator mends what was wrong and retries it: it needs its event.
            let dead = try #require(try await queue.jobs(JobFilter(state: "dead"), limit: 1).first)
            try await queue.operate { connection in
                try JobQueue.retryDead(dead.id, in: connection)
                try EventInbox.mark(id, .pending, in: connection)
            }
            #expect(try await queue.claimOne([applyKind]).event == id)
            #expect(try await queue.database.read { try EventInbox.event(id, in: $0) } != nil)
        }
    }

    @Test(arguments: Engine.all)
    func `a failed event goes by its age once nothing waits for it`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let inbox = EventInbox(queue.database)
            let refused = try await inbox.add(received("evt_refused"))
            // Its order did not take it: the job is done.
            let job = try await queue.claimOne([applyKind])
            try await queue.operate { connection in
                try JobQueue.complete(job.lease, in: connection)
                try EventInbox.mark(refused, .failed, in: connection)
                try EventInbox.settle(refused, in: connection)
            }
            let dead = try await inbox.add(received("evt_dead"))
            try await queue.settle(.failed)
            try await test.advance(by: Self.age * 2)
            _ = try await remove(queue)
            #expect(try await inbox.events(limit: 10).map(\.id) == [dead])
            let letter = try #require(try await queue.jobs(JobFilter(state: "dead"), limit: 1).first)
            try await queue.operate { connection in
                try JobQueue.discard(letter.id, in: connection)
                try EventInbox.settle(dead, in: connection)
            }
            _ = try await remove(queue)
            #expect(try await inbox.events(limit: 10).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `only a failed event is settled from outside`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let inbox = EventInbox(queue.database)
            // It waits again.
            let id = try await inbox.add(received("evt_1"))
            try await queue.settle(.failed)
            try await queue.operate { connection in
                _ = try EventInbox.replay(
                    [id], of: EventSelection(), job: { try applying($0.id, for: $0.tenant) }, in: connection)
                try EventInbox.settle(id, in: connection)
            }
            try await test.advance(by: Self.age * 2)
            _ = try await remove(queue)
            #expect(try await inbox.events(limit: 10).map(\.state) == ["pending"])
            // And fails once more.
            try await queue.settle(.failed)
            _ = try await remove(queue)
            #expect(try await inbox.events(limit: 10).map(\.state) == ["failed"])
        }
    }

    @Test(arguments: Engine.all)
    func `age counts from the end of a job, not from its beginning`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            try await queue.add(try job(delay: Self.age))
            try await test.advance(by: Self.age + .seconds(1))
            try await queue.finish(queue.claimOne())
            #expect(try await remove(queue) == 0)
            try await test.advance(by: Self.age + .seconds(1))
            #expect(try await remove(queue) == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `it goes in batches, the oldest first, and says when it is done`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let inbox = EventInbox(queue.database)
            for number in 0..<25 {
                try await inbox.add(received("evt_\(number)", state: .kept))
                try await test.advance(by: .seconds(1))
            }
            try await queue.add(12) { _ in try job() }
            #expect(try await queue.finish(queue.claimSome(20)).isEmpty)
            try await test.advance(by: Self.age + .seconds(1))
            #expect(try await remove(queue, limit: 10) == 10)
            #expect(try await queue.rows(of: "events", "jobs") == [15, 2])
            #expect(try await inbox.events(limit: 100).map(\.stripeEventID).contains("evt_9") == false)
            #expect(try await remove(queue, limit: 10) == 10)
            #expect(try await queue.rows(of: "events", "jobs") == [5, 0])
            #expect(try await remove(queue, limit: 10) == 5)
            #expect(try await queue.rows(of: "events", "jobs") == [0, 0])
        }
    }
}

extension JobQueue {
    /// How many rows each table has.
    func rows(of tables: String...) async throws -> [Int] {
        try await database.read { connection in
            try tables.map { try connection.row("SELECT COUNT(*) AS count FROM \($0)")?.get("count") ?? 0 }
        }
    }
}
