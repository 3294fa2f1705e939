package import Database

/// How a leased job ends. Each of these is fenced by the lease's token.
extension JobQueue {
    /// Finishes the job in the caller's transaction.
    /// - Throws: `LeaseLost`; let it roll the transaction back.
    package static func complete(_ lease: Lease, in connection: Connection) throws {
        try fenced(
            lease,
            connection.execute(
                """
                UPDATE jobs SET state = 'done', \(leaseEnd), finished_at = now_us()
                WHERE id = $1 AND lease_token = $2
                """, lease.job, lease.token))
    }

    /// Finishes many jobs that have no effects in the database.
    /// - Returns: the leases that were lost.
    package func complete(_ leases: [Lease]) async throws -> [Lease] {
        guard !leases.isEmpty else { return [] }
        let done = try await database.write { try Self.complete(leases, in: $0) }
        return leases.filter { !done.contains($0) }
    }

    /// Finishes a job that has no effects in the database, together with others that end meanwhile.
    /// - Throws: `LeaseLost`
    func completeWithOthers(_ lease: Lease) async throws {
        if try await !completions.write(lease) { throw LeaseLost(job: lease.job) }
    }

    /// - Returns: those that were held.
    static func complete(_ leases: [Lease], in connection: Connection) throws -> Set<Lease> {
        try held(leases) { part in
            try connection.rows(
                """
                UPDATE jobs SET state = 'done', \(leaseEnd), finished_at = now_us()
                FROM \(connection.dialect.pairs(of: "$1")) AS held
                WHERE jobs.id = held.id AND jobs.lease_token = held.token RETURNING jobs.id
                """, IDTokenList(part))
        }
    }

    /// Those of `leases` whose job `change` found. Two leases of one job are asked for apart, for it answers by job.
    static func held(_ leases: [Lease], _ change: ([Lease]) throws -> [Row]) throws -> Set<Lease> {
        var held: Set<Lease> = []
        var rest = leases
        while !rest.isEmpty {
            var jobs: Set<JobID> = []
            let part = rest.filter { jobs.insert($0.job).inserted }
            let found = Set(try change(part).map { try $0.get("id", as: JobID.self) })
            held.formUnion(part.filter { found.contains($0.job) })
            rest = rest.count == part.count ? [] : rest.filter { !part.contains($0) }
        }
        return held
    }

    /// Hands the job back, to be run again after `delay`; the attempt stays counted.
    /// - Parameter destination: what the attempt found out about its destination, for the circuit breaker.
    package func retry(
        _ lease: Lease, after delay: Duration, error: String, outcome: JobAttempt.Outcome = .failed,
        destination: (JobFailure.Destination, of: JobKind, tenant: TenantID)? = nil
    ) async throws {
        try await database.write { connection in
            try JobAttempt.note(outcome, of: lease, error: error, in: connection)
            try Self.handBack(lease, after: delay, isFailure: true, error: error, in: connection)
            if let destination {
                try CircuitBreaker.note(
                    destination.0, tenant: destination.tenant, kind: destination.of, in: connection)
            }
        }
    }

    /// Hands the job back as if it had not been claimed: at a shutdown, a rate limit. Without a delay it keeps its place,
    /// before whatever came after it.
    package func release(_ lease: Lease, after delay: Duration, reason: String) async throws {
        try await database.write { connection in
            try Self.handBack(lease, after: delay, isFailure: false, error: reason, in: connection)
        }
    }

    /// Hands many jobs back so; leases that are lost already are passed over.
    func release(_ leases: [Lease], reason: String) async throws {
        guard !leases.isEmpty else { return }
        try await database.write { connection in
            for lease in leases {
                do {
                    try Self.handBack(lease, after: .zero, isFailure: false, error: reason, in: connection)
                } catch is LeaseLost {}
            }
        }
    }

    /// Moves the job to the dead letters, in the caller's transaction.
    /// - Throws: `LeaseLost`
    package static func bury(_ lease: Lease, error: String, in connection: Connection) throws {
        try JobAttempt.note(.buried, of: lease, error: error, in: connection)
        try fenced(
            lease,
            connection.execute(
                """
                UPDATE jobs SET state = 'dead', \(leaseEnd), finished_at = now_us(), last_error = $3,
                    attempt = CASE WHEN attempt > max_attempts THEN max_attempts ELSE attempt END
                WHERE id = $1 AND lease_token = $2
                """, lease.job, lease.token, error.bounded))
    }

    private static func handBack(
        _ lease: Lease, after delay: Duration, isFailure: Bool, error: String, in connection: Connection
    ) throws {
        let again =
            delay > .zero ? "'scheduled'" : "CASE WHEN crashes > 0 THEN 'suspect' ELSE 'ready' END"
        try fenced(
            lease,
            connection.execute(
                """
                UPDATE jobs SET state = \(again), \(leaseEnd), last_error = $3, attempt = attempt - $4,
                    failures = failures + $5,
                    run_at = CASE WHEN CAST($6 AS BIGINT) > 0 THEN now_us() + CAST($6 AS BIGINT) ELSE run_at END
                WHERE id = $1 AND lease_token = $2
                """, lease.job, lease.token, error.bounded, isFailure ? 0 : 1, isFailure ? 1 : 0, delay.microseconds))
        connection.wake(channel)
    }

    private static let leaseEnd = "leased_at = NULL, lease_token = NULL, lease_until = NULL"

    private static func fenced(_ lease: Lease, _ changed: Int) throws(LeaseLost) {
        if changed == 0 { throw LeaseLost(job: lease.job) }
    }
}

extension IDTokenList {
    init(_ leases: [Lease]) { self.init(leases.map { ($0.job.rawValue, $0.token) }) }
}
