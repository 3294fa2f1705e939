import Database
import Messaging
import TestSupport
import Testing

@Suite struct DeadLetterTests {
    @Test(arguments: Engine.all)
    func `a dead letter keeps its payload, its last error and every attempt`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job(String(repeating: "x", count: 2000), subject: "s", maxAttempts: 3))
            for error in ["first", "second"] {
                try await queue.retry(queue.claimOne(), error: error)
                try await test.advance(by: .seconds(1))
            }
            try await queue.bury(queue.claimOne(), error: "third")
            #expect(try await queue.attempts(of: id).map(\.error) == ["first", "second", "third"])
            #expect(try await queue.attempts(of: id).map(\.attempt) == [1, 2, 3])
            #expect(try await queue.row(id).lastError == "third")
            #expect(try await queue.payload(of: id)?.utf8.count == 2002)
            let dead = try await queue.jobs(JobFilter(state: "dead"), limit: 10)
            #expect(dead.map(\.id) == [id])
            #expect(try await queue.claimSome().isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a dead letter that is retried has fresh attempts and its old history`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job("payload", subject: "s", maxAttempts: 2))
            _ = try await queue.claimOne()
            try await test.advance(by: lease)
            try await queue.retry(queue.claimOne())
            try await queue.bury(queue.claimOne(), error: "dead")
            try await test.advance(by: .seconds(9))
            try await queue.operate { try JobQueue.retryDead(id, in: $0) }
            let row = try await queue.row(id)
            #expect(row.state == "ready")
            #expect((row.attempt, row.failures, row.crashes) == (0, 0, 0))
            #expect(row.finishedAt == nil)
            #expect(row.runAt == test.clock.now)
            let again = try await queue.claimOne()
            #expect((again.attempt, again.failures, again.isSuspect) == (1, 0, false))
            #expect(try again.text == "payload")
            try await queue.retry(again, error: "again")
            #expect(try await queue.attempts(of: id).map(\.error).suffix(2) == ["dead", "again"])
            #expect(try await queue.attempts(of: id).count == 4)
        }
    }

    @Test(arguments: Engine.all)
    func `a dead letter that is discarded is gone from the dead and stays in the books`(on engine: Engine) async throws
    {
        try await withQueue(on: engine) { queue, _ in
            let id = try await queue.add(try job())
            try await queue.bury(queue.claimOne(), error: "dead")
            try await queue.operate { try JobQueue.discard(id, in: $0) }
            #expect(try await queue.row(id).state == "discarded")
            #expect(try await queue.row(id).lastError == "dead")
            #expect(try await queue.jobs(JobFilter(state: "dead"), limit: 10).isEmpty)
            #expect(try await queue.statistics().isEmpty)
            #expect(try await queue.claimSome().isEmpty)
        }
    }

    static let notDead = ["scheduled", "ready", "blocked", "suspect", "leased", "done", "discarded"]

    @Test(arguments: Engine.all, notDead)
    func `only a dead letter can be retried or discarded`(on engine: Engine, _ state: String) async throws {
        try await withQueue(on: engine) { queue, test in
            let id = try await queue.add(try job(subject: "s"))
            try await queue.bring(id, to: state, test)
            let before = try await queue.state(of: id)
            for (wish, word) in [(JobQueue.retryDead, "retried"), (JobQueue.discard, "discarded")] {
                let refusal = await #expect(throws: QueueRefusal.self) {
                    try await queue.database.write { try wish(id, $0) }
                }
                #expect(refusal?.code == .notDead)
                #expect(
                    refusal?.description
                        == "Job \(id) is \(state), not dead; only a dead letter can be \(word).")
            }
            #expect(try await queue.state(of: id) == before)
        }
    }

    @Test(arguments: Engine.all)
    func `what does not exist is refused by name`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            for wish in [JobQueue.retryDead, JobQueue.discard] {
                let refusal = await #expect(throws: QueueRefusal.self) {
                    try await queue.database.write { try wish(JobID(rawValue: 4711), $0) }
                }
                #expect(refusal?.code == .notFound)
                #expect(refusal?.description.contains("job_4711") == true)
            }
            let row = try await queue.job(JobID(rawValue: 4711))
            #expect(row == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `a dead letter with a successor is not retried beside it`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            let id = try await queue.add(try job("first", key: "k"))
            try await queue.bury(queue.claimOne())
            let successor = try await queue.add(try job("second", key: "k"))
            let refusal = await #expect(throws: QueueRefusal.self) {
                try await queue.operate { connection in
                    do {
                        try JobQueue.retryDead(id, in: connection)
                    } catch {
                        // The transaction is whole still: an operator's loop goes on with the next one.
                        try JobQueue.enqueue(try job("after"), in: connection)
                        throw error
                    }
                }
            }
            #expect(refusal?.code == .keyTaken)
            #expect(try await queue.row(id).state == "dead")
            try await queue.finish(try #require(try await queue.claimSome().first { $0.id == successor }))
            try await queue.operate { try JobQueue.retryDead(id, in: $0) }
            #expect(try await queue.row(id).state == "ready")
        }
    }

    @Test(arguments: Engine.all)
    func `an operator's wish and its audit entry are one transaction`(on engine: Engine) async throws {
        struct Refused: Error {}
        try await withQueue(on: engine) { queue, _ in
            let id = try await queue.add(try job())
            try await queue.bury(queue.claimOne())
            await #expect(throws: Refused.self) {
                try await queue.operate { connection in
                    try JobQueue.retryDead(id, in: connection)
                    try AuditLog.record(AuditEntry(actor: "a", action: "job.retry", subject: "\(id)"), in: connection)
                    throw Refused()
                }
            }
            #expect(try await queue.row(id).state == "dead")
            #expect(try await queue.database.read { try AuditLog.entries(in: $0, limit: 10).count } == 0)
        }
    }

    @Test(arguments: Engine.all)
    func `the list of jobs pages from the newest and filters`(on engine: Engine) async throws {
        try await withQueue(on: engine) { queue, _ in
            try await queue.add(20) {
                try job(of: $0 % 2 == 0 ? kind : otherKind, for: $0 % 3 == 0 ? otherTenant : tenant)
            }
            let all = try await queue.jobs(limit: 100)
            #expect(all.map(\.id) == all.map(\.id).sorted().reversed())
            let first = try await queue.jobs(limit: 7)
            let second = try await queue.jobs(limit: 100, before: first[6].id)
            #expect(first.map(\.id) + second.map(\.id) == all.map(\.id))
            let some = try await queue.jobs(JobFilter(tenant: otherTenant, kind: otherKind), limit: 100)
            #expect(some.map(\.id) == all.filter { $0.tenant == otherTenant && $0.kind == otherKind }.map(\.id))
            #expect(try await queue.jobs(JobFilter(state: "done"), limit: 100).isEmpty)
        }
    }
}
