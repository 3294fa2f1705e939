package import Database

/// Jobs in the database, each run at least once and finished exactly once.
///
/// Invariants, all held by statements and constraints of the database and timed by its clock:
/// 1. A job is in one state: `ready` → `leased` → `done` or `dead`, or back to `ready`.
/// 2. A claim counts an attempt and makes a fresh random token; only that token finishes, returns or renews the job.
///    A token that is no longer the job's changes nothing (`LeaseLost`).
/// 3. A lease that has expired is no lease: the next claim returns the job to `ready`. So a worker killed at any moment
///    delays its jobs by at most one lease. A job claimed with its attempts used up is `isExhausted`: not to be run
///    again, only to be buried.
/// 4. Completion is a statement in the transaction of the job's effects: both are stored or neither.
package struct JobQueue: Sendable {
    /// Woken by every commit that makes a job ready.
    package static let channel = "jobs"

    package let database: Database

    package init(_ database: Database) { self.database = database }

    /// Stores `job` in the caller's transaction.
    /// - Returns: `nil` where an unfinished job of this kind has the same unique key.
    @discardableResult
    package static func enqueue(_ job: NewJob, in connection: Connection) throws(DatabaseError) -> JobID? {
        let row = try connection.row(
            """
            INSERT INTO jobs (kind, tenant_id, payload, unique_key, state, attempt, max_attempts, run_at, created_at)
            VALUES ($1, $2, $3, $4, 'ready', 0, $5, now_us() + CAST($6 AS BIGINT), now_us())
            ON CONFLICT DO NOTHING RETURNING id
            """, job.kind, job.tenant, job.payload, job.uniqueKey, job.maxAttempts, job.delay.microseconds)
        guard let row else { return nil }
        connection.wake(channel)
        return try row.get("id")
    }

    /// Leases up to `limit` jobs that are due, the longest waiting first.
    package func claim(_ kinds: [JobKind], limit: Int, lease: Duration) async throws -> [ClaimedJob] {
        guard limit > 0, !kinds.isEmpty else { return [] }
        let token = LeaseToken.make()
        return try await database.write { connection in
            try Self.returnExpired(in: connection)
            let list = (4..<4 + kinds.count).map { "$\($0)" }.joined(separator: ", ")
            let rows = try connection.rows(
                """
                WITH due AS MATERIALIZED (
                    SELECT id FROM jobs WHERE state = 'ready' AND run_at <= now_us() AND kind IN (\(list))
                    ORDER BY run_at, id LIMIT $3\(connection.dialect.skipLocked))
                UPDATE jobs SET state = 'leased', attempt = attempt + 1, lease_token = $1, lease_until = now_us() + $2
                WHERE id IN (SELECT id FROM due)
                RETURNING id, kind, tenant_id, payload, attempt, max_attempts, failures, created_at
                """,
                with: [token, lease.microseconds, limit] + kinds)
            return try rows.map { try ClaimedJob($0, token: token) }.sorted { $0.id < $1.id }
        }
    }

    /// Moves the lease's end to `lease` from now.
    /// - Returns: the leases that are lost: their jobs may be running elsewhere.
    package func renew(_ leases: [Lease], by lease: Duration) async throws -> [Lease] {
        guard !leases.isEmpty else { return [] }
        return try await database.write { connection in
            try leases.filter { held in
                try connection.execute(
                    "UPDATE jobs SET lease_until = now_us() + $1 WHERE id = $2 AND lease_token = $3",
                    lease.microseconds, held.job, held.token) == 0
            }
        }
    }

    /// Finishes the job in the caller's transaction.
    /// - Throws: `LeaseLost`; let it roll the transaction back.
    package static func complete(_ lease: Lease, in connection: Connection) throws {
        try fenced(
            lease,
            connection.execute(
                """
                UPDATE jobs SET state = 'done', lease_token = NULL, lease_until = NULL, finished_at = now_us()
                WHERE id = $1 AND lease_token = $2
                """, lease.job, lease.token))
    }

    /// Hands the job back, to be run again after `delay`; the attempt stays counted.
    package func retry(_ lease: Lease, after delay: Duration, error: String) async throws {
        try await giveBack(lease, after: delay, isFailure: true, error: error)
    }

    /// Hands the job back as if it had not been claimed: at a shutdown, a rate limit.
    package func release(_ lease: Lease, after delay: Duration, reason: String) async throws {
        try await giveBack(lease, after: delay, isFailure: false, error: reason)
    }

    /// Moves the job to the dead letters, in the caller's transaction.
    /// - Throws: `LeaseLost`
    package static func bury(_ lease: Lease, error: String, in connection: Connection) throws {
        try fenced(
            lease,
            connection.execute(
                """
                UPDATE jobs SET state = 'dead', lease_token = NULL, lease_until = NULL, finished_at = now_us(),
                    last_error = $3, attempt = CASE WHEN attempt > max_attempts THEN max_attempts ELSE attempt END
                WHERE id = $1 AND lease_token = $2
                """, lease.job, lease.token, error.bounded))
    }

    private func giveBack(_ lease: Lease, after delay: Duration, isFailure: Bool, error: String) async throws {
        try await database.write { connection in
            try Self.fenced(
                lease,
                connection.execute(
                    """
                    UPDATE jobs SET state = 'ready', lease_token = NULL, lease_until = NULL, last_error = $3,
                        attempt = attempt - $4, failures = failures + $5, run_at = now_us() + CAST($6 AS BIGINT)
                    WHERE id = $1 AND lease_token = $2
                    """, lease.job, lease.token, error.bounded, isFailure ? 0 : 1, isFailure ? 1 : 0,
                    delay.microseconds))
            connection.wake(Self.channel)
        }
    }

    private static func fenced(_ lease: Lease, _ changed: Int) throws(LeaseLost) {
        if changed == 0 { throw LeaseLost(job: lease.job) }
    }

    /// Invariant 3.
    private static func returnExpired(in connection: Connection) throws(DatabaseError) {
        try connection.execute(
            """
            WITH expired AS MATERIALIZED (
                SELECT id FROM jobs WHERE state = 'leased' AND lease_until <= now_us()\(connection.dialect.skipLocked))
            UPDATE jobs SET state = 'ready', lease_token = NULL, lease_until = NULL, last_error = $1
            WHERE id IN (SELECT id FROM expired)
            """, "The lease expired: its worker died, hung, or lost the database.")
    }
}

extension Duration {
    /// Rounded down.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}

extension String {
    /// An error text as it is kept: long enough to act on, never a whole page.
    var bounded: String { String(prefix(1000)) }
}

/// 128 random bits in hexadecimal.
enum LeaseToken {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return [generator.next(), generator.next()].map { (word: UInt64) in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
