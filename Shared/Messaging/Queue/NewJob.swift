import Foundation

/// Which of one tenant's due jobs go first. Between tenants it says nothing: no tenant passes another by it.
package enum JobPriority: Int64, Sendable, CaseIterable {
    case high = 1
    case normal = 2
    /// Behind live traffic: replays.
    case low = 3
}

/// A job to be stored.
package struct NewJob: Sendable {
    package let kind: JobKind
    package let tenant: TenantID
    package let subject: String?
    package let priority: JobPriority
    let payload: String
    let uniqueKey: String?
    let delay: Duration
    let maxAttempts: Int

    /// - Parameters:
    ///   - payload: stored as JSON.
    ///   - subject: what the job is about, an order's id for one: two jobs of one tenant and subject never run at once.
    ///   - uniqueKey: while an unfinished job of the same tenant and kind has this key, no second one is stored.
    ///   - delay: not before then, by the database's clock.
    ///   - maxAttempts: how often it may be claimed. It bounds a job that kills its worker; a handler's retry policy may
    ///     end sooner.
    /// - Throws: what encoding the payload as JSON throws.
    package init(
        _ kind: JobKind, tenant: TenantID, payload: some Encodable, subject: String? = nil,
        priority: JobPriority = .normal, uniqueKey: String? = nil, delay: Duration = .zero, maxAttempts: Int = 25
    ) throws {
        self.init(
            kind, tenant: tenant, json: String(decoding: try JSONEncoder().encode(payload), as: UTF8.self),
            subject: subject, priority: priority, uniqueKey: uniqueKey, delay: delay, maxAttempts: maxAttempts)
    }

    /// As above, where the payload is JSON already.
    package init(
        _ kind: JobKind, tenant: TenantID, json: String, subject: String? = nil, priority: JobPriority = .normal,
        uniqueKey: String? = nil, delay: Duration = .zero, maxAttempts: Int = 25
    ) {
        self.kind = kind
        self.tenant = tenant
        self.subject = subject
        self.priority = priority
        self.payload = json
        self.uniqueKey = uniqueKey
        self.delay = delay
        self.maxAttempts = maxAttempts
    }

    package func with(priority: JobPriority) -> NewJob {
        NewJob(
            kind, tenant: tenant, json: payload, subject: subject, priority: priority, uniqueKey: uniqueKey,
            delay: delay, maxAttempts: maxAttempts)
    }
}
