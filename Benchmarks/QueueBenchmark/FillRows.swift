import ArgumentParser
import Database
import Messaging

/// Fills the table of jobs with many short rows, as years of work and a long backlog would.
struct FillRows: AsyncParsableCommand {
    @OptionGroup var target: Target
    @Option(help: "Jobs that wait.") var ready = 0
    @Option(help: "Jobs that are done.") var done = 0
    @Option var tenants = 20

    func run() async throws {
        try await target.withQueue { queue in
            // The done ones came first.
            try await insert(done, queue, state: "done", attempt: 1, finishedAt: "now_us()")
            try await insert(ready, queue, state: "ready", attempt: 0, finishedAt: "NULL")
            try await queue.analyze()
        }
    }

    private func insert(
        _ count: Int, _ queue: JobQueue, state: String, attempt: Int, finishedAt: String
    ) async throws {
        let (step, tenants) = (100_000, tenants)
        for start in stride(from: 0, to: count, by: step) {
            try await queue.database.write { connection in
                try connection.execute(
                    """
                    \(series(connection.dialect))
                    INSERT INTO jobs (kind, tenant_id, subject, priority, payload, state, attempt, max_attempts,
                        failures, crashes, run_at, created_at, finished_at)
                    SELECT '\(BenchmarkJob.kind)', 'ten_' || (n % \(tenants)), 'ten_' || (n % \(tenants)) || '/ord_' || n,
                        \(JobPriority.normal.rawValue), '{"number":' || n || '}', '\(state)', \(attempt), 25, 0, 0,
                        now_us(), now_us(), \(finishedAt)
                    FROM series
                    """, start, min(count, start + step))
            }
        }
    }
}

/// SQL: the numbers from `$1` to below `$2`, as `series (n)`.
func series(_ dialect: Dialect) -> String {
    switch dialect {
    case .sqlite:
        """
        WITH RECURSIVE series (n) AS (
            SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM series WHERE n + 1 < $2)
        """
    case .postgres: "WITH series (n) AS (SELECT generate_series($1::BIGINT, $2::BIGINT - 1))"
    }
}
