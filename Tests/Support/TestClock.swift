package import Database
import Synchronization

/// The database's clock in tests: it stands still until a test advances it.
package final class TestClock: Sendable {
    /// 2026-11-22 00:00:00 UTC
    package static let start: Int64 = 1_795_305_600_000_000

    private let microseconds = Atomic<Int64>(TestClock.start)

    package var now: Int64 { microseconds.load(ordering: .sequentiallyConsistent) }

    package init() {}

    /// Moves `now_us()` of this test's database.
    package func advance(by duration: Duration, in database: Database) async throws {
        let (seconds, attoseconds) = duration.components
        let step = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        microseconds.add(step, ordering: .sequentiallyConsistent)
        guard database.dialect == .postgres else { return }
        try await database.write { try $0.execute("UPDATE test_clock SET us = us + $1", step) }
    }

    /// Makes PostgreSQL's `now_us()` read this clock.
    func install(in database: Database) async throws {
        let start = now
        try await database.write { connection in
            try connection.execute("CREATE TABLE test_clock (us BIGINT NOT NULL)")
            try connection.execute("INSERT INTO test_clock VALUES ($1)", start)
            try connection.execute(
                "CREATE OR REPLACE FUNCTION now_us() RETURNS BIGINT LANGUAGE sql STABLE AS "
                    + "$$ SELECT us FROM test_clock $$")
        }
    }
}
