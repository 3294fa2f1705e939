import CSQLite
import Foundation

/// A libsqlite3 connection with its prepared statements. Made and used on one thread.
final class SQLiteConnection: Driver {
    private let handle: OpaquePointer
    private var statements = StatementCache<SQLiteStatement>()
    private let clock: ClockBox
    private let patience: Patience
    private var durability = Durability.synced

    enum Role { case writer, reader }

    init(path: String, role: Role, options: DatabaseOptions) throws(DatabaseError) {
        var opened: OpaquePointer?
        // One thread uses the connection, so SQLite's own mutexes are left out.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let status = sqlite3_open_v2(path, &opened, flags, nil)
        guard status == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw DatabaseError(
                .storage, "The SQLite file \(path) cannot be opened: \(String(cString: sqlite3_errstr(status))).")
        }
        handle = opened
        clock = ClockBox(options.clock)
        patience = Patience(options.busyTimeout)
        sqlite3_extended_result_codes(handle, 1)
        patience.install(on: handle)
        clock.install(on: handle)
        // Of a new file: an event of two kilobytes would fill a page of four alone.
        try set("PRAGMA page_size = 8192")
        try set("PRAGMA journal_mode = WAL")
        try set("PRAGMA synchronous = FULL")
        try set("PRAGMA foreign_keys = ON")
        try set("PRAGMA temp_store = MEMORY")
        try set("PRAGMA cache_size = -16000")
        if role != .writer { try set("PRAGMA query_only = ON") }
        if options.purpose == .work, try holdsUnfinishedCopy() { throw UnfinishedCopy.error }
    }

    deinit {
        for statement in statements.all { statement.finalize() }
        sqlite3_close_v2(handle)
    }

    func run(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Outcome {
        FaultPoint.beforeStatement()
        return try perform(sql, parameters)
    }

    private func perform(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Outcome {
        let statement = try prepared(sql)
        return try withUnsafeTemporaryAllocation(byteCount: SQLiteStatement.copiesSize(of: parameters), alignment: 1) {
            copies throws(DatabaseError) in
            defer { statement.reset() }
            try statement.bind(parameters, copies)
            return try outcome(of: statement)
        }
    }

    private func outcome(of statement: SQLiteStatement) throws(DatabaseError) -> Outcome {
        var outcome = Outcome()
        let before = sqlite3_total_changes64(handle)
        while true {
            let status = statement.step()
            if status == SQLITE_ROW {
                outcome.rows.append(statement.row())
            } else if status == SQLITE_DONE {
                break
            } else {
                throw failure(status)
            }
        }
        if sqlite3_total_changes64(handle) != before { outcome.changed = Int(sqlite3_changes64(handle)) }
        return outcome
    }

    func command(_ sql: String) throws(DatabaseError) {
        FaultPoint.beforeStatement()
        try set(sql)
    }

    /// Sets something of the connection itself.
    private func set(_ sql: String) throws(DatabaseError) {
        let status = sqlite3_exec(handle, sql, nil, nil, nil)
        if status != SQLITE_OK { throw failure(status) }
    }

    /// Looked at with the file open already: a copy that begins later finds this process.
    private func holdsUnfinishedCopy() throws(DatabaseError) -> Bool {
        let table = "SELECT 1 AS found FROM sqlite_master WHERE name = '\(UnfinishedCopy.table)'"
        guard try !perform(table, []).rows.isEmpty else { return false }
        return try !perform(UnfinishedCopy.isMarked, []).rows.isEmpty
    }

    /// What the commits from now on survive. FULL syncs the write-ahead log at every commit, and with it whatever earlier
    /// commits left unsynced in it; NORMAL syncs it before a checkpoint only.
    func sync(_ durability: Durability) throws(DatabaseError) {
        guard durability != self.durability else { return }
        try set("PRAGMA synchronous = \(durability == .synced ? "FULL" : "NORMAL")")
        self.durability = durability
    }

    /// The file's path with all links followed, which is the same for all who have it open.
    var fileName: String? { sqlite3_db_filename(handle, "main").map { String(cString: $0) } }

    /// After some errors (a full disk) SQLite rolls the whole transaction back by itself.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    private func prepared(_ sql: String) throws(DatabaseError) -> SQLiteStatement {
        if let known = statements.statement(for: sql) { return known }
        var pointer: OpaquePointer?
        let status = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        guard status == SQLITE_OK else { throw failure(status) }
        guard let pointer else { throw DatabaseError(.misuse, "An empty statement was run.") }
        let statement = try SQLiteStatement(pointer)
        statements.keep(statement, for: sql)?.finalize()
        return statement
    }

    private func failure(_ status: Int32) -> DatabaseError {
        DatabaseError(sqlite: status, message: String(cString: sqlite3_errmsg(handle)))
    }
}

/// `now_us()` for SQL, read from a clock that tests replace.
private final class ClockBox {
    private let now: @Sendable () -> Int64

    init(_ now: @escaping @Sendable () -> Int64) { self.now = now }

    func install(on handle: OpaquePointer) {
        // Not deterministic, yet one value a statement would do: SQLite may call it once a row.
        sqlite3_create_function_v2(
            handle, "now_us", 0, SQLITE_UTF8, Unmanaged.passUnretained(self).toOpaque(),
            { context, _, _ in
                guard let data = sqlite3_user_data(context) else { return }
                sqlite3_result_int64(context, Unmanaged<ClockBox>.fromOpaque(data).takeUnretainedValue().now())
            }, nil, nil, nil)
    }
}

/// How a connection waits for another process's write: in short naps, for SQLite's own grow to 100 ms.
private final class Patience {
    private let limit: Duration
    private var since = ContinuousClock.now

    init(_ limit: Duration) { self.limit = limit }

    func install(on handle: OpaquePointer) {
        sqlite3_busy_handler(
            handle,
            { data, tries in
                guard let data else { return 0 }
                return Unmanaged<Patience>.fromOpaque(data).takeUnretainedValue().wait(tries) ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func wait(_ tries: Int32) -> Bool {
        if tries == 0 { since = .now }
        guard since.duration(to: .now) < limit else { return false }
        Thread.sleep(forTimeInterval: tries < 20 ? 0.0005 : 0.003)
        return true
    }
}
