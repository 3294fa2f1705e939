package import Database

/// Work that must have one runner at a time among all workers, and is done once in a while: retention, a sweep.
///
/// The right to do it is a lease by the database's clock, as for a job; unlike a job it never ends.
package struct Duty: Sendable {
    package let name: String
    /// How long after its end it is due again.
    package let interval: Duration
    /// How long a runner keeps it without a word: longer than any one step takes.
    package let lease: Duration

    package init(_ name: String, every interval: Duration, lease: Duration = .seconds(60)) {
        self.name = name
        self.interval = interval
        self.lease = lease
    }

    /// The right to do it now, or `nil` when it is not due or another one does it: that takes a read only, for every
    /// worker asks again and again.
    package func take(in database: Database) async throws -> DutyTurn? {
        let holder = LeaseToken.make()
        let (name, lease, interval) = (name, lease.microseconds, interval.microseconds)
        let isFree = try await database.read { connection in
            try connection.row(
                "SELECT name FROM duties WHERE name = $1 AND NOT (\(Self.isFree))", name, interval) == nil
        }
        guard isFree else { return nil }
        // A turn that a power cut takes is a lease lost, as a job's.
        let taken = try await database.write(.relaxed) { connection in
            try connection.execute(
                "INSERT INTO duties (name, held_until) VALUES ($1, 0) ON CONFLICT DO NOTHING", name)
            return try connection.execute(
                """
                UPDATE duties SET holder = $3, held_until = now_us() + CAST($4 AS BIGINT)
                WHERE name = $1 AND \(Self.isFree)
                """, name, interval, holder, lease)
        }
        return taken == 1 ? DutyTurn(duty: self, holder: holder) : nil
    }

    /// SQL; `$2` is the interval.
    private static let isFree = """
        held_until <= now_us() AND (done_at IS NULL OR done_at + CAST($2 AS BIGINT) <= now_us())
        """
}

/// The right to do a duty, until its lease ends.
package struct DutyTurn: Sendable {
    let duty: Duty
    let holder: String

    /// Keeps the right for another lease; in the transaction of each step, so that a step of one who lost it is undone.
    /// - Throws: `DutyLost`
    package func keep(in connection: Connection) throws {
        let held = try connection.execute(
            "UPDATE duties SET held_until = now_us() + CAST($3 AS BIGINT) WHERE name = $1 AND holder = $2",
            duty.name, holder, duty.lease.microseconds)
        if held == 0 { throw DutyLost(name: duty.name) }
    }

    /// Hands it back; it is due again after the duty's interval.
    package func finish(in database: Database) async throws {
        let (name, holder) = (duty.name, holder)
        try await database.write { connection in
            try connection.execute(
                """
                UPDATE duties SET holder = NULL, held_until = 0, done_at = now_us() WHERE name = $1 AND holder = $2
                """, name, holder)
        }
    }
}

package struct DutyLost: Error, CustomStringConvertible {
    package let name: String
    package var description: String { "Another worker took over \(name); this one's step was undone." }
}
