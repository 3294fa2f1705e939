import Database

/// A job as an operator sees it.
package struct JobRow: Sendable {
    package let id: JobID
    package let kind: JobKind
    package let tenant: TenantID
    /// `ready`, `leased`, `done` or `dead`
    package let state: String
    package let attempt: Int
    package let maxAttempts: Int
    /// µs since 1970
    package let runAt: Int64
    package let createdAt: Int64
    package let finishedAt: Int64?
    package let lastError: String?

    init(_ row: Row) throws(DatabaseError) {
        id = try row.get("id")
        kind = try row.get("kind")
        tenant = try row.get("tenant_id")
        state = try row.get("state")
        attempt = try row.get("attempt")
        maxAttempts = try row.get("max_attempts")
        runAt = try row.get("run_at")
        createdAt = try row.get("created_at")
        finishedAt = try row.get("finished_at")
        lastError = try row.get("last_error")
    }
}

/// How much of one kind waits, runs and died.
package struct QueueStatistics: Sendable {
    package let kind: JobKind
    package let state: String
    package let count: Int
    /// µs that the longest waiting due job has waited; 0 unless `state` is `ready`.
    package let oldestAge: Int64
}

extension JobQueue {
    /// When the next job is due, counted from now by the database's clock; `nil` when none waits. Zero or less: claim.
    package func nextDue(_ kinds: [JobKind]) async throws -> Duration? {
        let list = (1..<1 + kinds.count).map { "$\($0)" }.joined(separator: ", ")
        return try await database.read { connection in
            // Two looks into partial indexes, so that an idle queue costs no write.
            let ready = try connection.row(
                """
                SELECT run_at - now_us() AS due FROM jobs WHERE state = 'ready' AND kind IN (\(list))
                ORDER BY run_at LIMIT 1
                """, with: kinds)
            let expiring = try connection.row(
                "SELECT lease_until - now_us() AS due FROM jobs WHERE state = 'leased' ORDER BY lease_until LIMIT 1")
            return try [ready, expiring].compactMap { try $0?.get("due", as: Int64.self) }.min()
                .map { .microseconds($0) }
        }
    }

    /// Counts of unfinished and dead jobs.
    package func statistics() async throws -> [QueueStatistics] {
        try await database.read { connection in
            // A query a state, so that each finds its partial index: finished jobs are never looked at.
            try connection.rows(
                """
                SELECT kind, 'dead' AS state, COUNT(*) AS count, CAST(0 AS BIGINT) AS age
                    FROM jobs WHERE state = 'dead' GROUP BY kind
                UNION ALL
                SELECT kind, 'leased' AS state, COUNT(*) AS count, CAST(0 AS BIGINT) AS age
                    FROM jobs WHERE state = 'leased' GROUP BY kind
                UNION ALL
                SELECT kind, 'ready' AS state, COUNT(*) AS count, MAX(now_us() - run_at) AS age
                    FROM jobs WHERE state = 'ready' GROUP BY kind
                ORDER BY 1, 2
                """
            ).map { row in
                QueueStatistics(
                    kind: try row.get("kind"), state: try row.get("state"), count: try row.get("count"),
                    oldestAge: max(0, try row.get("age", as: Int64.self)))
            }
        }
    }

    package func job(_ id: JobID) async throws -> JobRow? {
        try await database.read { connection in
            try connection.row("SELECT * FROM jobs WHERE id = $1", id).map { try JobRow($0) }
        }
    }

    /// Newest first; `before` is the last id of the page before.
    package func jobs(state: String? = nil, limit: Int, before: JobID? = nil) async throws -> [JobRow] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT * FROM jobs WHERE id < $1 AND ($2 = '' OR state = $2) ORDER BY id DESC LIMIT $3
                """, before?.rawValue ?? .max, state ?? "", limit
            ).map { try JobRow($0) }
        }
    }
}
