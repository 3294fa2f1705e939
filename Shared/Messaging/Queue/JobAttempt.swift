import Database

/// One attempt that did not succeed, as the job's history keeps it.
package struct JobAttempt: Sendable {
    package enum Outcome: String, Sendable {
        case failed
        case timedOut = "timed_out"
        /// The lease ran out: the worker died, hung, or lost the database.
        case expired
        case buried
    }

    package let attempt: Int
    /// µs since 1970
    package let startedAt: Int64
    package let endedAt: Int64
    /// `failed`, `timed_out`, `expired` or `buried`
    package let outcome: String
    package let error: String

    init(_ row: Row) throws(DatabaseError) {
        attempt = try row.get("attempt")
        startedAt = try row.get("started_at")
        endedAt = try row.get("ended_at")
        outcome = try row.get("outcome")
        error = try row.get("error")
    }

    /// Notes how the attempt under `lease` ends; nothing where the lease was lost.
    static func note(
        _ outcome: Outcome, of lease: Lease, error: String, in connection: Connection
    ) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO job_attempts (job_id, attempt, started_at, ended_at, outcome, error)
            SELECT id, attempt, leased_at, now_us(), CAST($3 AS TEXT), CAST($4 AS TEXT) FROM jobs
            WHERE id = $1 AND lease_token = $2
            """, lease.job, lease.token, outcome.rawValue, error.bounded)
    }
}
