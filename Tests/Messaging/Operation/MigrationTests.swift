import Database
import TestSupport
import Testing

@testable import Messaging

/// A database of the first schema, in use, moved to the present one.
@Suite struct MigrationTests {
    private static let second: Int64 = 1_000_000
    private static let now = TestClock.start

    private struct OldJob {
        var kind = "test"
        let state: String
        var key: String? = nil
        var payload = "\"short\""
        var attempt: Int64 = 1
        var failures: Int64 = 0
        var runAt = now
        var token: String?
        var until: Int64?
        var error: String?
        var finished: Int64?
    }

    /// Every state, in every shape that it could have.
    private static let old = [
        OldJob(state: "ready", attempt: 0),
        OldJob(
            state: "ready", key: "k", payload: "\"\(String(repeating: "x", count: 3000))\"", attempt: 3, failures: 2,
            error: "no answer"),
        OldJob(state: "ready", runAt: now + 60 * second),
        OldJob(state: "leased", key: "l", runAt: now - second, token: "token-live", until: now + 10 * second),
        OldJob(state: "leased", attempt: 4, runAt: now - 40 * second, token: "token-old", until: now - 10 * second),
        OldJob(state: "done", key: "k", attempt: 2, failures: 1, finished: now - 5 * second),
        OldJob(state: "done", finished: nil),
        OldJob(state: "dead", key: "l", attempt: 25, failures: 25, error: "hopeless", finished: now - second),
        OldJob(state: "dead", error: "no end", finished: nil),
        OldJob(kind: "apply_stripe_event", state: "ready", payload: "{\"event\":\"\(id(of: .pending))\"}", attempt: 0),
    ]

    private static func id(of state: EventState) -> String {
        "whe_" + (state.rawValue + String(repeating: "0", count: 26)).prefix(26)
    }

    private func withOldDatabase(
        on engine: Engine, upTo version: Int, _ body: (JobQueue, TestDatabase) async throws -> Void
    ) async throws {
        let first = MessagingSchema.migrations.filter { $0.version <= version }
        try await withDatabase(on: engine, migrations: first) { test in
            try await test.database.write { connection in
                for state in EventState.allCases where version >= 2 || state != .pending {
                    try Self.insert(state, in: connection)
                }
                for job in version >= 2 ? Self.old : [] { try Self.insert(job, in: connection) }
            }
            _ = try await test.database.migrate(MessagingSchema.migrations)
            try await body(JobQueue(test.database), test)
            try await expectInvariants(of: test.database)
        }
    }

    private static func insert(_ state: EventState, in connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO events (id, tenant_id, livemode, stripe_event_id, type, created, received_at, endpoint_id,
                signature, body, state, settled_at) VALUES ($1, 'ten_a', $2, $1, 'a', 1, $3, 'we', 's', $4, $5, $6)
            """, id(of: state), state == .kept, now, Array(state.rawValue.utf8) + [0, 255], state.rawValue,
            state == .pending || state == .kept ? nil : now)
    }

    private static func insert(_ job: OldJob, in connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO jobs (kind, tenant_id, payload, unique_key, state, attempt, max_attempts, failures, run_at,
                lease_token, lease_until, last_error, created_at, finished_at)
            VALUES ($12, 'ten_a', $1, $2, $3, $4, 25, $5, $6, $7, $8, $9, $10, $11)
            """, job.payload, job.key, job.state, job.attempt, job.failures, job.runAt, job.token, job.until, job.error,
            now - 60 * second, job.finished, job.kind)
    }

    @Test(arguments: Engine.all)
    func `nothing is lost, and each job is where it was`(on engine: Engine) async throws {
        try await withOldDatabase(on: engine, upTo: 2) { queue, _ in
            let rows = try await queue.jobs(limit: 100).reversed()
            #expect(
                rows.map(\.state)
                    == ["ready", "ready", "scheduled", "leased", "leased", "done", "done", "dead", "dead", "ready"])
            #expect(rows.map(\.id.rawValue) == Array(1...10))
            #expect(rows.map { Int64($0.attempt) } == Self.old.map(\.attempt))
            #expect(rows.map { Int64($0.failures) } == Self.old.map(\.failures))
            #expect(rows.map(\.runAt) == Self.old.map(\.runAt))
            #expect(rows.map(\.lastError) == Self.old.map(\.error))
            #expect(
                rows.map(\.kind.rawValue) == Self.old.map(\.kind))
            #expect(rows.allSatisfy { $0.tenant == tenant && $0.priority == .normal && $0.crashes == 0 })
            #expect(rows.allSatisfy { $0.maxAttempts == 25 && $0.createdAt == Self.now - 60 * Self.second })
            for (row, old) in zip(rows, Self.old) {
                #expect(try await queue.payload(of: row.id) == old.payload)
                if old.finished != nil { #expect(row.finishedAt == old.finished) }
            }
            let events = try await EventInbox(queue.database).events(limit: 100)
            #expect(Set(events.map(\.state)) == Set(EventState.allCases.map(\.rawValue)))
            for row in events {
                let event = try await queue.database.read { try EventInbox.event(row.id, in: $0) }
                #expect(event?.body == Array(row.state.utf8) + [0, 255])
            }
        }
    }

    @Test(arguments: Engine.all)
    func `what ran before goes on, and what was held is held`(on engine: Engine) async throws {
        try await withOldDatabase(on: engine, upTo: 2) { queue, test in
            let live = Lease(job: JobID(rawValue: 4), token: "token-live")
            #expect(try await queue.renew([live], by: lease).isEmpty)
            let claimed = try await queue.claim([kind, applyKind], limit: 10, lease: lease)
            // Those that are due, and the one whose lease had ended.
            #expect(Set(claimed.map(\.id.rawValue)) == [1, 2, 5, 10])
            #expect(claimed.map(\.attempt).sorted() == [1, 1, 4, 4])
            for job in claimed where job.kind == kind { try await queue.finish(job) }
            try await queue.release(try #require(claimed.first { $0.kind == applyKind }))
            #expect(try await queue.complete([live]).isEmpty)
            try await test.advance(by: .seconds(60))
            #expect(try await queue.claimOne().id.rawValue == 3)
            try await queue.operate { try JobQueue.retryDead(JobID(rawValue: 9), in: $0) }
            #expect(try await queue.claimOne().id.rawValue == 9)
        }
    }

    @Test(arguments: Engine.all)
    func `of the failed events those stay whose dead letter waits`(on engine: Engine) async throws {
        let before = MessagingSchema.migrations.filter { $0.version <= 4 }
        try await withDatabase(on: engine, migrations: before) { test in
            let queue = JobQueue(test.database)
            try await test.database.write { connection in
                for name in ["evt_dead", "evt_refused"] {
                    let id = EventID.new()
                    try connection.execute(
                        """
                        INSERT INTO events (id, tenant_id, livemode, stripe_event_id, type, created, endpoint_id, signature,
                            body, state, received_at)
                        VALUES ($1, $2, FALSE, $3, 'a.b', 0, 'we_1', '', $4, 'pending', now_us())
                        """, id, tenant, name, Array("{}".utf8))
                    try JobQueue.enqueue(try applying(id, for: tenant), in: connection)
                }
            }
            let jobs = try await queue.claim([applyKind], limit: 2, lease: lease)
            try await queue.bury(try #require(jobs.first))
            #expect(try await queue.finish(Array(jobs.dropFirst())).isEmpty)
            // As the release before this one left them.
            try await test.database.write {
                try $0.execute("UPDATE events SET state = 'failed', settled_at = now_us()")
            }
            _ = try await test.database.migrate(MessagingSchema.migrations)
            try await test.advance(by: .seconds(40 * 86_400))
            let retention = Retention(olderThan: .seconds(30 * 86_400))
            _ = try await test.database.write { try retention.removeSome(limit: 10, in: $0) }
            #expect(try await EventInbox(test.database).events(limit: 10).map(\.stripeEventID) == ["evt_dead"])
            try await expectInvariants(of: test.database)
        }
    }

    @Test(arguments: Engine.all)
    func `numbers go on, and keys hold`(on engine: Engine) async throws {
        try await withOldDatabase(on: engine, upTo: 2) { queue, _ in
            #expect(try await queue.tryAdd(try job(key: "k")) == nil)
            #expect(try await queue.tryAdd(try job(key: "l")) == nil)
            #expect(try await queue.add(try job(key: "m")).rawValue > 10)
            let ids = try await queue.jobs(limit: 100).map(\.id)
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test(arguments: Engine.all, [0, 1])
    func `a database without jobs is brought up, too`(on engine: Engine, from version: Int) async throws {
        guard version > 0 else {
            return try await withQueue(on: engine) { queue, _ in
                let first = try await queue.add(try job())
                #expect(first.rawValue == 1)
            }
        }
        try await withOldDatabase(on: engine, upTo: version) { queue, test in
            let first = try await queue.add(try job())
            #expect(first.rawValue == 1)
            #expect(try await EventInbox(queue.database).count(EventSelection()) == EventState.allCases.count - 1)
            #expect(try await test.database.pending(MessagingSchema.migrations).isEmpty)
            #expect(try await test.database.migrate(MessagingSchema.migrations).isEmpty)
        }
    }
}
