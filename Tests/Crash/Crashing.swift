import Commerce
import Database
import Foundation
import Messaging
import QueueOperations
import TestSupport
import Testing

/// A database with prepared data, in which processes are killed at a deed.
///
/// Between them nobody has a SQLite file open: the next one finds what the killed one left, the write-ahead log too.
struct Crashing {
    private let test: TestDatabase
    private let process: HelperProcess
    private let isMigration: Bool

    static func within<Result>(
        _ deed: Deed, on engine: Engine, _ body: (Crashing) async throws -> Result
    ) async throws -> Result {
        let isMigration = deed == .service(.migrate)
        return try await withDatabase(on: engine, migrations: migrations(for: deed)) { test in
            var held = Held()
            if isMigration { try await OldData.make(test) } else { held = try await PreparedData(test).make(for: deed) }
            if engine == .sqlite { await test.database.close() }
            let url =
                switch test.url {
                case .sqlite(let path): "sqlite:\(path)"
                case .postgres(let url): "\(url)&application_name=\(processName)"
                }
            let process = try deed.process(on: url, now: test.clock.now, held)
            return try await body(Crashing(test: test, process: process, isMigration: isMigration))
        }
    }

    private static func migrations(for deed: Deed) -> [Migration] {
        switch deed {
        case .service(.migrate): OldData.migrations
        case .service: MessagingSchema.migrations
        // It wants all tables.
        case .command: Schema.migrations
        }
    }

    /// How far the processes came in one database.
    struct End {
        let before: Contents
        let after: Contents
        /// The last process was to be killed just before this statement, and got away if there is none.
        let last: Int
        let isUnharmed: Bool

        var changes: [String] { after.changes(since: before) }
    }

    /// Has one process after the other do the deed, each killed a statement later than the one before, until something
    /// is changed: the end of a transaction, it had better be.
    func end(from statement: inout Int) async throws -> End {
        let before = try await look()
        while true {
            let ending = try await process.run(killedAt: statement)
            try #require(ending == .killed || ending == .finished, "statement \(statement)")
            statement += 1
            let after = try await look()
            if ending == .finished || after != before {
                return End(before: before, after: after, last: statement - 1, isUnharmed: ending == .finished)
            }
        }
    }

    /// What the database holds now. The invariants are checked on the way.
    private func look() async throws -> Contents {
        try await opened { database in
            if database.dialect == .postgres { try await Self.waitForServer(database) }
            let (contents, broken) = try await database.read { connection in
                let contents = try Contents(of: connection)
                // Before the migration there was another queue; this is the last table that it makes.
                let isCurrent = contents.has(table: "audit_log")
                return (contents, isCurrent ? try QueueInvariants().broken(in: connection) : [])
            }
            try #require(broken == [])
            return contents
        }
    }

    /// The queue goes on: what was not finished is done, each job once.
    func goOn() async throws {
        try await opened { database in
            let life = NormalLife(database: database, clock: test.clock)
            let unfinished = try await life.unfinished()
            let done = try await life.run()
            #expect(done.sorted() == unfinished.sorted())
            #expect(try await life.unfinished() == [])
            let broken = try await database.read { try QueueInvariants().broken(in: $0) }
            #expect(broken == [])
        }
    }

    private func opened<Result>(_ body: (Database) async throws -> Result) async throws -> Result {
        // To a server, one connection is as good as another, and a new one costs more than what it is for; but those that
        // were there before a migration still have plans for the old tables.
        if test.engine == .postgres, !isMigration { return try await body(test.database) }
        let database = try test.openAgain()
        do {
            let result = try await body(database)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    // MARK: PostgreSQL

    private static let processName = "queue-operation"

    struct StillThere: Error {}

    /// A killed process is gone at once; its server process notices a moment later and rolls back.
    private static func waitForServer(_ database: Database) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let left = try await database.read { connection in
                try connection.rows(
                    """
                    SELECT pid FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = $1
                    """, processName
                ).count
            }
            if left == 0 { return }
        }
        throw StillThere()
    }
}
