import Database
import Foundation

/// The right to finish a job: a token made at the claim, valid until it expires by the database's clock.
package struct Lease: Sendable, Hashable {
    package let job: JobID
    let token: String
}

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
    /// All attempts are used up and none of them ended: bury it.
    package var isExhausted: Bool { attempt > maxAttempts }
    package let lease: Lease
    /// µs since 1970
    package let createdAt: Int64
    private let encodedPayload: String

    init(_ row: Row, token: String) throws(DatabaseError) {
        id = try row.get("id")
        kind = try row.get("kind")
        tenant = try row.get("tenant_id")
        attempt = try row.get("attempt")
        maxAttempts = try row.get("max_attempts")
        failures = try row.get("failures")
        createdAt = try row.get("created_at")
        encodedPayload = try row.get("payload")
        lease = Lease(job: id, token: token)
    }

    /// - Throws: `JobFailure` that buries the job: a payload that cannot be read today cannot be read tomorrow.
    package func payload<T: Decodable>(_ type: T.Type) throws(JobFailure) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(encodedPayload.utf8))
        } catch {
            throw .bury("The payload of \(id) cannot be read as \(T.self).")
        }
    }
}

/// The lease expired or was taken before the job was finished: whatever was done for it must be discarded.
package struct LeaseLost: Error, CustomStringConvertible {
    package let job: JobID
    package var description: String { "Lease on \(job) was lost before its completion; its result was discarded." }
}
