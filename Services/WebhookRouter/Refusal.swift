import HTTPTypes
import ServiceRuntime
import StripeModels

/// Why a webhook is not taken. The word goes into the log and the metrics; the sender learns no more than it needs.
enum Refusal: String, Error, CaseIterable {
    case unknownEndpoint = "unknown_endpoint"
    case tooLarge = "too_large"
    case missingSignature = "missing_signature"
    case malformedSignature = "malformed_signature"
    case badSignature = "bad_signature"
    case stale
    case future
    case malformedEvent = "malformed_event"
    /// The sender went away, or its body is not what its head says.
    case brokenBody = "broken_body"
    case notStored = "not_stored"

    init(_ error: WebhookSignatureError) {
        switch error {
        case .malformedHeader: self = .malformedSignature
        case .noMatch: self = .badSignature
        case .tooOld: self = .stale
        case .inFuture: self = .future
        }
    }

    /// The answer to the sender.
    ///
    /// A signature that does not match, for whatever reason, gets one and the same text: who forges events is not told
    /// how far it came.
    var answer: APIError {
        switch self {
        case .unknownEndpoint: .notFound("There is no such webhook endpoint.")
        case .tooLarge: .requestTooLarge(limit: WebhookRoute.bodyLimit)
        case .missingSignature, .malformedSignature, .badSignature, .stale, .future:
            .invalidRequest(
                code: "signature_invalid",
                message: "The Stripe-Signature is missing, malformed, out of time, or of no secret of this endpoint.")
        case .malformedEvent:
            .invalidRequest(code: "event_malformed", message: "The body is not an event of Stripe.")
        case .brokenBody: .invalidRequest(code: "body_incomplete", message: "The body could not be read to its end.")
        case .notStored: .unavailable("The event could not be stored; send it again.", retryAfter: 5)
        }
    }
}
