import Database
import Logging
import Synchronization

/// Carries changes to the state file, in the order in which they were made, many calls' changes in one transaction.
final class Journal: Sendable {
    private let database: Database
    private let state = Mutex(Queue())

    private struct Queue {
        var waiting: [Change] = []
        /// How many changes were ever queued, and how many of them are on disk.
        var appended = 0
        var written = 0
        var isWriting = false
        var waiters: [CheckedContinuation<Void, any Error>] = []
    }

    init(_ database: Database) {
        self.database = database
    }

    static let migrations = [
        Migration(1, "the sandbox's records") { _ in
            [
                """
                CREATE TABLE records (
                    scope TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, sequence BIGINT NOT NULL,
                    body TEXT NOT NULL, hidden TEXT NOT NULL, PRIMARY KEY (scope, id))
                """,
                "CREATE INDEX records_in_order ON records (sequence)",
            ]
        }
    ]

    func load() async throws -> [(AccountScope, Record)] {
        _ = try await database.migrate(Self.migrations)
        return try await database.read { connection in
            try connection.rows("SELECT scope, id, kind, sequence, body, hidden FROM records ORDER BY sequence")
                .compactMap {
                    guard let scope = AccountScope(try $0.get("scope")),
                        let kind = ResourceKind(rawValue: try $0.get("kind"))
                    else { return nil }
                    return (
                        scope,
                        Record(
                            kind: kind, id: try $0.get("id"), sequence: try $0.get("sequence"),
                            body: try JSON(reading: $0.get("body")), hidden: try JSON(reading: $0.get("hidden")))
                    )
                }
        }
    }

    /// To be called under the lock that orders the changes.
    func append(_ changes: [Change]) {
        state.withLock {
            $0.waiting += changes
            $0.appended += changes.count
        }
    }

    /// Returns once everything appended before the call is on disk. Whoever comes first writes for all who wait.
    func flush() async throws {
        let target = state.withLock { $0.appended }
        while true {
            let batch = state.withLock { queue -> [Change]? in
                guard !queue.isWriting, queue.written < target else { return nil }
                queue.isWriting = true
                return queue.waiting
            }
            if let batch {
                try await write(batch)
            } else if state.withLock({ $0.written >= target }) {
                return
            } else {
                try await waitForWriter()
            }
        }
    }

    private func write(_ batch: [Change]) async throws {
        let result: Result<Void, any Error>
        do {
            try await database.write { connection in
                for change in batch { try Self.store(change, connection) }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        let waiters = state.withLock { queue in
            queue.isWriting = false
            // After a failure the changes stay queued: memory has them, so the next flush must bring them to disk.
            if case .success = result {
                queue.waiting.removeFirst(batch.count)
                queue.written += batch.count
            }
            defer { queue.waiters = [] }
            return queue.waiters
        }
        for waiter in waiters { waiter.resume(with: result) }
        try result.get()
    }

    private func waitForWriter() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let isOver = state.withLock { queue in
                if queue.isWriting { queue.waiters.append(continuation) }
                return !queue.isWriting
            }
            if isOver { continuation.resume() }
        }
    }

    private static func store(_ change: Change, _ connection: Connection) throws {
        let scope = change.address.scope.description
        guard let record = change.record else {
            try connection.execute("DELETE FROM records WHERE scope = $1 AND id = $2", scope, change.address.id)
            return
        }
        try connection.execute(
            """
            INSERT INTO records (scope, id, kind, sequence, body, hidden) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (scope, id) DO UPDATE SET body = excluded.body, hidden = excluded.hidden
            """,
            scope, record.id, record.kind.rawValue, record.sequence, record.body.compact, record.hidden.compact)
    }

    func close() async {
        await database.close()
    }
}
