#if DEBUG && compiler(>=6.3)
    import Database
    import Foundation
    import TestSupport
    import Testing

    private let table = Migration(1, "notes") { dialect in
        ["CREATE TABLE notes (id \(dialect.identity), text TEXT NOT NULL)"]
    }

    /// BEGIN, SAVEPOINT, INSERT, RELEASE, COMMIT; PostgreSQL has no group and so no savepoint.
    private let statements = [Engine.sqlite: 5, .postgres: 3]

    @Suite struct FaultPointTests {
        @Test(arguments: Engine.all, 1...6)
        func `a process dies before the statement it was told to, and nothing is half stored`(
            on engine: Engine, _ number: Int
        ) async throws {
            try await withDatabase(on: engine, migrations: [table]) { test in
                let survives = number > statements[engine] ?? 0
                let condition: ExitTest.Condition = survives ? .success : .signal(SIGKILL)
                await #expect(processExitsWith: condition) { [url = test.url.text as String, number = number as Int] in
                    setenv("CHECKOUT_KILL_AT_STATEMENT", "\(number)", 1)
                    let database = try Database.open(DatabaseURL(parsing: url), logger: quiet)
                    try await database.write { try $0.execute("INSERT INTO notes (text) VALUES ('a')") }
                }
                let count = try await test.database.read { try $0.rows("SELECT * FROM notes").count }
                #expect(count == (survives ? 1 : 0))
            }
        }
    }
#elseif DEBUG
    import Testing

    @Suite struct FaultPointTests {
        @Test(.disabled("A test that hands values to its process needs Swift 6.3."))
        func `a process dies before the statement it was told to, and nothing is half stored`() {}
    }
#endif
