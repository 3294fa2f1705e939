import Database
import Messaging
import TestSupport

/// A database as the release before this one left it: schema version 2, a job in every state of then.
enum OldData {
    static let migrations = MessagingSchema.migrations.filter { $0.version <= 2 }

    static func make(_ test: TestDatabase) async throws {
        let now = test.clock.now
        try await test.database.write(.relaxed) { connection in
            for (number, state) in ["ready", "leased", "done", "dead", "scheduled"].enumerated() {
                let event = "whe_0123456789abcdefghjkmnpqr\(number)"
                try connection.execute(
                    """
                    INSERT INTO events (id, tenant_id, livemode, stripe_event_id, type, created, received_at,
                        endpoint_id, signature, body, state, settled_at)
                    VALUES ($1, 'ten_a', false, $1, 'x', 1, $2, 'we_1', 't=1', $3, $4, $5)
                    """, event, now, Array("{}".utf8), ["done": "applied", "dead": "failed"][state] ?? "pending",
                    ["done", "dead"].contains(state) ? now : nil)
                let isLeased = state == "leased"
                try connection.execute(
                    """
                    INSERT INTO jobs (kind, tenant_id, payload, unique_key, state, attempt, max_attempts, failures,
                        run_at, lease_token, lease_until, created_at, finished_at)
                    VALUES ('apply_stripe_event', 'ten_a', $1, $2, $3, $4, 25, 0, $5, $6, $7, $8, $9)
                    """, #"{"event":"\#(event)"}"#, "key \(number)", state == "scheduled" ? "ready" : state,
                    ["ready", "scheduled"].contains(state) ? 0 : 1, state == "scheduled" ? now + 60_000_000 : now,
                    isLeased ? "token" : nil, isLeased ? now + 30_000_000 : nil, now, state == "done" ? now : nil)
            }
        }
    }
}
