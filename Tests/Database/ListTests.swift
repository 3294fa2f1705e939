import Database
import TestSupport
import Testing

private let table = Migration(1, "leases") { dialect in
    ["CREATE TABLE leases (id \(dialect.identity), token TEXT NOT NULL)"]
}

/// What JSON has to escape, and what it has not.
private let tokens = ["plain", "\"quoted\"", "back\\slash", "line\nbreak\u{1}", "", "naïve \u{1F600}", "{[],}'"]

@Suite struct ListTests {
    @Test(arguments: Engine.all, [0, 1, 1000])
    func `the rows of a list of ids are found`(on engine: Engine, _ count: Int) async throws {
        try await withLeases(on: engine) { database in
            let ids = (0..<count).map { Int64($0 * 2 + 1) }
            let found = try await database.read { connection in
                try connection.rows(
                    "SELECT id FROM leases WHERE \(connection.dialect.isMember("id", of: "$1")) ORDER BY id",
                    IDList(ids)
                ).map { try $0.get("id", as: Int64.self) }
            }
            #expect(found == ids)
        }
    }

    @Test(arguments: Engine.all, [0, 1, 1000])
    func `only rows with an id and its own token are found`(on engine: Engine, _ count: Int) async throws {
        try await withLeases(on: engine) { database in
            let right = (0..<count).map { (id: Int64($0 * 2 + 1), token: token(of: $0 * 2 + 1)) }
            // Existing ids with existing tokens, but of others.
            let wrong = (0..<count).map { (id: Int64($0 * 2 + 2), token: token(of: $0 * 2 + 1)) }
            let pairs = IDTokenList(right + wrong)
            let changed = try await database.write { connection in
                try connection.rows(
                    """
                    UPDATE leases SET token = 'done' WHERE (id, token) IN \(connection.dialect.pairs(of: "$1"))
                    RETURNING id
                    """, pairs
                ).map { try $0.get("id", as: Int64.self) }
            }
            #expect(changed.sorted() == right.map(\.id))
        }
    }

    @Test(arguments: Engine.all)
    func `pairs are read back as they were given`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            let rows = try await test.database.read { connection in
                try connection.rows(
                    "SELECT id, token FROM \(connection.dialect.pairs(of: "$1")) AS pair ORDER BY id",
                    IDTokenList(tokens.enumerated().map { (Int64.max - Int64($0), $1) }))
            }
            #expect(try rows.reversed().map { try $0.get("token", as: String.self) } == tokens)
            #expect(try rows.last?.get("id", as: Int64.self) == .max)
        }
    }

    private func withLeases(on engine: Engine, _ body: @Sendable (Database) async throws -> Void) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            try await test.database.write { connection in
                for number in 1...2000 {
                    try connection.execute("INSERT INTO leases (token) VALUES ($1)", token(of: number))
                }
            }
            try await body(test.database)
        }
    }
}

private func token(of number: Int) -> String { "\(tokens[number % tokens.count])-\(number)" }
