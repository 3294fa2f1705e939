import Database
import TestSupport
import Testing

private let first = Migration(1, "first") { _ in ["CREATE TABLE a (id BIGINT PRIMARY KEY)"] }
private let second = Migration(2, "second") { _ in ["CREATE TABLE b (id BIGINT PRIMARY KEY)"] }
private let broken = Migration(3, "broken") { _ in
    ["CREATE TABLE c (id BIGINT PRIMARY KEY)", "CREATE TABLE a (id BIGINT)"]
}

@Suite struct MigrationTests {
    @Test(arguments: Engine.all)
    func `each step is applied once, in order`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [first]) { test in
            let pending = try await test.database.pending([second, first])
            #expect(pending.map(\.version) == [2])
            let applied = try await test.database.migrate([second, first])
            #expect(applied.map(\.name) == ["second"])
            #expect(try await test.database.migrate([first, second]).isEmpty)
            #expect(try await test.database.schemaVersion() == 2)
            #expect(try await test.database.pending([first]).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a step that fails is named and leaves nothing`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [first]) { test in
            let error = await #expect(throws: DatabaseError.self) {
                try await test.database.migrate([first, second, broken])
            }
            #expect(error?.code == .schema)
            #expect(error?.message.contains("3 (broken)") == true)
            #expect(try await test.database.schemaVersion() == 1)
            let applied = try await test.database.migrate([first, second])
            #expect(applied.map(\.version) == [2])
        }
    }

    @Test(arguments: Engine.all)
    func `two programs that migrate at once apply each step once`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            let others = try (0..<4).map { _ in try test.openAgain() }
            let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
                for other in others {
                    group.addTask { try await other.migrate([first, second]).map(\.version) }
                }
                return try await group.reduce(into: [Int]()) { $0 += $1 }
            }
            #expect(applied.sorted() == [1, 2])
            for other in others { await other.close() }
        }
    }

    @Test(arguments: Engine.all)
    func `a new database is at version 0`(on engine: Engine) async throws {
        let place = try await withDatabase(on: engine) { test in try await test.database.schemaVersion() }
        #expect(place == 0)
    }
}
