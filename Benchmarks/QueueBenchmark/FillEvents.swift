import ArgumentParser
import Database
import Messaging

/// Fills the inbox with old events of 2 KB, each applied by a job that is done: what retention has to remove.
struct FillEvents: AsyncParsableCommand {
    @OptionGroup var target: Target
    @Option var events: Int
    @Option(help: "How many of them have failed, with a dead letter that waits: they stay.") var failed = 0
    @Option(help: "How old they are, in days.") var age = 40

    func run() async throws {
        try await target.withQueue { queue in
            let (step, failed, age) = (10_000, failed, Int64(age) * 86_400_000_000)
            for start in stride(from: 0, to: events, by: step) {
                let end = min(events, start + step)
                try await queue.database.write { connection in
                    let body = [UInt8](repeating: 120, count: 2000)
                    // The failed ones came first, so that each step would meet them.
                    try connection.execute(
                        """
                        \(series(connection.dialect))
                        INSERT INTO events (id, tenant_id, livemode, stripe_event_id, type, created, received_at,
                            endpoint_id, signature, body, state, settled_at)
                        SELECT 'whe_' || (100000000 + n), 'ten_' || (n % 20), false, 'evt_' || n,
                            'payment_intent.succeeded', 1, now_us() - \(age) + n, 'we_1', 't=1,v1=00', $3,
                            CASE WHEN n < \(failed) THEN 'failed' ELSE 'applied' END,
                            CASE WHEN n < \(failed) THEN NULL ELSE now_us() - \(age) + n END
                        FROM series
                        """, start, end, body)
                    try connection.execute(
                        """
                        \(series(connection.dialect))
                        INSERT INTO jobs (kind, tenant_id, priority, payload, state, attempt, max_attempts, failures,
                            crashes, run_at, created_at, finished_at)
                        SELECT 'apply_stripe_event', 'ten_' || (n % 20), \(JobPriority.normal.rawValue),
                            '{"event":"whe_' || (100000000 + n) || '"}',
                            CASE WHEN n < \(failed) THEN 'dead' ELSE 'done' END, 1, 25, 0, 0,
                            now_us() - \(age), now_us() - \(age), now_us() - \(age) + n
                        FROM series
                        """, start, end)
                }
            }
            try await queue.analyze()
        }
    }
}
