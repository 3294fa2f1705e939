import Database
import Synchronization
import TestSupport

@testable import CheckoutCtl

/// A source with a schema and a target without, on any two engines.
struct CopyPlace: Sendable {
    let source: CopySide
    let target: CopySide
    let migrations: [Migration]

    func copy(watcher: any CopyWatcher = SilentWatcher()) async throws -> CopyResult {
        try await DatabaseCopy(source: source, target: target, migrations: migrations, watcher: watcher).run()
    }

    /// The other way round.
    func back(to target: CopySide) -> CopyPlace {
        CopyPlace(
            source: CopySide(role: .source, database: self.target.database, url: self.target.url), target: target,
            migrations: migrations)
    }
}

func withCopyPlace<Result>(
    from: Engine, to: Engine, migrations: [Migration] = OddTables.migrations, _ body: (CopyPlace) async throws -> Result
) async throws -> Result {
    try await withDatabase(on: from, migrations: migrations) { source in
        try await standAlone(source)
        // The tests' clock stands still, so all their databases are made in the same microsecond.
        try await source.database.write { try $0.execute("UPDATE schema_migrations SET applied_at = 1") }
        return try await withCopyTarget(on: to) { target in
            try await body(
                CopyPlace(
                    source: CopySide(role: .source, database: source.database, url: source.url), target: target,
                    migrations: migrations))
        }
    }
}

func withCopyTarget<Result>(on engine: Engine, _ body: (CopySide) async throws -> Result) async throws -> Result {
    try await withDatabase(on: engine) { target in
        try await standAlone(target)
        await target.database.close()
        return try await withCopyTarget(at: target.url, body)
    }
}

/// As the command opens it.
func withCopyTarget<Result>(at url: DatabaseURL, _ body: (CopySide) async throws -> Result) async throws -> Result {
    let database = try DatabaseCopyCommand.open(url)
    do {
        let result = try await body(CopySide(role: .target, database: database, url: url))
        await database.close()
        return result
    } catch {
        await database.close()
        throw error
    }
}

/// Without what the tests' own clock leaves in a PostgreSQL database.
private func standAlone(_ place: TestDatabase) async throws {
    guard place.engine == .postgres else { return }
    try await place.database.write { connection in
        try connection.execute(
            "CREATE OR REPLACE FUNCTION now_us() RETURNS BIGINT LANGUAGE sql STABLE AS $$ SELECT \(TestClock.start) $$")
        try connection.execute("DROP TABLE test_clock")
    }
}

/// Does something once, when a copy comes to a place.
final class CopyInterruption: CopyWatcher {
    private let phase: CopyPhase
    private let table: String?
    private let action: @Sendable () async throws -> Void
    private let isDone = Atomic(false)

    init(at phase: CopyPhase, of table: String?, _ action: @escaping @Sendable () async throws -> Void) {
        self.phase = phase
        self.table = table
        self.action = action
    }

    func begins(_ phase: CopyPhase, table: String?, rows: Int) async throws {
        guard phase == self.phase, table == self.table, !isDone.exchange(true, ordering: .relaxed) else { return }
        try await action()
    }

    func advanced(by rows: Int) {}
}

/// Breaks a copy off behind so many batches.
final class CopyBreaker: CopyWatcher {
    struct Broken: Error {}

    private let left: Atomic<Int>

    init(behind batches: Int) { left = Atomic(batches) }

    func begins(_ phase: CopyPhase, table: String?, rows: Int) {}

    func advanced(by rows: Int) throws {
        if left.subtract(1, ordering: .relaxed).newValue == 0 { throw Broken() }
    }
}
