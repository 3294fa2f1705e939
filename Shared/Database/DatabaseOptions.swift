/// How much of the database a program takes, and how long it waits.
package struct DatabaseOptions: Sendable {
    /// SQLite: threads that read, each with a connection of its own, beside the one that writes.
    package var readers = 4
    /// PostgreSQL: threads, each with a connection of its own.
    package var connections = 8
    /// SQLite: how long a write waits for another process's write.
    package var busyTimeout: Duration = .seconds(10)
    /// How many transactions may wait for a thread (SQLite: reads and writes each). More are refused as `.busy`: a database
    /// that hangs must not gather requests without end.
    package var waitingLimit = 10_000
    /// PostgreSQL: the longest a statement may take.
    package var statementTimeout: Duration = .seconds(30)
    /// SQLite: what `now_us()` returns; PostgreSQL uses its server's clock.
    package var clock: @Sendable () -> Int64 = DatabaseOptions.systemClock
    package var purpose = Purpose.work

    /// What a database is opened for.
    package enum Purpose: Sendable {
        /// One that holds an unfinished copy of another one is refused.
        case work
        /// To copy another one into it. On PostgreSQL by one connection and nobody else: with one more of its own it would
        /// wait for itself.
        case copyTarget
    }

    package init() {}
}
