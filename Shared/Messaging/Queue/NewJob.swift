import Foundation

/// A job to be stored.
package struct NewJob: Sendable {
    package let kind: JobKind
    package let tenant: TenantID
    let payload: String
    let uniqueKey: String?
    let delay: Duration
    let maxAttempts: Int

    /// - Parameters:
    ///   - uniqueKey: while an unfinished job of the same kind has this key, no second one is stored.
    ///   - delay: not before then, by the database's clock.
    ///   - maxAttempts: how often it may be claimed. It bounds a job that kills its worker; a handler's retry policy may
    ///     end sooner.
    /// - Throws: what encoding the payload as JSON throws.
    package init(
        _ kind: JobKind, tenant: TenantID, payload: some Encodable, uniqueKey: String? = nil, delay: Duration = .zero,
        maxAttempts: Int = 25
    ) throws {
        self.kind = kind
        self.tenant = tenant
        self.payload = String(decoding: try JSONEncoder().encode(payload), as: UTF8.self)
        self.uniqueKey = uniqueKey
        self.delay = delay
        self.maxAttempts = maxAttempts
    }
}
