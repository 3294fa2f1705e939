import NIOHTTP1
import StripeModels

/// What came back from one try, whole.
struct StripeAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    var body: [UInt8]

    /// Stripe's name of the request. It goes into logs, so what cannot be one is dropped.
    var requestID: String? {
        headers.first(name: "Request-Id").flatMap { StripeCredentials.isVisible($0) ? $0 : nil }
    }

    /// Stripe's own word on whether another try makes sense.
    var shouldRetry: Bool? {
        switch headers.first(name: "Stripe-Should-Retry") {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// Whether Stripe repeats what a call with the same key was answered before: that call has ended.
    var isReplayed: Bool { headers.first(name: "Idempotent-Replayed") == "true" }

    var retryAfter: Duration? {
        headers.first(name: "Retry-After").flatMap(UInt16.init).map { .seconds(Int64($0)) }
    }

    /// The error of an answer that is one and can be read.
    var error: StripeErrorBody? {
        try? StripeJSON.decode(ErrorAnswer.self, from: body).error
    }

    /// A 429 about one object that another call holds, which says nothing about the tenant's pace.
    var isLockTimeout: Bool {
        status == 429 && error?.code == "lock_timeout"
    }

    private struct ErrorAnswer: Decodable {
        let error: StripeErrorBody
    }
}
