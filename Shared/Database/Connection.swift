/// One transaction's hold on the database: synchronous, on a thread of the engine's own, valid inside its closure only.
///
/// A statement that fails dooms its transaction on both engines, even where the closure catches the error: PostgreSQL
/// would refuse every later statement, and a promise that only SQLite keeps is none. Wrap what may fail in `attempt`.
package final class Connection {
    package let dialect: Dialect
    private let driver: any Driver
    private(set) var failure: DatabaseError?
    private(set) var wakes: Set<String> = []
    private var savepoints = 0

    init(dialect: Dialect, driver: any Driver) {
        self.dialect = dialect
        self.driver = driver
    }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    package func execute(_ sql: String, _ parameters: any SQLBindable...) throws(DatabaseError) -> Int {
        try execute(sql, with: parameters)
    }

    @discardableResult
    package func execute(_ sql: String, with parameters: [any SQLBindable]) throws(DatabaseError) -> Int {
        try run(sql, parameters).changed
    }

    /// Runs a statement and returns all its rows.
    package func rows(_ sql: String, _ parameters: any SQLBindable...) throws(DatabaseError) -> [Row] {
        try rows(sql, with: parameters)
    }

    package func rows(_ sql: String, with parameters: [any SQLBindable]) throws(DatabaseError) -> [Row] {
        try run(sql, parameters).rows
    }

    /// Runs a statement and returns its first row.
    package func row(_ sql: String, _ parameters: any SQLBindable...) throws(DatabaseError) -> Row? {
        try row(sql, with: parameters)
    }

    package func row(_ sql: String, with parameters: [any SQLBindable]) throws(DatabaseError) -> Row? {
        try run(sql, parameters).rows.first
    }

    /// µs since 1970 by the database's clock, as `now_us()` is in SQL.
    package func now() throws -> Int64 {
        guard let row = try row("SELECT now_us() AS now") else { return 0 }
        return try row.get("now")
    }

    /// Runs `body` in a savepoint: if it throws, its writes are undone and the transaction goes on.
    @discardableResult
    package func attempt<T>(_ body: () throws -> T) throws -> T {
        if let failure { throw failure }
        savepoints += 1
        let name = "attempt_\(savepoints)"
        try command("SAVEPOINT \(name)")
        do {
            let result = try body()
            if let failure { throw failure }
            try command("RELEASE SAVEPOINT \(name)")
            return result
        } catch {
            try command("ROLLBACK TO SAVEPOINT \(name)")
            try command("RELEASE SAVEPOINT \(name)")
            failure = nil
            throw error
        }
    }

    /// After the commit, tells every process that waits on `channel`; nothing is told if it rolls back.
    package func wake(_ channel: String) { wakes.insert(channel) }

    private func command(_ sql: String) throws(DatabaseError) {
        do {
            try driver.command(sql)
        } catch {
            failure = error
            throw error
        }
    }

    private func run(_ sql: String, _ parameters: [any SQLBindable]) throws(DatabaseError) -> Outcome {
        if let failure { throw failure }
        do {
            return try driver.run(sql, parameters.map(\.sqlValue))
        } catch {
            failure = error
            throw error
        }
    }
}

/// What a statement did.
struct Outcome {
    var rows: [Row] = []
    var changed = 0
}

/// One engine's connection, used by one thread.
protocol Driver: AnyObject {
    /// A statement with parameters, prepared once and kept.
    func run(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Outcome
    /// A statement without parameters or result: BEGIN, COMMIT, SAVEPOINT, DDL.
    func command(_ sql: String) throws(DatabaseError)
}
