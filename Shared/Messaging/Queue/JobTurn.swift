import Database

/// What each claim does first: brings jobs whose time or turn has come to where claims find them.
///
/// Only claims do this, and only one claim at a time runs: so a job that waits for its subject cannot be overlooked.
enum JobTurn {
    /// A claim's transaction stays short, whatever piled up: the next one goes on.
    private static let expiredAtOnce = 500
    private static let scheduledAtOnce = 5000
    private static let mostSubjects = 10_000

    /// - Returns: whether anything was changed.
    static func advance(_ waiting: Set<QueueSituation.Waiting>, in connection: Connection) throws -> Bool {
        if waiting.contains(.expired) { try returnExpired(in: connection) }
        if waiting.contains(.due) { try startScheduled(in: connection) }
        if waiting.contains(.blocked) { try freeBlocked(in: connection) }
        return !waiting.isDisjoint(with: [.expired, .due, .blocked])
    }

    /// A lease that has expired is no lease. Its worker died, hung or lost the database, and perhaps through this job,
    /// but likelier through one that ran beside it: so the first time gives the attempt back, and makes it a suspect. It
    /// keeps its place, and its age.
    private static func returnExpired(in connection: Connection) throws {
        let expired = IDList(
            try connection.rows(
                """
                SELECT id FROM jobs WHERE state = 'leased' AND lease_until <= now_us()
                ORDER BY lease_until LIMIT $1\(connection.dialect.skipLocked)
                """, expiredAtOnce
            ).map { try $0.get("id") })
        try connection.execute(
            """
            INSERT INTO job_attempts (job_id, attempt, started_at, ended_at, outcome, error)
            SELECT id, attempt, leased_at, lease_until, 'expired', CAST($2 AS TEXT) FROM jobs
            WHERE \(connection.dialect.isMember("id", of: "$1"))
            """, expired, expiry)
        try connection.execute(
            """
            UPDATE jobs SET state = 'suspect', attempt = attempt - CASE WHEN crashes = 0 THEN 1 ELSE 0 END,
                crashes = crashes + 1, leased_at = NULL, lease_token = NULL, lease_until = NULL,
                last_error = CAST($2 AS TEXT)
            WHERE \(connection.dialect.isMember("id", of: "$1"))
            """, expired, expiry)
    }

    private static let expiry = "The lease expired: its worker died, hung, or lost the database."

    private static func startScheduled(in connection: Connection) throws {
        try connection.execute(
            """
            UPDATE jobs SET state = CASE WHEN crashes > 0 THEN 'suspect' ELSE 'ready' END
            WHERE id IN (
                SELECT id FROM jobs WHERE state = 'scheduled' AND run_at <= now_us() ORDER BY run_at LIMIT $1)
            """, scheduledAtOnce)
    }

    /// Of each subject with nothing running, the first job that waits for it. The subjects are found by skipping from
    /// one to the next in the index: a thousand jobs of one subject cost one look. There are hardly more of them than jobs
    /// that run, since each waits for one.
    private static func freeBlocked(in connection: Connection) throws {
        try connection.execute(
            """
            WITH RECURSIVE subjects (subject, place) AS (
                SELECT (SELECT subject FROM jobs WHERE state = 'blocked' ORDER BY subject LIMIT 1), 1
                UNION ALL
                SELECT (SELECT subject FROM jobs WHERE state = 'blocked' AND subject > last.subject
                        ORDER BY subject LIMIT 1), last.place + 1
                FROM subjects AS last WHERE last.subject IS NOT NULL AND last.place < $1)
            UPDATE jobs SET state = CASE WHEN crashes > 0 THEN 'suspect' ELSE 'ready' END
            WHERE id IN (
                SELECT (SELECT id FROM jobs AS first WHERE first.state = 'blocked' AND first.subject = subjects.subject
                        ORDER BY first.priority, first.run_at, first.id LIMIT 1)
                FROM subjects
                WHERE subjects.subject IS NOT NULL AND \(LaneHeads.leasedJob(of: "subjects.subject")) IS NULL)
            """, mostSubjects)
    }
}
