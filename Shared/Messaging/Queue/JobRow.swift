import Database

/// A job as an operator sees it.
package struct JobRow: Sendable {
    package let id: JobID
    package let kind: JobKind
    package let tenant: TenantID
    package let subject: String?
    package let priority: JobPriority
    /// `scheduled`, `ready`, `blocked`, `suspect`, `leased`, `done`, `dead` or `discarded`
    package let state: String
    package let attempt: Int
    package let maxAttempts: Int
    package let failures: Int
    /// How often its worker did not survive it.
    package let crashes: Int
    /// µs since 1970
    package let runAt: Int64
    package let createdAt: Int64
    package let finishedAt: Int64?
    package let lastError: String?

    static let columns = """
        id, kind, tenant_id, subject, priority, state, attempt, max_attempts, failures, crashes, run_at, created_at,
        finished_at, last_error
        """

    init(_ row: Row) throws(DatabaseError) {
        id = try row.get("id")
        kind = try row.get("kind")
        tenant = try row.get("tenant_id")
        // Kept as TENANT/SUBJECT.
        subject = try row.get("subject", as: String?.self).map { [tenant] in
            String(decoding: $0.utf8.dropFirst(tenant.rawValue.utf8.count + 1), as: UTF8.self)
        }
        priority = JobPriority(rawValue: try row.get("priority")) ?? .normal
        state = try row.get("state")
        attempt = try row.get("attempt")
        maxAttempts = try row.get("max_attempts")
        failures = try row.get("failures")
        crashes = try row.get("crashes")
        runAt = try row.get("run_at")
        createdAt = try row.get("created_at")
        finishedAt = try row.get("finished_at")
        lastError = try row.get("last_error")
    }
}

/// Which jobs an operator asks for; `nil`: any.
package struct JobFilter: Sendable {
    package var state: String?
    package var tenant: TenantID?
    package var kind: JobKind?

    package init(state: String? = nil, tenant: TenantID? = nil, kind: JobKind? = nil) {
        self.state = state
        self.tenant = tenant
        self.kind = kind
    }
}

/// How much of one kind is in one state.
package struct QueueStatistics: Sendable {
    package let kind: JobKind
    package let state: String
    package let count: Int
    /// µs that the longest waiting due job has waited; 0 unless it waits for a worker.
    package let oldestAge: Int64
}
