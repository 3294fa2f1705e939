package import Database

/// Removes what is older than the days that it is kept for: settled events with their bodies, finished jobs with their
/// attempts. Dead letters stay until an operator has retried or discarded them, with the events that failed in them, and
/// so does the audit log.
///
/// It works in steps, each a short transaction: on SQLite nobody else writes meanwhile.
package struct Retention: Sendable {
    private let age: Duration

    /// - Parameter age: counted from when an event was received, a job finished, by the database's clock.
    package init(olderThan age: Duration) { self.age = age }

    /// Removes up to `limit` events and as many jobs, in the caller's transaction.
    /// - Returns: how many rows there were to remove; less than `limit`: nothing older is left.
    package func removeSome(limit: Int, in connection: Connection) throws -> Int {
        try max(removeEvents(limit, connection), removeJobs(limit, connection))
    }

    private func removeEvents(_ limit: Int, _ connection: Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM events WHERE id IN (
                SELECT id FROM events WHERE received_at < now_us() - CAST($1 AS BIGINT) AND \(Self.isRemovable)
                ORDER BY received_at LIMIT $2)
            """, age.microseconds, limit)
    }

    /// SQL, in the words of the index `events_removable`.
    static let isRemovable = "state <> 'pending' AND (state <> 'failed' OR settled_at IS NOT NULL)"

    private func removeJobs(_ limit: Int, _ connection: Connection) throws -> Int {
        let ids = IDList(
            try connection.rows(
                """
                SELECT id FROM jobs WHERE state IN ('done', 'discarded')
                    AND finished_at < now_us() - CAST($1 AS BIGINT) ORDER BY finished_at LIMIT $2
                """, age.microseconds, limit
            ).map { try $0.get("id") })
        for table in ["job_payloads", "job_attempts"] {
            try connection.execute(
                "DELETE FROM \(table) WHERE \(connection.dialect.isMember("job_id", of: "$1"))", ids)
        }
        return try connection.execute("DELETE FROM jobs WHERE \(connection.dialect.isMember("id", of: "$1"))", ids)
    }
}
