import Database
import Logging
import TestSupport
import Testing

private let table = Migration(1, "things") { dialect in
    [
        """
        CREATE TABLE things (
            id \(dialect.identity), name TEXT NOT NULL UNIQUE, size BIGINT, data BYTEA, ratio DOUBLE PRECISION,
            is_on BOOLEAN NOT NULL DEFAULT FALSE)
        """
    ]
}

@Suite struct DatabaseTests {
    @Test(arguments: Engine.all)
    func `every type comes back as it went in`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            let blob: [UInt8] = [0, 1, 255, 0]
            try await test.database.write { connection in
                try connection.execute(
                    "INSERT INTO things (name, size, data, ratio, is_on) VALUES ($1, $2, $3, $4, $5)",
                    "naïve 'quote' \u{1F600}", Int64.min, blob, 0.25, true)
                try connection.execute(
                    "INSERT INTO things (name, size, data, is_on) VALUES ($1, $2, $3, $4)",
                    "", nil as Int?, [] as [UInt8], false)
            }
            let rows = try await test.database.read { try $0.rows("SELECT * FROM things ORDER BY id") }
            #expect(try rows[0].get("name", as: String.self) == "naïve 'quote' \u{1F600}")
            #expect(try rows[0].get("size", as: Int64.self) == .min)
            #expect(try rows[0].get("data", as: [UInt8].self) == blob)
            #expect(try rows[0].get("ratio", as: Double.self) == 0.25)
            #expect(try rows[0].get("is_on", as: Bool.self))
            #expect(try rows[1].get("name", as: String.self) == "")
            #expect(try rows[1].get("size", as: Int?.self) == nil)
            #expect(try rows[1].get("data", as: [UInt8].self) == [])
            #expect(try rows[1].get("is_on", as: Bool.self) == false)
            #expect(throws: DatabaseError.self) { try rows[1].get("size", as: Int.self) }
            #expect(throws: DatabaseError.self) { try rows[1].get("nothing", as: Int.self) }
        }
    }

    @Test(arguments: Engine.all)
    func `a parameter may stand twice and in any order`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            let changed = try await test.database.write { connection in
                try connection.execute("INSERT INTO things (size, name) VALUES ($2, $1)", "a", 7)
                return try connection.execute(
                    "UPDATE things SET size = $2 WHERE name = $1 AND size < $2 AND name <> 'b'", "a", 8)
            }
            #expect(changed == 1)
            await #expect(throws: DatabaseError.self) {
                try await test.database.write { try $0.execute("DELETE FROM things WHERE name = $1", "a", "b") }
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a write that throws leaves nothing behind, and its neighbours stay`(on engine: Engine) async throws {
        struct Refused: Error {}
        try await withDatabase(on: engine, migrations: [table]) { test in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        try? await test.database.write { connection in
                            try connection.execute("INSERT INTO things (name) VALUES ($1)", "n\(number)")
                            if number.isMultiple(of: 3) { throw Refused() }
                        }
                    }
                }
            }
            let names = try await test.database.read { try $0.rows("SELECT name FROM things").count }
            #expect(names == 40)
        }
    }

    @Test(arguments: Engine.all)
    func `a failed statement dooms its transaction even when the closure catches it`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            let error = await #expect(throws: DatabaseError.self) {
                try await test.database.write { connection in
                    try connection.execute("INSERT INTO things (name) VALUES ('a')")
                    _ = try? connection.execute("INSERT INTO things (name) VALUES ('a')")
                    _ = try? connection.execute("INSERT INTO things (name) VALUES ('b')")
                }
            }
            #expect(error?.isUniqueViolation == true)
            let rows = try await test.database.read { try $0.rows("SELECT * FROM things") }
            #expect(rows.isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `an attempt that fails is undone and the transaction goes on`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            try await test.database.write { connection in
                try connection.execute("INSERT INTO things (name) VALUES ('a')")
                #expect(throws: DatabaseError.self) {
                    try connection.attempt {
                        try connection.execute("INSERT INTO things (name) VALUES ('b')")
                        try connection.execute("INSERT INTO things (name) VALUES ('a')")
                    }
                }
                try connection.attempt { try connection.execute("INSERT INTO things (name) VALUES ('c')") }
            }
            let names = try await test.database.read { connection in
                try connection.rows("SELECT name FROM things ORDER BY name").map { try $0.get("name", as: String.self) }
            }
            #expect(names == ["a", "c"])
        }
    }

    @Test(arguments: Engine.all)
    func `a read cannot write and sees one snapshot`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            await #expect(throws: DatabaseError.self) {
                try await test.database.read { try $0.execute("INSERT INTO things (name) VALUES ('a')") }
            }
            let rows = try await test.database.read { try $0.rows("SELECT * FROM things") }
            #expect(rows.isEmpty)
        }
    }

    @Test(
        arguments: Engine.all,
        [
            ("INSERT INTO things (name) VALUES ('a'), ('a')", DatabaseError.Code.constraint(.unique)),
            ("INSERT INTO things (size) VALUES (1)", .constraint(.notNull)),
            ("SELEC 1", .misuse),
        ])
    func `an error says what it is`(on engine: Engine, _ sample: (sql: String, code: DatabaseError.Code)) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            let error = await #expect(throws: DatabaseError.self) {
                try await test.database.write { try $0.execute(sample.sql) }
            }
            #expect(error?.code == sample.code)
        }
    }

    @Test(arguments: Engine.all)
    func `a missing table says to migrate`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            let error = await #expect(throws: DatabaseError.self) {
                try await test.database.read { try $0.rows("SELECT * FROM orders") }
            }
            #expect(error?.code == .schema)
            #expect(error?.message.contains("checkoutctl migrate") == true)
        }
    }

    @Test(arguments: Engine.all)
    func `after the close a call is refused and what waited is answered`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            async let last: Void = test.database.write { try $0.execute("INSERT INTO things (name) VALUES ('z')") }
            try await last
            await test.database.close()
            let error = await #expect(throws: DatabaseError.self) {
                try await test.database.read { try $0.rows("SELECT 1 AS one") }
            }
            #expect(error?.code == .closed)
        }
    }

    @Test(arguments: Engine.all)
    func `concurrent increments lose none`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            let other = try test.openAgain()
            try await test.database.write { try $0.execute("INSERT INTO things (name, size) VALUES ('n', 0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    let database = number.isMultiple(of: 2) ? test.database : other
                    group.addTask {
                        try await database.write { connection in
                            let lock = connection.dialect.forUpdate
                            let row = try connection.row("SELECT size FROM things WHERE name = 'n'\(lock)")
                            let size = try row?.get("size", as: Int.self) ?? -1
                            try connection.execute("UPDATE things SET size = $1 WHERE name = 'n'", size + 1)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let size = try await other.read { try $0.row("SELECT size FROM things")?.get("size", as: Int.self) }
            #expect(size == 100)
            await other.close()
        }
    }
}
