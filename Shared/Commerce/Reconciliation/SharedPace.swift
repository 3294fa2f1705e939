package import Database
package import Messaging

/// The pace of each tenant's calls to Stripe, shared by all processes: one storefront cannot use up what another may
/// call, and two processes together call no faster than one.
///
/// It is the generic cell rate algorithm: a row holds when the next call may begin. Taking a place moves it on by an
/// interval (1/rate), in one statement, so no two callers have the same place. Invariant: in any stretch of time no more places
/// begin than `rate` times its seconds, and one more. What was not used is not saved up.
///
/// The writes are relaxed: a power cut that undoes one lets a handful of calls begin early.
package struct SharedPace: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    /// What a caller gets.
    package enum Place: Sendable, Hashable {
        /// It is the caller's, this many µs from now.
        case after(Int64)
        /// The next one is this many µs away. It was not taken: those who are refused do not lengthen the queue.
        case tooFar(Int64)
    }

    /// Takes the next place in the tenant's queue.
    /// - Parameters:
    ///   - rate: calls a second, above 0.
    ///   - longest: the longest that the caller would wait, in µs.
    package func reserve(
        tenant: TenantID, livemode: Bool, rate: Double, longest: Int64 = .max
    ) async throws -> Place {
        // Rounded up: never faster. An hour between two calls is as slow as it gets.
        let interval = Int64((1_000_000 / max(rate, 1 / 3600)).rounded(.up))
        return try await database.write(.relaxed) { connection in
            let taken = try connection.row(
                """
                INSERT INTO stripe_pace (tenant_id, livemode, next_us)
                VALUES ($1, $2, now_us() + CAST($3 AS BIGINT))
                ON CONFLICT (tenant_id, livemode) DO UPDATE SET next_us = CAST($3 AS BIGINT)
                    + CASE WHEN stripe_pace.next_us > now_us() THEN stripe_pace.next_us ELSE now_us() END
                WHERE stripe_pace.next_us - now_us() <= CAST($4 AS BIGINT)
                RETURNING next_us - CAST($3 AS BIGINT) - now_us() AS wait
                """, tenant, livemode, interval, longest)
            if let taken { return .after(max(0, try taken.get("wait"))) }
            let next = try connection.row(
                "SELECT next_us - now_us() AS wait FROM stripe_pace WHERE tenant_id = $1 AND livemode = $2", tenant,
                livemode)
            return .tooFar(max(longest, try next?.get("wait") ?? 0))
        }
    }
}
