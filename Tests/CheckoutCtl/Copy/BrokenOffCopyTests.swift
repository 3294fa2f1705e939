import Database
import TestSupport
import Testing

@testable import CheckoutCtl

/// One at a time: each takes several of the few databases that there may be at once.
@Suite(.serialized) struct BrokenOffCopyTests {
    private struct Broken: Error {}

    @Test(arguments: Engine.all, ["attachments", "children", "pairs"])
    func `a copy that was broken off goes on`(to engine: Engine, _ table: String) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            let breaker = CopyInterruption(at: .copying, of: table) { throw Broken() }
            await #expect(throws: Broken.self) { try await place.copy(watcher: breaker) }
            let result = try await place.copy()
            #expect(result.isEqual)
            #expect(result.written > 0)
            #expect(result.written < result.rows)
        }
    }

    @Test(arguments: Engine.all)
    func `what is written while it runs is found, and the next run finishes`(to engine: Engine) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            let source = place.source
            let writer = CopyInterruption(at: .checking, of: nil) {
                try await source.write { connection in
                    try connection.execute("UPDATE parents SET label = 'late' WHERE id = 'p1'")
                    try connection.execute("INSERT INTO empty VALUES (1, NULL)")
                }
            }
            let first = try await place.copy(watcher: writer)
            #expect(first.unequal == ["empty", "parents"])
            let second = try await place.copy()
            #expect(second.isEqual)
            #expect(second.written == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `a row whose parent came too late waits for the next run`(to engine: Engine) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            let source = place.source
            let writer = CopyInterruption(at: .copying, of: "children") {
                try await source.write { connection in
                    try connection.execute("INSERT INTO parents VALUES ('p9', NULL)")
                    try OddTables.addChild(1, parent: "p9", slot: "new", in: connection)
                }
            }
            let first = try await place.copy(watcher: writer)
            #expect(first.unequal == ["children", "parents"])
            #expect(first.written == first.rows - 2)
            let second = try await place.copy()
            #expect(second.isEqual)
            #expect(second.written == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `a unique value that moved while it ran is put right by the next run`(to engine: Engine) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            _ = try await place.copy()
            let source = place.source
            let writer = CopyInterruption(at: .copying, of: "children") {
                try await source.write { connection in
                    try connection.execute("UPDATE children SET slot = 'moved' WHERE id = 1")
                    try OddTables.addChild(1, parent: "p1", slot: "s1", in: connection)
                }
            }
            #expect(try await place.copy(watcher: writer).unequal == ["children"])
            #expect(try await place.copy().isEqual)
        }
    }
}
