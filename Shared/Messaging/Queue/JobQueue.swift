package import Database
import Synchronization

/// Jobs in the database, each run at least once and finished exactly once.
///
/// ```
///                    ┌─ scheduled ◀─ retry, release ─┐
/// enqueue ─▶ ready ◀─┤                               │   ┌─▶ done
///              │     └─ blocked (its subject is busy) │   │
///              └──────── claim ──────────▶ leased ────┼───┴─▶ dead ─▶ ready (retried) or discarded
///                          ▲                          │
///                       suspect ◀── lease expired ────┘
/// ```
/// Invariants, all held by statements and constraints of the database and timed by its clock:
/// 1. A claim counts an attempt and makes a fresh random token; only that token finishes, returns or renews the job.
///    A token that is no longer the job's changes nothing (`LeaseLost`).
/// 2. A lease that has expired is no lease: the next claim takes the job back, to its old place. The first such expiry
///    gives the attempt back, since the job likely only shared its worker with another one that killed it, and makes it a
///    suspect: of those each worker begins one after the other, and none keeps the next one waiting for longer than a
///    lease. So the jobs of a killed worker begin again a lease later, the last of n after n leases at most.
///    A job claimed with its attempts used up is `isExhausted`: not to be run again, only to be buried.
/// 3. Completion is a statement in the transaction of the job's effects: both are stored or neither.
/// 4. Two jobs of one tenant and subject are never leased at once.
/// 5. Claims run one after the other, in all workers, so limits are exact, and each free place goes to the tenant with
///    the least running for its weight. Between those that run equally much, which is who was served least, each process
///    goes by what it handed out itself: over several processes weights hold on the average, and none starves a tenant.
///    Claims are not synced to disk: one that a power cut undoes is a lease lost.
package struct JobQueue: Sendable {
    /// Woken by every commit that makes a job ready.
    package static let channel = "jobs"

    package let database: Database
    private let turns = Shared(ClaimTurns())
    let completions: GroupWriter<Lease, Bool>

    package init(_ database: Database) {
        self.database = database
        completions = GroupWriter(database) { leases, connection in
            let done = try Self.complete(leases, in: connection)
            return leases.map { done.contains($0) }
        }
    }

    // MARK: Storing

    /// Stores `job` in the caller's transaction.
    /// - Returns: `nil` where an unfinished job of this tenant and kind has the same unique key.
    @discardableResult
    package static func enqueue(_ job: NewJob, in connection: Connection) throws(DatabaseError) -> JobID? {
        let payload = job.storedPayload
        let row = try connection.row(
            """
            INSERT INTO jobs (kind, tenant_id, subject, priority, payload, unique_key, state, attempt, max_attempts,
                failures, crashes, run_at, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, 0, now_us() + CAST($9 AS BIGINT), now_us())
            ON CONFLICT DO NOTHING RETURNING id
            """, job.kind, job.tenant, job.scopedSubject, job.priority.rawValue, payload.inline, job.uniqueKey,
            job.delay > .zero ? "scheduled" : "ready", job.maxAttempts, job.delay.microseconds)
        guard let row else { return nil }
        let id = try row.get("id", as: JobID.self)
        if let apart = payload.apart {
            try connection.execute("INSERT INTO job_payloads (job_id, payload) VALUES ($1, $2)", id, apart)
        }
        connection.wake(channel)
        return id
    }

    /// Stores many jobs in the caller's transaction, several a statement where they allow it.
    package static func enqueue(_ jobs: [NewJob], in connection: Connection) throws(DatabaseError) {
        let plain = jobs.filter(\.isPlain)
        for part in RowBatch.parts(of: plain) {
            var values: [any SQLBindable] = []
            values.reserveCapacity(part.count * insertion.width)
            for job in part {
                values +=
                    [
                        job.kind, job.tenant, job.scopedSubject, job.priority.rawValue, job.payload, job.maxAttempts,
                    ] as [any SQLBindable]
            }
            try connection.execute(insertion[part.count], with: values)
        }
        for job in jobs where !job.isPlain { try enqueue(job, in: connection) }
        if !jobs.isEmpty { connection.wake(channel) }
    }

    private static let insertion = RowBatch(
        """
        INSERT INTO jobs (kind, tenant_id, subject, priority, payload, max_attempts, state, attempt, failures, crashes,
            run_at, created_at) VALUES
        """, width: 6, last: "'ready', 0, 0, 0, now_us(), now_us()", tail: "")

    // MARK: Claiming

    /// How often a claim goes on behind jobs that it parked, some thousands each time.
    private static let claimsInVain = 20

    /// Leases up to `limit` jobs that are due: fairly between tenants, within a tenant by priority, then by age.
    /// - Parameters:
    ///   - kinds: those that the caller has handlers for.
    ///   - suspects: whether one job may be among them whose worker did not survive it; see invariant 2.
    package func claim(
        _ kinds: [JobKind], limit: Int, lease: Duration, suspects: Bool = true
    ) async throws -> [ClaimedJob] {
        guard limit > 0, !kinds.isEmpty else { return [] }
        let token = LeaseToken.make()
        var jobs: [ClaimedJob] = []
        for _ in 0..<Self.claimsInVain {
            let before = turns.value
            let (claimed, parked, after) = try await database.write(.relaxed, alone: Claim.lock) { connection in
                var turns = before
                var claim = try Claim(
                    kinds, limit: limit, lease: lease, allowsSuspect: suspects, token: token, in: connection)
                return (try claim.run(&turns), claim.parked, turns)
            }
            turns.value = after
            jobs = claimed
            // What it parked stood before others.
            if !jobs.isEmpty || parked == 0 { break }
        }
        do {
            try await ClaimedJob.readPayloads(of: &jobs, database)
        } catch {
            // Else they would wait for the end of leases that nobody knows of, and be suspects then.
            try? await release(jobs.map(\.lease), reason: "Its payload could not be read after the claim.")
            throw error
        }
        return jobs
    }

    /// Moves the leases' ends to `lease` from now.
    /// - Returns: those that are lost: their jobs may be running elsewhere.
    package func renew(_ leases: [Lease], by lease: Duration) async throws -> [Lease] {
        guard !leases.isEmpty else { return [] }
        let held = try await database.write(.relaxed) { connection in
            try Self.held(leases) { part in
                try connection.rows(
                    """
                    UPDATE jobs SET lease_until = now_us() + CAST($1 AS BIGINT)
                    FROM \(connection.dialect.pairs(of: "$2")) AS held
                    WHERE jobs.id = held.id AND jobs.lease_token = held.token RETURNING jobs.id
                    """, lease.microseconds, IDTokenList(part))
            }
        }
        return leases.filter { !held.contains($0) }
    }
}

extension NewJob {
    /// Longer payloads are kept apart, so that moving the job between states rewrites a short row.
    private static let inlineLimit = 512

    fileprivate var storedPayload: (inline: String?, apart: String?) {
        payload.utf8.count > Self.inlineLimit ? (nil, payload) : (payload, nil)
    }

    /// Whether storing it needs no second look: it is due at once, its payload short, its key free.
    fileprivate var isPlain: Bool { uniqueKey == nil && delay <= .zero && storedPayload.apart == nil }

    /// Within its tenant: nobody can keep another tenant's order busy by naming it.
    fileprivate var scopedSubject: String? { subject.map { "\(tenant)/\($0)" } }
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

/// A value that copies of a struct share.
private final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
