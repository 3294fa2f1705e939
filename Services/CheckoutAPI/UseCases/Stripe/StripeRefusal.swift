import Commerce
import HTTPTypes
import ServiceRuntime
import StripeClient
import StripeModels

/// What Stripe will not do, however often it is asked.
struct StripeRefusal: Error {
    /// What the caller is told.
    let error: APIError
    /// What Stripe said; nil for what we did not even ask it.
    var body: StripeErrorBody?

    /// The object is in a state that does not allow the call: reading it tells which.
    var isAboutState: Bool { body?.code == "payment_intent_unexpected_state" }

    var isMissing: Bool { error.status == .notFound }
}

extension APIError {
    /// Stripe answered 5xx, and would do so for a day whenever it saw the same key again (Stripe: "Idempotent requests").
    /// What it was asked for may or may not be done; the next try needs another key.
    var usedUpStripeKey: Bool { (cause as? StripeError)?.status ?? 0 >= 500 }

    /// The same, and the call that used it up has certainly ended.
    var provesStripeCallEnded: Bool { (cause as? StripeError)?.provesCallEnded == true }

    /// Stripe may have done what it was asked for, without our seeing the answer.
    var leavesStripeUnknown: Bool { (cause as? StripeError)?.outcomeUnknown ?? (cause is TimeLimitExceeded) }
}

extension StripeError {
    /// In this API's words: a `StripeRefusal` where it is final, else the `APIError`.
    var asFailure: any Error {
        switch kind {
        case .rateLimited(let wait): APIError.stripeRateLimited(retryAfter: wait, cause: self)
        case .api(let status, let body): failure(status, body)
        case .connection, .untrusted, .timeout, .cancelled:
            APIError.stripeUnavailable(.serviceUnavailable, cause: self)
        case .unreadable: APIError.stripeUnavailable(cause: self)
        // Keys that cannot even be sent are as wrong as keys that Stripe refuses.
        case .notSent: APIError.stripeAuthentication(.invalidKey, cause: self)
        }
    }

    private func failure(_ status: Int, _ body: StripeErrorBody) -> any Error {
        if let fault = credentialFault { return APIError.stripeAuthentication(fault, cause: self) }
        switch status {
        case 402: return StripeRefusal(error: .cardError(body), body: body)
        // The first call with our key is still being worked on, or another holds the object.
        case 409: return APIError.stripeUnavailable(.serviceUnavailable, cause: self)
        case 429: return APIError.stripeRateLimited(retryAfter: .seconds(1), cause: self)
        case 500...: return APIError.stripeUnavailable(cause: self)
        // A key of ours with other parameters than before: ours to mend, and nothing the caller could change.
        case _ where isKeyReused: return APIError.internalError(cause: self)
        default: return StripeRefusal(error: .invalidRequest(body), body: body)
        }
    }
}
