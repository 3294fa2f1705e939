import Commerce
import Database
import TestSupport
import Testing

@testable import CheckoutCtl

/// One at a time: each takes several of the few databases that there may be at once.
@Suite(.serialized) struct BrokenOffCopyTests {
    @Test(arguments: Engine.all, ["attachments", "children", "pairs"])
    func `a copy that was broken off goes on`(to engine: Engine, _ table: String) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            let breaker = CopyInterruption(at: .copying, of: table) { throw CopyBreaker.Broken() }
            await #expect(throws: CopyBreaker.Broken.self) { try await place.copy(watcher: breaker) }
            let result = try await place.copy()
            #expect(result.isEqual)
            #expect(result.written > 0)
            #expect(result.written < result.rows)
        }
    }

    @Test(arguments: Engine.all)
    func `a copy is broken off behind every batch, and goes on from each`(to engine: Engine) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0, attachments: [0, 300_000, 900_000]) }
            _ = try await place.copy()
            // Much to delete, to write over and to fill in.
            try await place.source.write { connection in
                try connection.execute("DELETE FROM attachments WHERE position = 1")
                try connection.execute("DELETE FROM children WHERE id BETWEEN 90 AND 190")
                try connection.execute("DELETE FROM bare WHERE b = 1")
                try connection.execute("UPDATE children SET slot = NULL WHERE id % 2 = 0")
                try connection.execute("UPDATE children SET slot = 's' || (id + 1) WHERE id % 2 = 1")
                try connection.execute("INSERT INTO parents VALUES ('p0', 'new')")
                try connection.execute("UPDATE children SET parent_id = 'p0' WHERE id > 400")
                for number in 700...1300 { try OddTables.addChild(number, parent: "p0", slot: nil, in: connection) }
                try connection.execute("INSERT INTO empty VALUES (1, 'one')")
            }
            // The first run is broken off behind its first batch, the next one behind its second, until one gets through.
            for batches in 1...200 {
                do {
                    #expect(try await place.copy(watcher: CopyBreaker(behind: batches)).isEqual)
                    #expect(batches > 30)
                    return
                } catch is CopyBreaker.Broken {
                    continue
                }
            }
            Issue.record("It does not come to an end.")
        }
    }

    @Test(arguments: Engine.all)
    func `nobody works on a copy that was broken off, before the next run has finished it`(
        to engine: Engine
    ) async throws {
        try await withCopyPlace(from: .sqlite, to: engine) { place in
            try await place.source.write { try OddTables.fill($0) }
            let breaker = CopyInterruption(at: .checking, of: nil) { throw CopyBreaker.Broken() }
            await #expect(throws: CopyBreaker.Broken.self) { try await place.copy(watcher: breaker) }
            await place.target.database.close()
            #expect(await fault(of: place.target.url) == .unfinishedCopy)
            try await withCopyTarget(at: place.target.url) { target in
                let result = try await CopyPlace(
                    source: place.source, target: target, migrations: place.migrations
                ).copy()
                #expect(result.isEqual)
                #expect(result.written == 0)
            }
            #expect(await fault(of: place.target.url) == nil)
        }
    }

    /// Why a service would not start on it.
    private func fault(of url: DatabaseURL) async -> DatabaseError.Code? {
        do {
            let database = try await Database.openForService(
                url, options: DatabaseOptions(), logger: Session.logger)
            await database.close()
            return nil
        } catch {
            return error.code
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
