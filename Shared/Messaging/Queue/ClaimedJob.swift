import Database
import Foundation

/// A job as its claimer got it.
package struct ClaimedJob: Sendable {
    package let id: JobID
    package let kind: JobKind
    package let tenant: TenantID
    /// 1 at the first claim.
    package let attempt: Int
    package let maxAttempts: Int
    /// How many attempts before this one ended in a failure. A claim that its worker did not survive is an attempt, too,
    /// but says nothing about the job's own chances.
    package let failures: Int
    /// A worker died or hung with it before: perhaps through it. It is run beside no other suspect.
    package let isSuspect: Bool
    /// All attempts are used up and none of them ended: bury it.
    package var isExhausted: Bool { attempt > maxAttempts }
    package let lease: Lease
    /// µs since 1970
    package let createdAt: Int64
    private let leasedAt: Int64
    private let claimed = ContinuousClock.now
    /// `nil` while a long one has not been read.
    private var encodedPayload: String?

    /// µs since 1970 by the database's clock: its time at the claim and what has passed since. The host's clock may be an
    /// hour off.
    package var now: Int64 { leasedAt + claimed.duration(to: .now).microseconds }

    static let columns = "id, kind, tenant_id, attempt, max_attempts, failures, crashes, created_at, leased_at, payload"

    init(_ row: Row, token: String) throws(DatabaseError) {
        id = try row.get("id")
        kind = try row.get("kind")
        tenant = try row.get("tenant_id")
        attempt = try row.get("attempt")
        maxAttempts = try row.get("max_attempts")
        failures = try row.get("failures")
        isSuspect = try row.get("crashes", as: Int64.self) > 0
        createdAt = try row.get("created_at")
        leasedAt = try row.get("leased_at")
        encodedPayload = try row.get("payload")
        lease = Lease(job: id, token: token)
    }

    /// - Throws: `JobFailure` that buries the job: a payload that cannot be read today cannot be read tomorrow.
    package func payload<T: Decodable>(_ type: T.Type) throws(JobFailure) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data((encodedPayload ?? "").utf8))
        } catch {
            throw .bury("The payload of \(id) cannot be read as \(T.self).")
        }
    }
}

extension ClaimedJob {
    /// Reads the long payloads of `jobs`. Apart from the claim, so that the next one need not wait for it.
    static func readPayloads(of jobs: inout [ClaimedJob], _ database: Database) async throws {
        let ids = jobs.filter { $0.encodedPayload == nil }.map(\.id.rawValue)
        if ids.isEmpty { return }
        let payloads = try await database.read { connection in
            let rows = try connection.rows(
                "SELECT job_id, payload FROM job_payloads WHERE \(connection.dialect.isMember("job_id", of: "$1"))",
                IDList(ids))
            return Dictionary(
                uniqueKeysWithValues: try rows.map {
                    (try $0.get("job_id", as: JobID.self), try $0.get("payload", as: String.self))
                })
        }
        for index in jobs.indices {
            jobs[index].encodedPayload = jobs[index].encodedPayload ?? payloads[jobs[index].id]
        }
    }
}
