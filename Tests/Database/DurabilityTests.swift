import Database
import Foundation
import TestSupport
import Testing

private let table = Migration(1, "notes") { dialect in
    ["CREATE TABLE notes (id \(dialect.identity), text TEXT NOT NULL)"]
}

@Suite struct DurabilityTests {
    @Test(arguments: Engine.all)
    func `a relaxed write leaves the next one synced, whether it is stored or fails`(on engine: Engine) async throws {
        struct Refused: Error {}
        try await withDatabase(on: engine, migrations: [table]) { test in
            var options = DatabaseOptions()
            options.connections = 1
            let database = try Database.open(test.url, options: options, logger: quiet)
            for fails in [false, true] {
                let relaxed = try? await database.write(.relaxed) { connection in
                    #expect(try isSynced(connection) == false)
                    if fails { throw Refused() }
                    return true
                }
                #expect(relaxed == (fails ? nil : true))
                let isSyncedAgain = try await database.write { try isSynced($0) }
                #expect(isSyncedAgain)
            }
            await database.close()
        }
    }

    #if compiler(>=6.3)
        @Test(arguments: Engine.all)
        func `a relaxed write is seen by other processes at once and outlives its own`(on engine: Engine) async throws {
            try await withDatabase(on: engine, migrations: [table]) { test in
                await #expect(processExitsWith: .signal(SIGKILL)) { [url = test.url.text as String] in
                    let database = try Database.open(DatabaseURL(parsing: url), logger: quiet)
                    try await database.write(.relaxed) { try $0.execute("INSERT INTO notes (text) VALUES ('a')") }
                    kill(getpid(), SIGKILL)
                }
                let count = try await test.database.read { try $0.rows("SELECT * FROM notes").count }
                #expect(count == 1)
            }
        }
    #endif
}

private func isSynced(_ connection: Connection) throws -> Bool {
    switch connection.dialect {
    case .sqlite:
        try connection.row("PRAGMA synchronous")?.get("synchronous", as: Int.self) == 2
    case .postgres:
        try connection.row("SELECT current_setting('synchronous_commit') AS level")?.get("level", as: String.self)
            == "on"
    }
}
