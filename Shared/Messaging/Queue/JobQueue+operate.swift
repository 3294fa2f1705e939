package import Database

/// Some lanes of the queue: those of a tenant, of a kind, of both, or all.
package struct LaneSelector: Sendable, Equatable {
    /// `nil`: every tenant's
    package let tenant: TenantID?
    /// `nil`: of every kind
    package let kind: JobKind?

    package init(tenant: TenantID? = nil, kind: JobKind? = nil) {
        self.tenant = tenant
        self.kind = kind
    }
}

/// Lanes whose jobs are not claimed until an operator resumes them.
package struct QueuePause: Sendable {
    package let lanes: LaneSelector
    /// µs since 1970
    package let since: Int64
}

/// A destination that gives no answer.
package struct OpenBreaker: Sendable {
    /// `nil`: that of all tenants.
    package let tenant: TenantID?
    package let kind: JobKind
    package let failures: Int
    /// µs since 1970; once it is past, one job is let through as a probe.
    package let openUntil: Int64
}

/// A tenant's part of the workers, where it is not weight 1 and no limit.
package struct TenantShare: Sendable {
    package let tenant: TenantID
    package let weight: Int
    /// The most jobs at once, in all workers; `nil`: no limit.
    package let limit: Int?
}

/// Why an operator's wish cannot be done.
package struct QueueRefusal: Error, CustomStringConvertible {
    package enum Code: Sendable { case notFound, notDead, keyTaken }

    package let code: Code
    package let description: String
}

/// What operators do. Each call belongs into one transaction with its `AuditLog` entry.
extension JobQueue {
    /// Jobs of these lanes are claimed no more; those that run go on. Pausing twice is pausing once.
    package static func pause(_ lanes: LaneSelector, in connection: Connection) throws(DatabaseError) {
        try connection.execute(
            "INSERT INTO queue_pauses (tenant_id, kind, since) VALUES ($1, $2, now_us()) ON CONFLICT DO NOTHING",
            lanes.tenant?.rawValue ?? "", lanes.kind?.rawValue ?? "")
    }

    /// - Returns: `false` where exactly these lanes were not paused.
    package static func resume(_ lanes: LaneSelector, in connection: Connection) throws(DatabaseError) -> Bool {
        let removed = try connection.execute(
            "DELETE FROM queue_pauses WHERE tenant_id = $1 AND kind = $2", lanes.tenant?.rawValue ?? "",
            lanes.kind?.rawValue ?? "")
        if removed > 0 { connection.wake(channel) }
        return removed > 0
    }

    /// - Parameters:
    ///   - weight: 1…1000, how many times a tenant of weight 1's share of the workers it gets while both have jobs.
    ///   - limit: the most jobs at once, in all workers; `nil`: no limit.
    package static func setShare(
        of tenant: TenantID, weight: Int, limit: Int?, in connection: Connection
    ) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO queue_shares (tenant_id, weight, job_limit) VALUES ($1, $2, $3)
            ON CONFLICT (tenant_id) DO UPDATE SET weight = excluded.weight, job_limit = excluded.job_limit
            """, tenant, min(max(1, weight), 1000), limit.map { max(1, $0) })
        connection.wake(channel)
    }

    /// Makes a dead letter ready with fresh attempts; the history of the old ones stays.
    /// - Throws: `QueueRefusal`
    package static func retryDead(_ id: JobID, in connection: Connection) throws {
        do {
            try connection.attempt {
                let changed = try connection.execute(
                    """
                    UPDATE jobs SET \(Self.revived) WHERE id = $1 AND state = 'dead'
                    """, id)
                if changed == 0 { throw try refusal(of: id, "retried", connection) }
            }
        } catch let error as DatabaseError where error.isUniqueViolation {
            throw QueueRefusal(
                code: .keyTaken,
                description: "Job \(id) has a successor that is not finished; there is nothing to retry.")
        }
        connection.wake(channel)
    }

    private static let revived = """
        state = 'ready', attempt = 0, failures = 0, crashes = 0, run_at = now_us(), finished_at = NULL
        """

    /// As `retryDead`, by what a dead letter was to do: that of `job`'s kind and payload, with `job`'s priority.
    /// - Returns: `false` where there is none.
    static func reviveDead(_ job: NewJob, in connection: Connection) throws(DatabaseError) -> Bool {
        let changed = try connection.execute(
            "UPDATE jobs SET \(revived), priority = $3 WHERE state = 'dead' AND kind = $1 AND payload = $2",
            job.kind, job.payload, job.priority.rawValue)
        if changed > 0 { connection.wake(channel) }
        return changed > 0
    }

    /// Gives a dead letter up; it is kept until retention removes it.
    /// - Throws: `QueueRefusal`
    package static func discard(_ id: JobID, in connection: Connection) throws {
        let changed = try connection.execute(
            "UPDATE jobs SET state = 'discarded', finished_at = now_us() WHERE id = $1 AND state = 'dead'", id)
        if changed == 0 { throw try refusal(of: id, "discarded", connection) }
    }

    private static func refusal(of id: JobID, _ wish: String, _ connection: Connection) throws -> QueueRefusal {
        guard let job = try job(id, in: connection) else {
            return QueueRefusal(code: .notFound, description: "There is no job \(id).")
        }
        return QueueRefusal(
            code: .notDead, description: "Job \(id) is \(job.state), not dead; only a dead letter can be \(wish).")
    }

    package func pauses() async throws -> [QueuePause] {
        try await database.read { connection in
            try connection.rows("SELECT * FROM queue_pauses ORDER BY tenant_id, kind").map { row in
                let (tenant, kind) = (try row.get("tenant_id", as: String.self), try row.get("kind", as: String.self))
                return QueuePause(
                    lanes: LaneSelector(
                        tenant: tenant.isEmpty ? nil : TenantID(rawValue: tenant),
                        kind: kind.isEmpty ? nil : JobKind(kind)),
                    since: try row.get("since"))
            }
        }
    }

    package func breakers() async throws -> [OpenBreaker] {
        try await database.read { connection in
            try connection.rows("SELECT * FROM queue_breakers WHERE open_until IS NOT NULL ORDER BY tenant_id, kind")
                .map { row in
                    let tenant = try row.get("tenant_id", as: TenantID.self)
                    return OpenBreaker(
                        tenant: tenant.rawValue.isEmpty ? nil : tenant, kind: try row.get("kind"),
                        failures: try row.get("failures"), openUntil: try row.get("open_until"))
                }
        }
    }

    package func shares() async throws -> [TenantShare] {
        try await database.read { connection in
            try connection.rows("SELECT * FROM queue_shares ORDER BY tenant_id").map { row in
                TenantShare(
                    tenant: try row.get("tenant_id"), weight: try row.get("weight"), limit: try row.get("job_limit"))
            }
        }
    }
}
