import Database
import TestSupport
import Testing

private let invariants = QueueInvariants()

/// What must hold at every moment, and one thing more that these tests alone can know: nothing but what they did is in
/// the history.
func expectInvariants(of database: Database, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let broken = try await database.read { connection in
        try invariants.broken(in: connection) + lackingHistory(in: connection)
    }
    for fault in broken { Issue.record("\(fault)", sourceLocation: sourceLocation) }
}

/// Failures and lost workers that are counted against a job and are not told of. The first schema kept no history: its
/// jobs in these tests are from before the clock's start.
private func lackingHistory(in connection: Connection) throws -> [String] {
    try connection.rows(
        """
        SELECT CAST(id AS TEXT) AS id FROM jobs
        WHERE (failures > (SELECT COUNT(*) FROM job_attempts AS a
                           WHERE a.job_id = jobs.id AND a.outcome IN ('failed', 'timed_out'))
            OR crashes > (SELECT COUNT(*) FROM job_attempts AS a WHERE a.job_id = jobs.id AND a.outcome = 'expired'))
            AND created_at >= $1
        """, TestClock.start
    ).map { "What is counted against a job is in its history. Not so: \(try $0.get("id", as: String.self))" }
}
