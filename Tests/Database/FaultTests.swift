import Database
import Foundation
import Synchronization
import TestSupport
import Testing

private let table = Migration(1, "notes") { dialect in
    ["CREATE TABLE notes (id \(dialect.identity), text TEXT NOT NULL)"]
}

extension Database {
    fileprivate func add(_ text: String) async throws {
        try await write { try $0.execute("INSERT INTO notes (text) VALUES ($1)", text) }
    }

    fileprivate func texts() async throws -> [String] {
        try await read { try $0.rows("SELECT text FROM notes ORDER BY id").map { try $0.get("text") } }
    }
}

@Suite struct FaultTests {
    @Test(.enabled(if: Engine.all.contains(.postgres), "needs a PostgreSQL server"))
    func `a connection that was cut while idle is replaced unnoticed`() async throws {
        try await withDatabase(on: .postgres, migrations: [table]) { test in
            try await test.database.add("before")
            try await cutOthers(of: test)
            try await test.database.add("after")
            #expect(try await test.database.texts() == ["before", "after"])
        }
    }

    @Test(.enabled(if: Engine.all.contains(.postgres), "needs a PostgreSQL server"))
    func `a connection cut inside a transaction loses that transaction only`() async throws {
        try await withDatabase(on: .postgres, migrations: [table]) { test in
            let error = await #expect(throws: DatabaseError.self) {
                try await test.database.write { connection in
                    try connection.execute("INSERT INTO notes (text) VALUES ('lost')")
                    try connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.isRetryable == true)
            try await test.database.add("after")
            #expect(try await test.database.texts() == ["after"])
        }
    }

    @Test(.enabled(if: Engine.all.contains(.postgres), "needs a PostgreSQL server"))
    func `threads that get no connection leave the work to those that have one`() async throws {
        try await withDatabase(on: .postgres, migrations: [table]) { test in
            let name = try await test.database.write { connection in
                try connection.execute("CREATE ROLE few_\(UInt32.random(in: 0 ... .max)) LOGIN CONNECTION LIMIT 2")
                return try connection.row("SELECT rolname FROM pg_roles WHERE rolname LIKE 'few_%' ORDER BY oid DESC")?
                    .get("rolname", as: String.self) ?? ""
            }
            _ = try await test.database.write { connection in
                try connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO \(name)")
                return try connection.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO \(name)")
            }
            guard case .postgres(let url) = test.url else { return }
            var options = DatabaseOptions()
            options.connections = 8
            let narrow = try Database.open(.postgres("\(url)&user=\(name)"), options: options, logger: quiet)
            try await narrow.add("first")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 { group.addTask { try await narrow.add("\(number)") } }
                try await group.waitForAll()
            }
            #expect(try await narrow.texts().count == 201)
            await narrow.close()
            _ = try await test.database.write { connection in
                try connection.execute("DROP OWNED BY \(name)")
                return try connection.execute("DROP ROLE \(name)")
            }
        }
    }

    @Test func `a statement is read right after another process has added a column`() async throws {
        try await withDatabase(on: .sqlite, migrations: [table]) { test in
            let other = try test.openAgain()
            try await test.database.add("a")
            let both = "SELECT n.*, 7 AS seven FROM notes n"
            for _ in 0..<4 { _ = try await test.database.read { try $0.rows(both) } }
            try await other.write { try $0.execute("ALTER TABLE notes ADD COLUMN mood TEXT DEFAULT 'calm'") }
            for _ in 0..<4 {
                let row = try #require(try await test.database.read { try $0.row(both) })
                #expect(try row.get("mood", as: String.self) == "calm")
                #expect(try row.get("seven", as: Int.self) == 7)
            }
            await other.close()
        }
    }

    @Test(.enabled(if: Engine.all.contains(.postgres), "needs a PostgreSQL server"))
    func `a statement that a migration has made another is read again at once`() async throws {
        try await withDatabase(on: .postgres, migrations: [table]) { test in
            var options = DatabaseOptions()
            options.connections = 1
            let other = try Database.open(test.url, options: options, logger: quiet)
            try await test.database.add("a")
            let both = "SELECT n.*, 7::BIGINT AS seven FROM notes n"
            for _ in 0..<6 { _ = try await other.read { try $0.rows(both) } }
            try await test.database.write { try $0.execute("ALTER TABLE notes ADD COLUMN mood TEXT DEFAULT 'calm'") }
            let row = try #require(try await other.read { try $0.row(both) })
            #expect(try row.get("mood", as: String.self) == "calm")
            #expect(try row.get("seven", as: Int.self) == 7)
            await other.close()
        }
    }

    @Test(.enabled(if: Engine.all.contains(.postgres), "needs a PostgreSQL server"))
    func `a read whose connection is cut is made again, but not for ever`() async throws {
        try await withDatabase(on: .postgres, migrations: [table]) { test in
            try await test.database.add("a")
            let runs = Atomic(0)
            let count = try await test.database.read { connection in
                let run = runs.add(1, ordering: .relaxed).newValue
                if run == 1 { _ = try connection.rows("SELECT pg_terminate_backend(pg_backend_pid()) AS cut") }
                return try connection.rows("SELECT * FROM notes").count
            }
            #expect(count == 1)
            let error = await #expect(throws: DatabaseError.self) {
                try await test.database.read {
                    try $0.rows("SELECT pg_terminate_backend(pg_backend_pid()) AS cut").count
                }
            }
            #expect(error?.code == .connectionLost)
        }
    }

    /// The threads of a pool leave work to one another; with a single one there is nobody to leave it to.
    @Test(arguments: [1, 4])
    func `why a server cannot be reached is said`(connections: Int) async throws {
        let folder = "/nonexistent-\(UUID().uuidString)"
        var options = DatabaseOptions()
        options.connections = connections
        let database = try Database.open(
            .postgres("postgresql:///nothing?host=\(folder)"), options: options, logger: quiet)
        let error = await #expect(throws: DatabaseError.self) { try await database.schemaVersion() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains(folder) == true)
        await database.close()
    }

    @Test func `a server that is not there is told quickly and found again later`() async throws {
        let nowhere = "postgresql:///nothing?host=/nonexistent-\(UUID().uuidString)"
        let database = try Database.open(.postgres(nowhere), logger: quiet)
        for _ in 0..<20 {
            let error = await #expect(throws: DatabaseError.self) { try await database.schemaVersion() }
            #expect(error?.code == .unavailable)
        }
        await database.close()
    }

    @Test func `a file locked by another process for too long answers busy and stores nothing`() async throws {
        try await withDatabase(on: .sqlite, migrations: [table]) { test in
            var options = DatabaseOptions()
            options.busyTimeout = .milliseconds(50)
            let impatient = try Database.open(
                test.url, options: options, logger: quiet)
            let isLocked = DispatchSemaphore(value: 0)
            let mayEnd = DispatchSemaphore(value: 0)
            async let holder: Void = test.database.write { connection in
                try connection.execute("INSERT INTO notes (text) VALUES ('holder')")
                isLocked.signal()
                mayEnd.wait()
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    isLocked.wait()
                    continuation.resume()
                }
            }
            let codes = await withTaskGroup(of: DatabaseError.Code?.self) { group in
                for number in 0..<5 {
                    group.addTask {
                        do { try await impatient.add("\(number)") } catch { return (error as? DatabaseError)?.code }
                        return nil
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes == Array(repeating: .busy, count: 5))
            mayEnd.signal()
            try await holder
            try await impatient.add("later")
            #expect(try await test.database.texts() == ["holder", "later"])
            await impatient.close()
        }
    }

    @Test func `a full disk fails the write, keeps what was committed, and heals`() async throws {
        try await withDatabase(on: .sqlite, migrations: [table]) { test in
            try await test.database.add("before")
            // SQLite's own limit gives the same error as a full disk.
            try await test.database.write { connection in
                let pages = try connection.row("PRAGMA page_count")?.get("page_count", as: Int.self) ?? 0
                try connection.execute("PRAGMA max_page_count = \(pages)")
            }
            let large = String(repeating: "x", count: 100_000)
            let error = await #expect(throws: DatabaseError.self) { try await test.database.add(large) }
            #expect(error?.code == .diskFull)
            try await test.database.write { try $0.execute("PRAGMA max_page_count = 1000000") }
            try await test.database.add(large)
            #expect(try await test.database.texts().map(\.count) == [6, 100_000])
        }
    }

    @Test func `what is not a database is refused at the start`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("not-\(UUID().uuidString).db")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(repeating: 65, count: 5000).write(to: file)
        let error = #expect(throws: DatabaseError.self) {
            try Database.open(.sqlite(path: file.path), logger: quiet)
        }
        #expect(error?.code == .storage)
    }

    @Test(arguments: ["", "mysql://x", "sqlite:", "sqlite::memory:", "data/checkout.db", "postgres://u:a/b@h/d"])
    func `a wrong URL is refused with the mend`(_ text: String) {
        let error = #expect(throws: DatabaseError.self) { try DatabaseURL(parsing: text) }
        #expect(error?.message.isEmpty == false)
    }

    @Test(arguments: [
        "postgres://user:s3cret@db.internal:5432/shop?password=s3cret", "postgres://user:s3?cret@db.internal:5432/shop",
        "postgres://db.internal:5432/shop?password=s3@cret", "postgresql://s3%40cret:s3%2Fcret@db.internal:5432/shop",
    ])
    func `a URL is shown without its password`(_ text: String) throws {
        let url = try DatabaseURL(parsing: text)
        #expect(url.masked == "postgres://db.internal:5432/shop")
    }

    @Test func `a path of a file may be relative`() throws {
        #expect(try DatabaseURL(parsing: "sqlite:data/x.db") == .sqlite(path: "data/x.db"))
    }
}

private func cutOthers(of test: TestDatabase) async throws {
    let other = try test.openAgain()
    _ = try await other.write { connection in
        try connection.rows(
            """
            SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
    }
    await other.close()
}
