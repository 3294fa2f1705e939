package import Database

/// Events that a replay comes to next.
package struct ReplayPage: Sendable {
    /// The oldest first. Empty does not mean that nothing is left.
    package let events: [EventID]
    /// Where the next page goes on; `nil`: nothing is left.
    package let last: EventID?
}

extension EventInbox {
    /// How many events a page looks through, so that no statement takes long, however few of them are selected.
    private static let slice = 20_000

    /// The next events of `selection`, found by reading alone: on SQLite nobody could write while they are looked for.
    /// - Parameter last: where the page before ended; `nil`: from the start.
    package func replayPage(
        of selection: EventSelection, after last: EventID?, limit: Int, slice: Int = slice
    ) async throws -> ReplayPage {
        try await database.read { connection in
            // Not `events` itself: an index of what is selected by would be read whole, and sorted, for each page.
            let source =
                selection.ids.isEmpty ? "(SELECT * FROM events WHERE id > $1 ORDER BY id LIMIT \(slice))" : "events"
            let (condition, parameters) = selection.condition(from: 3)
            let start = last?.rawValue ?? ""
            let found = try connection.rows(
                "SELECT id FROM \(source) AS slice WHERE id > $1 AND \(condition) ORDER BY id LIMIT $2",
                with: [start, limit] + parameters
            ).map { try $0.get("id", as: EventID.self) }
            guard found.count < limit else { return ReplayPage(events: found, last: found.last) }
            guard selection.ids.isEmpty else { return ReplayPage(events: found, last: nil) }
            let end = try connection.row(
                "SELECT id FROM events WHERE id > $1 ORDER BY id LIMIT 1 OFFSET \(slice - 1)", start)
            return ReplayPage(events: found, last: try end?.get("id"))
        }
    }

    /// Gives those of `events` a job once more that are still selected: the dead letter of one that failed is ready again,
    /// any other has a new job.
    ///
    /// Passed over are those that a job waits for already (`pending`), so that a replay which is broken off and begun
    /// again does nothing twice while its jobs wait, and those of the other mode or account (`kept`), which are never
    /// applied.
    /// - Parameter job: the job that applies an event.
    /// - Returns: how many were not passed over.
    package static func replay(
        _ events: [EventID], of selection: EventSelection, job: (EventRow) throws -> NewJob, in connection: Connection
    ) throws -> Int {
        if events.isEmpty { return 0 }
        var these = selection
        these.ids = events
        let (condition, parameters) = these.condition(from: 1)
        let replayed = try connection.rows(
            "SELECT \(EventRow.columns) FROM events WHERE \(condition) ORDER BY id\(connection.dialect.forUpdate)",
            with: parameters
        ).map { try EventRow($0) }.filter {
            $0.state != EventState.pending.rawValue && $0.state != EventState.kept.rawValue
        }
        var new: [NewJob] = []
        for event in replayed {
            try mark(event.id, .pending, in: connection)
            let job = try job(event).with(priority: .low)
            let isRevived = try event.state == EventState.failed.rawValue && JobQueue.reviveDead(job, in: connection)
            if !isRevived { new.append(job) }
        }
        try JobQueue.enqueue(new, in: connection)
        return replayed.count
    }
}
