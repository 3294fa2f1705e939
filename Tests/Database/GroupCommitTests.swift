import TestSupport
import Testing

@testable import Database

private let table = Migration(1, "notes") { dialect in
    ["CREATE TABLE notes (id \(dialect.identity), text TEXT NOT NULL)"]
}

@Suite struct GroupCommitTests {
    /// What is asked of the members of a group, and SQLite's `synchronous` that it must be committed under.
    @Test(arguments: [
        ([Durability.synced], 2), ([.relaxed], 1), ([.relaxed, .relaxed], 1), ([.relaxed, .synced, .relaxed], 2),
        ([.relaxed, .relaxed, .synced], 2),
    ])
    func `a group is synced when one of its members is`(_ members: [Durability], level: Int) async throws {
        try await withDatabase(on: .sqlite, migrations: [table]) { test in
            guard case .sqlite(let path) = test.url else { return }
            let queue = WorkQueue<any Transaction>(limit: 10)
            let (waiting, arrival) = AsyncStream<Void>.makeStream()
            let levels = try await withThrowingTaskGroup(of: Int.self) { group in
                for durability in members {
                    let transaction = TransactionOf(durability) { connection in
                        try connection.execute("INSERT INTO notes (text) VALUES ('member')")
                        return try connection.row("PRAGMA synchronous")?.get("synchronous", as: Int.self) ?? -1
                    }
                    group.addTask {
                        try await transaction.answer {
                            #expect(queue.push($0) == nil)
                            arrival.yield()
                        }
                    }
                }
                var arrivals = waiting.makeAsyncIterator()
                for _ in members { await arrivals.next() }
                queue.close()
                let connection = try SQLiteConnection(path: path, role: .writer, options: DatabaseOptions())
                SQLiteWriter(connection, hub: WakeUpHub(), bell: try SQLiteBell(database: path)).serve(queue)
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(levels == Array(repeating: level, count: members.count))
            let count = try await test.database.read { try $0.rows("SELECT * FROM notes").count }
            #expect(count == members.count)
        }
    }
}
