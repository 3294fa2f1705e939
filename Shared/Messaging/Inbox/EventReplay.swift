package import Database

/// What one step of a replay did.
package struct ReplayStep: Sendable {
    /// Events looked at.
    package let seen: Int
    /// Those that have a new job.
    package let replayed: Int
    /// Where the next step goes on; `nil`: nothing is left.
    package let last: EventID?
}

extension EventInbox {
    /// Gives the next events of `selection`, oldest first, a job once more.
    ///
    /// Passed over are those that a job waits for already (`pending`), so that a replay which is broken off and begun
    /// again does nothing twice while its jobs wait, and those of the other mode or account (`kept`), which are never
    /// applied.
    /// - Parameters:
    ///   - last: where the step before ended; `nil`: from the start.
    ///   - job: the job that applies an event.
    package static func replay(
        _ selection: EventSelection, after last: EventID?, limit: Int, job: (EventRow) throws -> NewJob,
        in connection: Connection
    ) throws -> ReplayStep {
        let (condition, parameters) = selection.condition(from: 3)
        let found = try connection.rows(
            """
            SELECT \(EventRow.columns) FROM events WHERE id > $1 AND \(condition)
            ORDER BY id LIMIT $2\(connection.dialect.forUpdate)
            """, with: [last?.rawValue ?? "", limit] + parameters
        ).map { try EventRow($0) }
        let replayed = found.filter { $0.state != EventState.pending.rawValue && $0.state != EventState.kept.rawValue }
        for event in replayed {
            try connection.execute(
                "UPDATE events SET state = 'pending', settled_at = NULL WHERE id = $1", event.id)
        }
        try JobQueue.enqueue(try replayed.map { try job($0).with(priority: .low) }, in: connection)
        return ReplayStep(seen: found.count, replayed: replayed.count, last: found.count < limit ? nil : found.last?.id)
    }
}
