import Commerce
import Database
import TestSupport
import Testing

@testable import CheckoutCtl

/// One at a time: each takes several of the few databases that there may be at once.
@Suite(.serialized) struct DatabaseCopyTests {
    @Test(arguments: Engine.all, Engine.all)
    func `every value arrives as it was`(from: Engine, to: Engine) async throws {
        try await withCopyPlace(from: from, to: to) { place in
            try await place.source.write { try OddTables.fill($0) }
            let result = try await place.copy()
            #expect(result.isEqual)
            #expect(result.tables.map(\.name) == OddTables.names)
            #expect(result.deleted == 0)
            #expect(result.rows == 601 + 3 + 8 + 64 + 5)
            #expect(result.written == result.rows)
            for table in OddTables.names {
                let left = try await contents(of: table, in: place.source)
                let right = try await contents(of: table, in: place.target)
                #expect(left == right, "\(table)")
                #expect(left.isEmpty == (table == "empty"))
            }
        }
    }

    @Test(arguments: Engine.all, Engine.all)
    func `a second run has nothing to do`(from: Engine, to: Engine) async throws {
        try await withCopyPlace(from: from, to: to) { place in
            try await place.source.write { try OddTables.fill($0) }
            let first = try await place.copy()
            let second = try await place.copy()
            #expect((second.written, second.deleted) == (0, 0))
            #expect(second.isEqual)
            #expect(second.contents == first.contents)
            #expect(second.startedAt == first.startedAt)
        }
    }

    @Test(arguments: Engine.all, Engine.all)
    func `a second run carries over what has changed and nothing else`(from: Engine, to: Engine) async throws {
        try await withCopyPlace(from: from, to: to) { place in
            try await place.source.write { try OddTables.fill($0) }
            _ = try await place.copy()
            try await place.source.write { connection in
                try connection.execute("DELETE FROM attachments WHERE child_id = 5")
                try connection.execute("DELETE FROM children WHERE id IN (5, 300)")
                try connection.execute("UPDATE children SET note = 'changed' WHERE id = 8")
                try connection.execute("INSERT INTO parents VALUES ('p0', 'new')")
                // A row that was there names a parent that was not.
                try connection.execute("UPDATE children SET parent_id = 'p0' WHERE id = 9")
                try OddTables.addChild(2000, parent: "p0", slot: "s5", in: connection)
                try connection.execute("DELETE FROM bare WHERE b = -1")
            }
            let result = try await place.copy()
            #expect(result.isEqual)
            #expect(result.deleted == 7 + 2 + OddTables.skus.count)
            #expect(result.written == 4)
        }
    }

    @Test(arguments: Engine.all, Engine.all)
    func `a unique value goes from row to row, and round in a circle`(from: Engine, to: Engine) async throws {
        try await withCopyPlace(from: from, to: to) { place in
            try await place.source.write { try OddTables.fill($0) }
            _ = try await place.copy()
            try await place.source.write { connection in
                // 5 and 6 exchange theirs; 9 takes that of 11, which lets it go. Row 5 and 6 have children.
                try connection.execute("UPDATE children SET slot = 'x' WHERE id = 5")
                try connection.execute("UPDATE children SET slot = 's5' WHERE id = 6")
                try connection.execute("UPDATE children SET slot = 's6' WHERE id = 5")
                try connection.execute("UPDATE children SET flag = $1 WHERE id = 11", false)
                try connection.execute("UPDATE children SET slot = 's11' WHERE id = 9")
            }
            #expect(try await place.copy().isEqual)
            #expect(try await place.copy().written == 0)
        }
    }

    @Test(arguments: Engine.all, Engine.all)
    func `ids go on behind all that were given out, deleted ones too`(from: Engine, to: Engine) async throws {
        try await withCopyPlace(from: from, to: to) { place in
            try await place.source.write { try OddTables.fill($0) }
            try await place.source.write { try $0.execute("DELETE FROM children WHERE id > 500") }
            _ = try await place.copy()
            let id = try await place.target.write { connection in
                try OddTables.addChild(1, parent: "p1", slot: nil, in: connection)
                return try connection.row("SELECT max(id) AS id FROM children")?.get("id", as: Int64.self)
            }
            #expect(id == 602)
        }
    }

    @Test(arguments: Engine.all, Engine.all)
    func `a copy is a source in its turn`(from: Engine, to: Engine) async throws {
        try await withCopyPlace(from: from, to: to) { place in
            try await place.source.write { try OddTables.fill($0) }
            let there = try await place.copy()
            // Schemas of one microsecond, see above.
            try await place.target.write { try $0.execute("UPDATE schema_migrations SET applied_at = 2") }
            let back = try await withCopyTarget(on: from) { try await place.back(to: $0).copy() }
            #expect(back.isEqual)
            #expect(back.contents == there.contents)
        }
    }

    @Test(.enabled(if: Engine.all.contains(.postgres)))
    func `no statement of a copy is cut short`() async throws {
        try await withCopyPlace(from: .postgres, to: .postgres) { place in
            let timeout: @Sendable (Connection) throws -> String? = {
                try $0.row("SELECT current_setting('statement_timeout') AS timeout")?.get("timeout")
            }
            for side in [place.source, place.target] {
                let (reading, writing) = (try await side.read(timeout), try await side.write { try timeout($0) })
                #expect([reading, writing] == ["0", "0"])
            }
        }
    }

    @Test(arguments: Engine.all)
    func `the services' own tables are the same on both engines`(on engine: Engine) async throws {
        try await withCopyPlace(from: .sqlite, to: engine, migrations: Schema.migrations) { place in
            let result = try await place.copy()
            #expect(result.isEqual)
            #expect(Set(result.tables.map(\.name)).isSuperset(of: ["events", "jobs", "orders", "tenants"]))
            #expect(Set(result.tables.map(\.name)).isDisjoint(with: DatabaseCatalog.bookkeeping))
        }
    }

    /// Read by other statements than the copy's. Texts are compared by their bytes.
    private func contents(of table: String, in side: CopySide) async throws -> Set<[[UInt8]]> {
        try await side.read { connection in
            Set(
                try connection.rows("SELECT * FROM \(table)").map { row in
                    row.cells.sorted { $0.name < $1.name }.map { bytes(of: $0.value) }
                })
        }
    }

    private func bytes(of value: SQLValue) -> [UInt8] {
        switch value {
        case .blob(let bytes): [1] + bytes
        case .text(let text): [2] + Array(text.utf8)
        case .null, .integer, .double: [3] + Array("\(value)".utf8)
        }
    }
}
