import Database
import Messaging

/// The jobs that are measured.
enum BenchmarkJob {
    static let kind = JobKind("bench")
    /// Whose jobs `probe` stores and `work` reports.
    static let probe = TenantID(rawValue: "ten_probe")
    static let payloadBytes = 1900

    static func tenant(_ number: Int) -> TenantID { TenantID(rawValue: "ten_\(number)") }

    struct Payload: Codable {
        let number: Int
        let text: String

        /// As JSON, `payloadBytes` long.
        init(number: Int) {
            self.number = number
            let rest = #"{"number":,"text":""}"#.utf8.count + "\(number)".utf8.count
            text = String(repeating: "x", count: payloadBytes - rest)
        }
    }
}

extension JobQueue {
    /// Stores `count` jobs in transactions of a thousand.
    /// - Parameter subjects: among how many subjects a tenant's jobs are dealt out; `nil`: none has one.
    func fill(_ count: Int, tenants: Int, subjects: Int?) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: 0, to: count, by: 1000) {
                // As many at once as PostgreSQL has connections; SQLite takes them one by one anyway.
                if start >= 8000 { try await group.next() }
                group.addTask {
                    let jobs = try (start..<min(count, start + 1000)).map { number in
                        try NewJob(
                            BenchmarkJob.kind, tenant: BenchmarkJob.tenant(number % tenants),
                            payload: BenchmarkJob.Payload(number: number),
                            subject: subjects.map { "ord_\(number / tenants % $0)" })
                    }
                    try await database.write { connection in
                        for job in jobs { try JobQueue.enqueue(job, in: connection) }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await analyze()
    }

    /// As autovacuum would have done by the time a table has grown so much.
    func analyze() async throws {
        guard database.dialect == .postgres else { return }
        try await database.write { _ = try $0.execute("ANALYZE") }
    }
}
