import Commerce
import Database
import TestSupport
import Testing

@testable import CheckoutCtl
@testable import Messaging

@Suite struct DeadLetterTests {
    private static let tenant = TenantID(rawValue: "ten_1")

    /// An event whose job is a dead letter.
    private func deadEvent(in place: TestDatabase) async throws -> (event: EventID, job: JobID) {
        let outcome = try await EventInbox(place.database).record(.sample(1, of: Self.tenant, .pending))
        guard case .stored(let event) = outcome else { throw NotDone() }
        let queue = JobQueue(place.database)
        let claimed = try await queue.claim([.applyStripeEvent], limit: 1, lease: .seconds(30))
        let lease = try #require(claimed.first).lease
        try await place.database.write { connection in
            try JobQueue.bury(lease, error: "Refused with sk_test_12345678.", in: connection)
            try EventInbox.mark(event, .failed, in: connection)
        }
        return (event, lease.job)
    }

    private struct NotDone: Error {}

    @Test(arguments: Engine.all)
    func `a retried job and its event wait again, and the audit log says who wanted it`(on engine: Engine) async throws
    {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let (event, job) = try await deadEvent(in: place)
            let (stored, audit) = try await place.database.write { connection in
                try DeadLetterChange.retry.make(of: job, event: event, reason: "mended", in: connection)
                return (try EventInbox.event(event, in: connection), try AuditLog.entries(in: connection, limit: 9))
            }
            #expect(stored?.row.state == "pending")
            let row = try #require(try await JobQueue(place.database).job(job))
            #expect((row.state, row.attempt) == ("ready", 0))
            let entry = try #require(audit.first).entry
            #expect(audit.count == 1)
            #expect([entry.action, entry.subject, entry.reason] == ["job.retry", job.description, "mended"])
            #expect(entry.actor == AuditEntry.actor)
            #expect(entry.actor.split(separator: "@").count == 2)
        }
    }

    private func removeOld(_ place: TestDatabase) async throws -> Int {
        try await place.database.write { try Retention(olderThan: .zero).removeSome(limit: 9, in: $0) }
    }

    @Test(arguments: Engine.all)
    func `a discarded job leaves its event failed, to go by its age`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let (event, job) = try await deadEvent(in: place)
            try await place.advance(by: .seconds(1))
            #expect(try await removeOld(place) == 0)
            let stored = try await place.database.write { connection in
                try DeadLetterChange.discard.make(of: job, event: event, reason: nil, in: connection)
                return try EventInbox.event(event, in: connection)
            }
            #expect(stored?.row.state == "failed")
            #expect(try await JobQueue(place.database).job(job)?.state == "discarded")
            #expect(try await removeOld(place) == 1)
            #expect(try await EventInbox(place.database).count(EventSelection()) == 0)
        }
    }

    @Test(arguments: Engine.all, [DeadLetterChange.retry, .discard])
    func `a dead letter whose event was replayed is none any more`(
        on engine: Engine, _ change: DeadLetterChange
    ) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let (event, job) = try await deadEvent(in: place)
            let selection = ReplaySelection(EventSelection(), words: "events", after: nil, details: [:])
            _ = try await EventReplay(selection: selection, reason: "x", database: place.database).run { _ in true }
            let outcome = try await place.database.write { connection in
                do {
                    try connection.attempt { try change.make(of: job, event: event, reason: nil, in: connection) }
                    return "done"
                } catch let refusal as QueueRefusal {
                    return "\(refusal)"
                }
            }
            #expect(outcome == "Job \(job) is ready, not dead; only a dead letter can be \(change.done).")
            #expect(try await EventInbox(place.database).events(limit: 1).map(\.state) == ["pending"])
        }
    }

    @Test(arguments: Engine.all, [DeadLetterChange.retry, .discard])
    func `what is no dead letter is refused and nothing is written`(
        on engine: Engine, _ change: DeadLetterChange
    ) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let job = try await place.database.write { connection in
                try JobQueue.enqueue(NewJob(.deliverToStorefront, tenant: Self.tenant, payload: [1]), in: connection)
            }
            let id = try #require(job)
            await #expect {
                try await place.database.write { connection in
                    try change.make(of: id, event: nil, reason: "x", in: connection)
                }
            } throws: { error in
                "\(error)" == "Job \(id) is ready, not dead; only a dead letter can be \(change.done)."
            }
            let audit = try await place.database.read { try AuditLog.entries(in: $0, limit: 9) }
            #expect(audit.isEmpty)
        }
    }

    @Test func `a tally says what was done, what was refused and where it stopped`() {
        var tally = DeadLetterTally(change: .retry, selected: 3, isSelection: false)
        tally.count(.done(JobID(rawValue: 7)))
        #expect(tally.text == "1 of 3 jobs retried: job_7.")
        var stopped = tally
        stopped.stop("Ctrl-C was pressed.")
        #expect(stopped.fault == "Ctrl-C was pressed.\nStopped after 1 of 3; run it again for the rest.")
        tally.count(.done(JobID(rawValue: 8)))
        tally.count(.done(JobID(rawValue: 9)))
        #expect(tally.text == "3 of 3 jobs retried.")
        #expect(tally.fault == nil)
        var selection = DeadLetterTally(change: .retry, selected: 2, isSelection: true)
        selection.count(.refused(QueueRefusal(code: .notDead, description: "another operator was faster")))
        #expect(selection.fault == nil)
        selection.count(.refused(QueueRefusal(code: .keyTaken, description: "it has a successor")))
        #expect(selection.fault == "it has a successor")
        let empty = DeadLetterTally(change: .discard, selected: 0, isSelection: true)
        #expect(empty.text == "There are no such dead letters: nothing was discarded.")
        #expect(empty.fault == nil)
    }

    @Test(arguments: Engine.all)
    func `a job is shown with its fields, its attempts, and no secret`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let (event, job) = try await deadEvent(in: place)
            let queue = JobQueue(place.database)
            let row = try #require(try await queue.job(job))
            #expect(
                try JSON.object(JobView.fields(row)).text() == """
                    {"attempt":1,"created":1795305600,"failures":\(row.failures),"finished_at":1795305600,\
                    "id":"\(job)","kind":"apply_stripe_event","last_error":"Refused with <secret>.","max_attempts":25,\
                    "priority":"normal","run_at":1795305600,"state":"dead","subject":null,"tenant":"ten_1"}
                    """)
            let view = JobView(
                row: row, payload: try await queue.payload(of: job), attempts: try await queue.attempts(of: job))
            let json = try view.json.text()
            #expect(json.contains(#""payload":{"event":"\#(event)"}"#))
            #expect(json.contains(#""error":"Refused with <secret>.""#))
            let text = try view.text
            #expect(text.contains("Payload\n{\n  \"event\" : \"\(event)\"\n}"))
            #expect(text.contains("buried"))
            #expect(!text.contains("sk_test") && !json.contains("sk_test"))
        }
    }
}
