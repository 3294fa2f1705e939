package import Database

extension JobQueue {
    /// Counts of unfinished and dead jobs, by kind and state.
    package func statistics() async throws -> [QueueStatistics] {
        try await database.read { connection in
            // A query a state, so that each finds its partial index: finished jobs are never looked at.
            let counts = ["scheduled", "ready", "blocked", "suspect", "leased", "dead"].map { state in
                let age =
                    ["ready", "blocked", "suspect"].contains(state) ? "MAX(now_us() - run_at)" : "CAST(0 AS BIGINT)"
                return """
                    SELECT kind, '\(state)' AS state, COUNT(*) AS count, \(age) AS age
                    FROM jobs WHERE state = '\(state)' GROUP BY kind
                    """
            }
            return try connection.rows(counts.joined(separator: " UNION ALL ") + " ORDER BY 1, 2").map { row in
                QueueStatistics(
                    kind: try row.get("kind"), state: try row.get("state"), count: try row.get("count"),
                    oldestAge: max(0, try row.get("age", as: Int64.self)))
            }
        }
    }

    package static func job(_ id: JobID, in connection: Connection) throws -> JobRow? {
        try connection.row("SELECT \(JobRow.columns) FROM jobs WHERE id = $1", id).map { try JobRow($0) }
    }

    package func job(_ id: JobID) async throws -> JobRow? { try await database.read { try Self.job(id, in: $0) } }

    /// The job's payload, JSON as it was stored: it may hold what no log should.
    package func payload(of id: JobID) async throws -> String? {
        try await database.read { connection in
            try connection.row(
                """
                SELECT COALESCE(payload, (SELECT p.payload FROM job_payloads p WHERE p.job_id = jobs.id)) AS payload
                FROM jobs WHERE id = $1
                """, id)?.get("payload")
        }
    }

    /// The attempts that did not succeed, oldest first.
    package func attempts(of id: JobID) async throws -> [JobAttempt] {
        try await database.read { connection in
            try connection.rows("SELECT * FROM job_attempts WHERE job_id = $1 ORDER BY id", id)
                .map { try JobAttempt($0) }
        }
    }

    /// Newest first; `before` is the last id of the page before.
    package func jobs(
        _ filter: JobFilter = JobFilter(), limit: Int, before: JobID? = nil
    ) async throws -> [JobRow] {
        guard let list = Self.list(of: filter.state) else { return [] }
        return try await database.read { connection in
            try connection.rows(
                list, before?.rawValue ?? .max, filter.tenant?.rawValue ?? "", filter.kind?.rawValue ?? "", limit
            ).map { try JobRow($0) }
        }
    }

    /// The state stands in the statement itself, so that its partial index is used: a handful of dead letters is found
    /// among millions of jobs that are done.
    /// - Parameter state: `nil`: any.
    /// - Returns: `nil` where there is no such state.
    static func list(of state: String?) -> String? {
        if let state, !states.contains(state) { return nil }
        return """
            SELECT \(JobRow.columns) FROM jobs
            WHERE id < $1 \(state.map { "AND state = '\($0)'" } ?? "") AND ($2 = '' OR tenant_id = $2)
                AND ($3 = '' OR kind = $3)
            ORDER BY id DESC LIMIT $4
            """
    }

    private static let states = ["scheduled", "ready", "blocked", "suspect", "leased", "done", "dead", "discarded"]
}
