import Database
import Messaging
import TestSupport

let kind = JobKind("test")
let lease = Duration.seconds(30)
let tenant = TenantID(rawValue: "ten_test")

func job(
    _ payload: String = "", key: String? = nil, delay: Duration = .zero, maxAttempts: Int = 25
) throws -> NewJob {
    try NewJob(kind, tenant: tenant, payload: payload, uniqueKey: key, delay: delay, maxAttempts: maxAttempts)
}

func withQueue(on engine: Engine, _ body: (JobQueue, TestDatabase) async throws -> Void) async throws {
    try await withDatabase(on: engine, migrations: MessagingSchema.migrations) { test in
        try await body(JobQueue(test.database), test)
    }
}

extension JobQueue {
    @discardableResult
    func add(_ job: NewJob) async throws -> JobID? { try await database.write { try Self.enqueue(job, in: $0) } }

    func claimOne() async throws -> ClaimedJob {
        guard let job = try await claim([kind], limit: 1, lease: lease).first else { throw NothingClaimed() }
        return job
    }

    /// The states of all jobs, newest first.
    func states() async throws -> [String] { try await jobs(limit: 1000).map(\.state) }

    func bury(_ job: ClaimedJob, error: String = "x") async throws {
        try await database.write { try Self.bury(job.lease, error: error, in: $0) }
    }

    func finish(_ job: ClaimedJob) async throws { try await database.write { try Self.complete(job.lease, in: $0) } }
}

struct NothingClaimed: Error {}
