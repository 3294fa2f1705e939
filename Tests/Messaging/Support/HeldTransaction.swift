import Database
import Dispatch
import Messaging

/// A transaction that stays open until `end`, with whatever `body` locked. On SQLite nobody else can write meanwhile.
final class HeldTransaction: Sendable {
    private let mayEnd = DispatchSemaphore(value: 0)
    private let holder: Task<Void, any Error>

    init(in database: Database, _ body: @escaping @Sendable (Connection) throws -> Void = { _ in }) async throws {
        let (held, hold) = AsyncStream<Void>.makeStream()
        holder = Task { [mayEnd] in
            defer { hold.finish() }
            try await database.write { connection in
                try body(connection)
                hold.yield()
                mayEnd.wait()
            }
        }
        for await _ in held { break }
    }

    deinit { mayEnd.signal() }

    func end() async throws {
        mayEnd.signal()
        try await holder.value
    }
}

extension JobQueue {
    /// Whether anyone waits for a lock in this database; PostgreSQL only.
    func isAnyoneWaiting() async throws -> Bool {
        try await database.read { connection in
            try connection.row(
                """
                SELECT 1 AS waits FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """) != nil
        }
    }
}
