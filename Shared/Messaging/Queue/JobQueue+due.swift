import Database

/// When to claim, found out by reading alone: a claim that finds nothing costs the write lock all the same.
extension JobQueue {
    /// When something waits to be claimed, counted from now by the database's clock; `nil` when nothing does. Zero or
    /// less: now, though it may be paused, or wait for something else than a worker; see `nextClaim`.
    package func nextDue() async throws -> Duration? {
        try await database.read { connection in
            try Self.earliest(of: [Self.presence] + Self.appointments, in: connection)
        }
    }

    /// As `nextDue`, but without the jobs that a claim would pass over: those that are paused, whose breaker is open,
    /// whose tenant is at its limit, whose subject is busy. Looks at each lane with ready jobs, so it is for a worker
    /// that claimed in vain.
    /// - Parameters: as of `claim`
    package func nextClaim(_ kinds: [JobKind], suspects: Bool = true) async throws -> Duration? {
        try await database.read { connection in
            let situation = try QueueSituation(in: connection)
            guard try !Self.isClaimable(kinds, suspects: suspects, situation, connection) else { return .zero }
            let breakers = "SELECT MIN(open_until) - now_us() FROM queue_breakers WHERE open_until > now_us()"
            return try Self.earliest(of: Self.appointments + [breakers], in: connection)
        }
    }

    private static let presence = """
        SELECT 0 AS due WHERE EXISTS (SELECT 1 FROM jobs WHERE state = 'ready')
            OR EXISTS (SELECT 1 FROM jobs WHERE state = 'blocked')
            OR EXISTS (SELECT 1 FROM jobs WHERE state = 'suspect')
        """

    /// When a job or a lease has its time.
    private static let appointments = [
        "SELECT (SELECT run_at FROM jobs WHERE state = 'scheduled' ORDER BY run_at LIMIT 1) - now_us() AS due",
        "SELECT (SELECT lease_until FROM jobs WHERE state = 'leased' ORDER BY lease_until LIMIT 1) - now_us()",
    ]

    private static func earliest(of times: [String], in connection: Connection) throws -> Duration? {
        let row = try connection.row("SELECT MIN(due) AS due FROM (\(times.joined(separator: " UNION ALL "))) AS next")
        return try row?.get("due", as: Int64?.self).map { .microseconds($0) }
    }

    // MARK: What a claim would find

    private static func isClaimable(
        _ kinds: [JobKind], suspects: Bool, _ situation: QueueSituation, _ connection: Connection
    ) throws -> Bool {
        // Whatever they are, the next claim puts them where later ones find them.
        if !situation.waiting.isDisjoint(with: [.expired, .due]) { return true }
        if try readyLanes(kinds, connection).contains(where: situation.mayRun) { return true }
        if suspects, situation.waiting.contains(.suspect) {
            if try !situation.suspectLanes(of: kinds, in: connection).isEmpty { return true }
        }
        return try situation.waiting.contains(.blocked) && isSubjectFree(connection)
    }

    private static func readyLanes(_ kinds: [JobKind], _ connection: Connection) throws -> [QueueSituation.Lane] {
        let names = kinds.indices.map { "SELECT CAST($\($0 + 1) AS TEXT) AS kind" }
        // Not EXISTS, for which PostgreSQL would read all ready jobs.
        return try connection.rows(
            """
            WITH RECURSIVE tenants (id) AS (
                SELECT (SELECT tenant_id FROM jobs WHERE state = 'ready' ORDER BY tenant_id LIMIT 1)
                UNION ALL
                SELECT (SELECT tenant_id FROM jobs WHERE state = 'ready' AND tenant_id > last.id
                        ORDER BY tenant_id LIMIT 1)
                FROM tenants AS last WHERE last.id IS NOT NULL)
            SELECT tenants.id AS tenant_id, kinds.kind
            FROM tenants CROSS JOIN (\(names.joined(separator: " UNION ALL "))) AS kinds
            WHERE (SELECT id FROM jobs WHERE state = 'ready' AND tenant_id = tenants.id AND kind = kinds.kind LIMIT 1)
                IS NOT NULL
            """, with: kinds
        ).map(QueueSituation.Lane.init)
    }

    /// Whether a job waits for a subject that nothing keeps busy any more. From one to the next in the index, as
    /// `JobTurn` goes, and no further than the first.
    private static func isSubjectFree(_ connection: Connection) throws -> Bool {
        try connection.row(
            """
            WITH RECURSIVE subjects (subject) AS (
                SELECT (SELECT subject FROM jobs WHERE state = 'blocked' ORDER BY subject LIMIT 1)
                UNION ALL
                SELECT (SELECT subject FROM jobs WHERE state = 'blocked' AND subject > last.subject
                        ORDER BY subject LIMIT 1)
                FROM subjects AS last WHERE last.subject IS NOT NULL)
            SELECT subject FROM subjects
            WHERE subject IS NOT NULL AND \(LaneHeads.leasedJob(of: "subjects.subject")) IS NULL
            LIMIT 1
            """) != nil
    }
}
