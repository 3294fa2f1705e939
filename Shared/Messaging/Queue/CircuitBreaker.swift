package import Database

/// Keeps jobs from a destination that gives no answer: one dead storefront costs a probe a minute, not a worker.
///
/// A destination is a lane's own, as a tenant's storefront is, or all tenants' jobs of a kind go to it, as to the one
/// server for emails. Its breaker is kept in the database, a row for each destination that failed lately, so that all
/// workers know, and it is applied by the claim: the jobs of an open one wait unclaimed. After a pause one job goes
/// through as a probe, one for all tenants where they share it; if it is answered the breaker is closed (no row), else it
/// stays open for longer.
package struct CircuitBreaker: Sendable, Equatable {
    /// Failures in a row before it opens.
    static let threshold = 5
    /// How long it stays open at first, and at most; it doubles with each failed probe.
    static let pauses: (first: Duration, longest: Duration) = (.seconds(5), .seconds(60))

    package let failures: Int
    /// µs since 1970; `nil`: not open. Past: the next job is a probe.
    package let openUntil: Int64?

    enum State { case closed, open, probing }

    func state(at now: Int64) -> State {
        guard let openUntil else { return .closed }
        return now < openUntil ? .open : .probing
    }

    /// - Parameter now: µs since 1970, by the database.
    func afterFailure(at now: Int64) -> CircuitBreaker {
        // Jobs that were under way when it opened say nothing new.
        if state(at: now) == .open { return self }
        let failures = failures + 1
        guard failures >= Self.threshold else { return CircuitBreaker(failures: failures, openUntil: nil) }
        let doublings = min(failures - Self.threshold, 10)
        let pause = min(Self.pauses.first * (1 << doublings), Self.pauses.longest)
        return CircuitBreaker(failures: failures, openUntil: now + pause.microseconds)
    }

    /// Notes what an attempt found, in the caller's transaction.
    package static func note(
        _ destination: JobFailure.Destination, tenant: TenantID, kind: JobKind, in connection: Connection
    ) throws(DatabaseError) {
        let tenant = destination.isShared ? nil : tenant
        if destination.isAnswering {
            try close(tenant: tenant, kind: kind, in: connection)
        } else {
            try noteFailure(tenant?.rawValue ?? "", kind, connection)
        }
    }

    /// Lets jobs through again: the destination answered, or is another one now.
    /// - Parameter tenant: `nil`: the one to which the kind's jobs of all tenants go.
    package static func close(tenant: TenantID?, kind: JobKind, in connection: Connection) throws(DatabaseError) {
        guard let tenant else {
            // With what each tenant had: a destination that they share now may have been noted for each before.
            try connection.execute("DELETE FROM queue_breakers WHERE kind = $1", kind)
            return
        }
        try connection.execute("DELETE FROM queue_breakers WHERE tenant_id = $1 AND kind = $2", tenant, kind)
    }

    /// - Parameter tenant: empty: all tenants.
    private static func noteFailure(_ tenant: String, _ kind: JobKind, _ connection: Connection) throws(DatabaseError) {
        // The row is made first, so that there is one to lock.
        try connection.execute(
            "INSERT INTO queue_breakers (tenant_id, kind, failures) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
            tenant, kind)
        let row = try connection.row(
            """
            SELECT failures, open_until, now_us() AS now FROM queue_breakers
            WHERE tenant_id = $1 AND kind = $2\(connection.dialect.forUpdate)
            """, tenant, kind)
        guard let row else { return }
        let before = CircuitBreaker(failures: try row.get("failures"), openUntil: try row.get("open_until"))
        let after = before.afterFailure(at: try row.get("now"))
        guard after != before else { return }
        try connection.execute(
            "UPDATE queue_breakers SET failures = $3, open_until = $4 WHERE tenant_id = $1 AND kind = $2",
            tenant, kind, after.failures, after.openUntil)
    }
}
