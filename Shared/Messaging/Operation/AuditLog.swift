package import Database

/// What an operator did, to whom, and why.
package struct AuditEntry: Sendable {
    /// Who: `alice@host`.
    package let actor: String
    /// What: `event.replay`, `job.retry`, `queue.pause`.
    package let action: String
    /// To what: an id, or the selection in words.
    package let subject: String
    package let reason: String?
    package let details: String?

    package init(actor: String, action: String, subject: String, reason: String? = nil, details: String? = nil) {
        self.actor = actor
        self.action = action
        self.subject = subject
        self.reason = reason
        self.details = details
    }
}

package struct AuditRow: Sendable {
    package let id: Int64
    /// µs since 1970
    package let at: Int64
    package let entry: AuditEntry
}

/// Written in the transaction of what it tells of: there is none without the other. One deed has one entry; nothing
/// removes or changes it once the deed is over.
package enum AuditLog {
    /// - Returns: the entry's id, for `update`.
    @discardableResult
    package static func record(_ entry: AuditEntry, in connection: Connection) throws(DatabaseError) -> Int64 {
        let row = try connection.row(
            """
            INSERT INTO audit_log (at, actor, action, subject, reason, details) VALUES (now_us(), $1, $2, $3, $4, $5)
            RETURNING id
            """, entry.actor, entry.action, entry.subject, entry.reason, entry.details)
        return try row?.get("id") ?? 0
    }

    /// Brings the entry of a deed that takes many transactions up to date, in each of them: however it ends, its entry
    /// tells what was done of it. Its time stays that of the beginning.
    package static func update(_ id: Int64, details: String, in connection: Connection) throws(DatabaseError) {
        try connection.execute("UPDATE audit_log SET details = $2 WHERE id = $1", id, details)
    }

    /// Newest first; `before` is the last id of the page before.
    package static func entries(in connection: Connection, limit: Int, before: Int64? = nil) throws -> [AuditRow] {
        try connection.rows("SELECT * FROM audit_log WHERE id < $1 ORDER BY id DESC LIMIT $2", before ?? .max, limit)
            .map { row in
                AuditRow(
                    id: try row.get("id"), at: try row.get("at"),
                    entry: AuditEntry(
                        actor: try row.get("actor"), action: try row.get("action"), subject: try row.get("subject"),
                        reason: try row.get("reason"), details: try row.get("details")))
            }
    }
}
