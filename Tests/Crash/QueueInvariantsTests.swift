import Database
import Messaging
import TestSupport
import Testing

/// What can be broken in the face of the tables' own constraints, and the sentence that says so.
private let breakages = [
    ("UPDATE jobs SET subject = NULL WHERE state = 'blocked'", "Only a job with a subject"),
    ("UPDATE jobs SET crashes = 1 WHERE state = 'ready'", "Suspects are those jobs"),
    ("UPDATE jobs SET attempt = 0 WHERE state = 'leased'", "Every lease was counted"),
    ("UPDATE jobs SET attempt = max_attempts + 1 WHERE state = 'dead'", "No job gets more attempts"),
    ("DELETE FROM job_payloads", "A payload is in the job's row or apart"),
    ("UPDATE jobs SET payload = '{}' WHERE payload IS NULL", "A payload is in the job's row or apart"),
    ("DELETE FROM jobs WHERE payload IS NULL", "There is no payload without its job"),
    ("DELETE FROM jobs WHERE state = 'dead'", "There is no attempt without its job"),
    ("UPDATE job_attempts SET ended_at = 0", "An attempt on record"),
    ("UPDATE events SET settled_at = NULL", "An event is in one of the states"),
    ("UPDATE events SET settled_at = 1 WHERE state = 'failed'", "A failed event that a dead letter"),
    ("UPDATE events SET state = 'ignored', settled_at = 1 WHERE state = 'failed'", "The event of a dead letter"),
    ("UPDATE events SET state = 'pending' WHERE state = 'failed'", "A pending event has an unfinished job"),
    ("DELETE FROM jobs WHERE state = 'ready'", "A pending event has an unfinished job"),
    ("UPDATE events SET state = 'ignored' WHERE state = 'pending'", "An event with an unfinished job is pending"),
    ("DELETE FROM events", "An event with an unfinished job is pending"),
    ("\(copy) WHERE kind = 'apply_stripe_event' AND state = 'ready'", "An event has one job at most"),
    ("UPDATE events SET state = 'kept' WHERE state = 'applied'", "An event of the other mode"),
    ("UPDATE queue_breakers SET failures = 0", "A circuit breaker"),
    ("UPDATE queue_breakers SET open_until = 1", "A circuit breaker"),
    ("UPDATE duties SET holder = NULL", "A duty is held"),
    ("UPDATE queue_shares SET weight = 1001", "A tenant's share"),
]

private let copy = """
    INSERT INTO jobs (kind, tenant_id, priority, payload, state, attempt, max_attempts, failures, crashes, run_at,
        created_at)
    SELECT kind, tenant_id, priority, payload, state, attempt, max_attempts, failures, crashes, run_at, created_at
    FROM jobs
    """

@Suite struct QueueInvariantsTests {
    private struct Undone: Error { let broken: [String] }

    @Test(arguments: Engine.all)
    func `sound data break no invariant, and whatever is broken is found`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: MessagingSchema.migrations) { test in
            _ = try await PreparedData(test).make()
            let sound = try await test.database.read { try QueueInvariants().broken(in: $0) }
            #expect(sound == [])
            for (statement, sentence) in breakages {
                let undone = await #expect(throws: Undone.self) {
                    try await test.database.write(.relaxed) { connection in
                        try connection.execute(statement)
                        throw Undone(broken: try QueueInvariants().broken(in: connection))
                    }
                }
                #expect(undone?.broken.contains { $0.hasPrefix(sentence) } == true, "\(statement)")
            }
        }
    }
}
