package import Logging

/// SQLite or PostgreSQL behind one face.
///
/// A closure given to `read` or `write` runs on a thread of the engine's own, never on Swift's cooperative pool, and
/// nothing can be awaited inside it: no network call happens inside a transaction.
package final class Database: Sendable {
    package let dialect: Dialect
    private let engine: any Engine

    private init(dialect: Dialect, engine: any Engine) {
        self.dialect = dialect
        self.engine = engine
    }

    /// Opens the database. A SQLite file and its folder are made when missing; PostgreSQL is reached at the first use,
    /// so that a program starts while its server does not.
    /// - Throws: `.storage` when a SQLite file cannot be opened or is not a database.
    package static func open(
        _ url: DatabaseURL, options: DatabaseOptions = DatabaseOptions(), logger: Logger
    ) throws(DatabaseError) -> Database {
        switch url {
        case .sqlite(let path):
            Database(dialect: .sqlite, engine: try SQLiteEngine(path: path, options: options, logger: logger))
        case .postgres(let url):
            Database(dialect: .postgres, engine: PostgresEngine(url: url, options: options, logger: logger))
        }
    }

    /// Runs `body` against one snapshot. It cannot write.
    ///
    /// A task that is cancelled while its transaction waits for its turn gets a `CancellationError` at once, and the
    /// transaction never runs; one that has begun is waited for. A call made after the cancellation is served like any
    /// other: it is how a task cleans up behind itself.
    /// - Throws: what `body` throws, `CancellationError`, or `DatabaseError`: `.busy` at once where too many wait.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await TransactionOf(.synced, body).answer { engine.read($0) }
    }

    /// Runs `body` in one transaction and returns once it is committed, by default on disk; if it throws, nothing of it
    /// is stored.
    ///
    /// The closure may run again after a serialization failure or a deadlock, so it must have no effect but through
    /// its connection. Cancellation is as with `read`.
    /// - Parameter lock: a number of which, in all processes, only one transaction runs at a time. On PostgreSQL, that is:
    ///   SQLite writes one at a time whatever it is.
    /// - Throws: as `read`; after `.commitUnknown` the transaction may be stored.
    @discardableResult
    package func write<T: Sendable>(
        _ durability: Durability = .synced, alone lock: Int64? = nil,
        _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> T {
        try await TransactionOf(durability, alone: lock, body).answer { engine.write($0) }
    }

    /// A signal after commits, of any process, that called `wake(channel)`. Signals are coalesced; one may be spurious
    /// and one may be lost, so poll under it.
    package func wakeUps(on channel: String) -> AsyncStream<Void> { engine.wakeUps(on: channel) }

    /// Takes no more work, finishes what waits, closes the connections.
    package func close() async { await engine.close() }
}

/// One database server or file, as `Database` drives it.
protocol Engine: Sendable {
    func read(_ transaction: any Transaction)
    func write(_ transaction: any Transaction)
    func wakeUps(on channel: String) -> AsyncStream<Void>
    func close() async
}
