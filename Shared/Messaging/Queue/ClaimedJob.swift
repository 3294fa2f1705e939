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
    private let encodedPayload: String

    static let columns = """
        id, kind, tenant_id, attempt, max_attempts, failures, crashes, created_at,
        COALESCE(payload, (SELECT p.payload FROM job_payloads p WHERE p.job_id = jobs.id)) AS payload
        """

    init(_ row: Row, token: String) throws(DatabaseError) {
        id = try row.get("id")
        kind = try row.get("kind")
        tenant = try row.get("tenant_id")
        attempt = try row.get("attempt")
        maxAttempts = try row.get("max_attempts")
        failures = try row.get("failures")
        isSuspect = try row.get("crashes", as: Int64.self) > 0
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
