import Database
import Synchronization
import TestSupport
import Testing

@testable import CheckoutCtl

/// One at a time: each takes several of the few databases that there may be at once.
@Suite(.serialized) struct CopyRefusalTests {
    /// What the copy is refused with.
    private func refusal(_ place: CopyPlace, sourceLocation: SourceLocation = #_sourceLocation) async -> String {
        do {
            _ = try await place.copy()
        } catch let CommandFailure.failed(message) {
            return message
        } catch {
            Issue.record("\(error)", sourceLocation: sourceLocation)
        }
        return ""
    }

    @Test(arguments: Engine.all)
    func `a target with rows of its own is refused and left alone`(on engine: Engine) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            _ = try await place.target.database.migrate(OddTables.migrations)
            try await place.target.write { connection in
                try connection.execute("UPDATE schema_migrations SET applied_at = 2")
                try connection.execute("INSERT INTO parents VALUES ('own', NULL), ('own2', NULL)")
                try connection.execute("INSERT INTO bare VALUES ('own', 1)")
            }
            let message = await refusal(place)
            #expect(message.contains("not empty"))
            #expect(message.contains("bare (1), parents (2)"))
            let tables = try await place.target.read { try DatabaseCatalog(reading: $0) }
            #expect(!tables.has(CopyMarker.table))
            let rows = try await place.target.read { try $0.rows("SELECT * FROM parents").count }
            #expect(rows == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `a target that is migrated and empty is taken`(on engine: Engine) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            _ = try await place.target.database.migrate(OddTables.migrations)
            #expect(try await place.copy().isEqual)
        }
    }

    @Test(arguments: Engine.all)
    func `a copy of another source is refused`(on engine: Engine) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { first in
            _ = try await first.copy()
            try await withCopyPlace(from: .sqlite, to: engine) { second in
                try await second.source.write { try $0.execute("UPDATE schema_migrations SET applied_at = 3") }
                let place = CopyPlace(source: second.source, target: first.target, migrations: first.migrations)
                let message = await refusal(place)
                #expect(message.contains(CopyMarker.table))
            }
        }
    }

    @Test(arguments: Engine.all)
    func `the source itself is refused by whatever name`(on engine: Engine) async throws {
        try await withCopyPlace(from: engine, to: .sqlite) { place in
            let itself = CopySide(role: .target, database: place.source.database, url: place.source.url)
            let place = CopyPlace(source: place.source, target: itself, migrations: place.migrations)
            #expect(await refusal(place).contains("is the source itself"))
        }
    }

    @Test(arguments: Engine.all, [true, false])
    func `a copy that services have written to is refused`(on engine: Engine, isFinished: Bool) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            let source = place.source
            let writer = CopyInterruption(at: .checking, of: nil) {
                if !isFinished { try await source.write { try $0.execute("INSERT INTO bare VALUES ('late', 1)") } }
            }
            #expect(try await place.copy(watcher: writer).isEqual == isFinished)
            try await place.target.write { try $0.execute("INSERT INTO parents VALUES ('accepted', NULL)") }
            let since = isFinished ? "copy was finished" : "last run"
            #expect(await refusal(place).contains("has changed since the \(since)"))
            let kept = try await place.target.read { try $0.rows("SELECT id FROM parents WHERE id = 'accepted'").count }
            #expect(kept == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a source that lacks migrations is refused`(on engine: Engine) async throws {
        try await withCopyPlace(from: engine, to: .sqlite) { place in
            let more = Migration(2, "more") { _ in ["CREATE TABLE more (id BIGINT PRIMARY KEY)"] }
            let behind = CopyPlace(
                source: place.source, target: place.target, migrations: place.migrations + [more])
            #expect(await refusal(behind).contains("checkoutctl migrate"))
            _ = try await place.source.database.migrate(place.migrations + [more])
            #expect(await refusal(place).contains("not of the same version"))
        }
    }

    @Test(
        arguments: Engine.all,
        [
            ("CREATE TABLE extra (id BIGINT PRIMARY KEY)", "table extra is only in the source"),
            ("ALTER TABLE parents ADD COLUMN note TEXT", "parents.note is only in the source"),
        ])
    func `what the target does not know is refused`(
        from engine: Engine, _ change: (sql: String, found: String)
    ) async throws {
        try await withCopyPlace(from: engine, to: .sqlite) { place in
            try await place.source.write { try $0.execute(change.sql) }
            #expect(await refusal(place).contains(change.found))
        }
    }

    @Test(
        arguments: Engine.all,
        [
            (
                "UPDATE children SET note = CAST(X'6180' AS TEXT) WHERE id = 4",
                "children.note of row 4 holds bytes that are no text", "UPDATE children SET note = '' WHERE id = 4"
            ),
            (
                "INSERT INTO bare VALUES (CAST(X'FF' AS TEXT), 7)",
                "bare.a of row \u{FFFD}, 7 holds bytes that are no text", "DELETE FROM bare WHERE b = 7"
            ),
        ])
    func `a text that is none is named, and what stands for one is copied`(
        to engine: Engine, _ damage: (sql: String, found: String, mend: String)
    ) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { connection in
                try OddTables.fill(connection)
                try connection.execute("UPDATE parents SET label = 'a\u{FFFD}' WHERE id = 'p1'")
                try connection.execute(damage.sql)
            }
            #expect(await refusal(place).contains(damage.found))
            try await place.source.write { try $0.execute(damage.mend) }
            #expect(try await place.copy().isEqual)
        }
    }

    @Test func `a program that opens the target after the first look is found`() async throws {
        try await withCopyPlace(from: .sqlite, to: .sqlite) { place in
            for isNew in [true, false] {
                let looks = Atomic(0)
                let preparation = CopyPreparation(
                    source: place.source, target: place.target, migrations: place.migrations,
                    users: { _ in
                        looks.add(1, ordering: .relaxed).newValue == 1 ? [] : [DatabaseUser(name: "router", process: 7)]
                    })
                await #expect(throws: CommandFailure.self) { try await preparation.run() }
                #expect(looks.load(ordering: .relaxed) == 2)
                // Nothing was begun, so the program may go on and start again.
                let service = try Database.open(place.target.url, logger: Session.logger)
                await service.close()
                if isNew { #expect(try await place.copy().isEqual) }
            }
        }
    }

    @Test(
        .enabled(if: Engine.all.contains(.postgres)),
        arguments: [
            ("UPDATE parents SET label = 'a' || char(0) || 'b' WHERE id = 'p2'", "parents.label of row p2 holds a NUL"),
            ("UPDATE children SET body = 'text' WHERE id = 4", "children.body of row 4 holds something else"),
            ("UPDATE children SET amount = 1.5 WHERE id = 4", "children.amount of row 4 holds something else"),
            ("UPDATE children SET flag = 2 WHERE id = 4", "children.flag of row 4 holds something else"),
        ])
    func `a value that PostgreSQL would not take is named`(_ change: (sql: String, found: String)) async throws {
        try await withCopyPlace(from: .sqlite, to: .postgres) { place in
            try await place.source.write { try OddTables.fill($0) }
            try await place.source.write { try $0.execute(change.sql) }
            #expect(await refusal(place).contains(change.found))
            // Mended, it goes on.
            try await place.source.write { connection in
                try connection.execute("UPDATE parents SET label = 'ab'")
                try connection.execute(
                    "UPDATE children SET body = $1, amount = 1, flag = $2 WHERE id = 4", [UInt8](), false)
            }
            #expect(try await place.copy().isEqual)
        }
    }
}
