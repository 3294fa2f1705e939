import Foundation
import Logging
import Synchronization

/// How many threads of a pool are connected, so that one that is not leaves the work to them.
final class PostgresPoolState: Sendable {
    private let count = Atomic(0)

    var isAnyConnected: Bool { count.load(ordering: .relaxed) > 0 }

    fileprivate func change(by step: Int) { count.add(step, ordering: .relaxed) }
}

/// One thread's connection, opened when needed and again, with backoff, after it was lost.
final class PostgresSession {
    private let url: String
    private let options: DatabaseOptions
    private let logger: Logger
    private let pool: PostgresPoolState
    private var connection: PostgresConnection? {
        didSet { pool.change(by: (connection == nil ? 0 : 1) - (oldValue == nil ? 0 : 1)) }
    }
    private var failures = 0
    private var notBefore = ContinuousClock.now

    init(url: String, options: DatabaseOptions, pool: PostgresPoolState = PostgresPoolState(), logger: Logger) {
        self.url = url
        self.pool = pool
        self.options = options
        self.logger = logger
    }

    /// The open connection, or a new one.
    /// - Throws: `.unavailable` at once while the pause after a failed attempt lasts (0.1 s doubling to 5 s, ±20 %):
    ///   callers are told quickly and the server is not stormed.
    func connected() throws(DatabaseError) -> PostgresConnection {
        if let connection, connection.isAlive { return connection }
        connection = nil
        guard ContinuousClock.now >= notBefore else {
            throw DatabaseError(
                .unavailable, "PostgreSQL could not be reached a moment ago; it is tried again shortly.")
        }
        do {
            let new = try PostgresConnection(url: url, for: options)
            if failures > 0 { logger.info("Connected to PostgreSQL again") }
            failures = 0
            connection = new
            return new
        } catch {
            failures += 1
            let pause = min(5, 0.1 * Double(1 << min(failures - 1, 10))) * Double.random(in: 0.8...1.2)
            notBefore = .now + .seconds(pause)
            logger.warning("PostgreSQL cannot be reached", metadata: ["error": "\(error)", "failures": "\(failures)"])
            throw error
        }
    }

    func drop() { connection = nil }

    /// How long this thread should leave the work to others: the rest of its pause, while another one is connected.
    var restOfPause: Duration {
        guard connection == nil, pool.isAnyConnected else { return .zero }
        return max(.zero, ContinuousClock.now.duration(to: notBefore))
    }
}
