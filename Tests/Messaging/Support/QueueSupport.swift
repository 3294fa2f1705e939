import Database
import Messaging
import TestSupport
import Testing

let kind = JobKind("test")
let otherKind = JobKind("other")
let lease = Duration.seconds(30)
let tenant = TenantID(rawValue: "ten_a")
let otherTenant = TenantID(rawValue: "ten_b")

func job(
    _ payload: String = "", of kind: JobKind = kind, for tenant: TenantID = tenant, subject: String? = nil,
    priority: JobPriority = .normal, key: String? = nil, delay: Duration = .zero, maxAttempts: Int = 25
) throws -> NewJob {
    try NewJob(
        kind, tenant: tenant, payload: payload, subject: subject, priority: priority, uniqueKey: key, delay: delay,
        maxAttempts: maxAttempts)
}

/// Hands `body` a queue of its own, and checks what must hold at every moment once it is done.
func withQueue(on engine: Engine, _ body: (JobQueue, TestDatabase) async throws -> Void) async throws {
    try await withDatabase(on: engine, migrations: MessagingSchema.migrations) { test in
        try await body(JobQueue(test.database), test)
        try await expectInvariants(of: test.database)
    }
}

/// As `withQueue`, with a second process on the same data.
func withTwoQueues(
    on engine: Engine, _ body: (JobQueue, JobQueue, TestDatabase) async throws -> Void
) async throws {
    try await withQueue(on: engine) { queue, test in
        let other = JobQueue(try test.openAgain())
        do {
            try await body(queue, other, test)
        } catch {
            await other.database.close()
            throw error
        }
        await other.database.close()
    }
}

struct NothingClaimed: Error {}

extension JobQueue {
    @discardableResult
    func add(_ job: NewJob) async throws -> JobID {
        guard let id = try await tryAdd(job) else { throw NotStored() }
        return id
    }

    struct NotStored: Error {}

    func tryAdd(_ job: NewJob) async throws -> JobID? { try await database.write { try Self.enqueue(job, in: $0) } }

    /// Many at once, in one transaction.
    func add(_ count: Int, _ make: @escaping @Sendable (Int) throws -> NewJob) async throws {
        try await database.write { connection in
            try Self.enqueue((0..<count).map { try make($0) }, in: connection)
        }
    }

    func claimSome(_ limit: Int = 10, suspects: Bool = true) async throws -> [ClaimedJob] {
        try await claim([kind], limit: limit, lease: lease, suspects: suspects)
    }

    func claimOne(_ kinds: [JobKind] = [kind]) async throws -> ClaimedJob {
        guard let job = try await claim(kinds, limit: 1, lease: lease).first else { throw NothingClaimed() }
        return job
    }

    func bury(_ job: ClaimedJob, error: String = "x") async throws {
        try await database.write { try Self.bury(job.lease, error: error, in: $0) }
    }

    func finish(_ job: ClaimedJob) async throws { try await database.write { try Self.complete(job.lease, in: $0) } }

    func finish(_ jobs: [ClaimedJob]) async throws -> [Lease] { try await complete(jobs.map(\.lease)) }

    func retry(_ job: ClaimedJob, after delay: Duration = .zero, error: String = "no answer") async throws {
        try await retry(job.lease, after: delay, error: error)
    }

    func release(_ job: ClaimedJob, after delay: Duration = .zero) async throws {
        try await release(job.lease, after: delay, reason: "handed back")
    }

    /// An operator's wish, as `checkoutctl` does it.
    @discardableResult
    func operate<Result: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Result) async throws -> Result {
        try await database.write { try body($0) }
    }

    func row(_ id: JobID) async throws -> JobRow {
        guard let row = try await job(id) else { throw NothingClaimed() }
        return row
    }

    /// When the job's lease ends, µs since 1970; 0 without one.
    func leaseEnd(of id: JobID) async throws -> Int64 {
        try await database.read { connection in
            try connection.row("SELECT lease_until FROM jobs WHERE id = $1", id)?.get("lease_until", as: Int64?.self)
                ?? 0
        }
    }

    /// The states of all jobs, oldest first.
    func states() async throws -> [String] { try await jobs(limit: 10_000).reversed().map(\.state) }
}

extension ClaimedJob {
    var text: String { get throws { try payload(String.self) } }
}
