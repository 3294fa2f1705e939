package import StripeModels

/// A call to Stripe that did not bring what it was made for.
package struct StripeError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// Stripe answered that it will not or cannot.
        case api(status: Int, StripeErrorBody)
        /// Stripe's limit is reached, or the tenant's queue for it is longer than a call may wait.
        case rateLimited(retryAfter: Duration)
        /// No connection, or it was lost before the answer was complete.
        case connection
        /// The server is not the one its certificate should prove.
        case untrusted
        case timeout
        /// An answer that is too large, or whose body is not what Stripe answers with this status.
        case unreadable(status: Int)
        /// The call could not be made with what it was given.
        case notSent
        /// The task that made the call was cancelled.
        case cancelled
    }

    package let kind: Kind
    /// For the log: what failed and what follows. Never holds what was sent or received.
    package let message: String
    /// The same call, with the same idempotency key, may succeed later.
    package let isRetryable: Bool
    /// Stripe may have done it: only the same call with the same idempotency key, or reading the object, can tell.
    package let outcomeUnknown: Bool
    /// Stripe repeated the answer of an earlier call with the same idempotency key, which has therefore ended.
    package let isReplayed: Bool
    /// Stripe's name of the request, for its support and its dashboard.
    package let requestID: String?
    /// For the log alone.
    package let cause: (any Error)?

    /// The status Stripe answered with.
    package var status: Int? {
        switch kind {
        case .api(let status, _), .unreadable(let status): status
        case .rateLimited: 429
        case .connection, .untrusted, .timeout, .notSent, .cancelled: nil
        }
    }

    /// Stripe failed, says so whenever it sees the same key again, and is done with what it was asked for: only then does
    /// it repeat its answer. A gateway's 5xx says nothing of what goes on behind it.
    package var provesCallEnded: Bool { isReplayed && status ?? 0 >= 500 }

    /// Stripe's own words, which its caller may see.
    package var body: StripeErrorBody? {
        if case .api(_, let body) = kind { body } else { nil }
    }

    package var description: String {
        message + (requestID.map { " (\($0))" } ?? "")
    }

    init(
        _ kind: Kind, _ message: String, isRetryable: Bool = false, outcomeUnknown: Bool = false,
        isReplayed: Bool = false, requestID: String? = nil, cause: (any Error)? = nil
    ) {
        self.kind = kind
        self.message = message
        self.isRetryable = isRetryable
        self.outcomeUnknown = outcomeUnknown
        self.isReplayed = isReplayed
        self.requestID = requestID
        self.cause = cause
    }

    static func notSent(_ message: String) -> StripeError {
        StripeError(.notSent, message)
    }
}
