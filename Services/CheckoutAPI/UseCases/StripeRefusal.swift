import Commerce
import HTTPTypes
import ServiceRuntime
import StripeClient
import StripeModels

/// What Stripe will not do, however often it is asked.
struct StripeRefusal: Error {
    /// What the caller is told.
    let error: APIError
    /// Stripe's code.
    let code: String?

    /// The object is in a state that does not allow the call: reading it tells which.
    var isAboutState: Bool { code == "payment_intent_unexpected_state" }
}

extension APIError {
    /// Stripe answered 5xx, and would do so for a day whenever it saw the same key again (Stripe: "Idempotent requests").
    /// What it was asked for may or may not be done; the next try needs another key.
    var usedUpStripeKey: Bool { (cause as? StripeError)?.status ?? 0 >= 500 }
}

extension StripeError {
    /// The tenant's keys are wrong, revoked, or lack a permission: its operator's to mend.
    var meansBadCredentials: Bool { status == 401 || status == 403 }

    /// In this API's words: a `StripeRefusal` where it is final, else the `APIError`.
    var asFailure: any Error {
        switch kind {
        case .rateLimited(let wait): APIError.stripeRateLimited(retryAfter: wait)
        case .api(let status, let body): failure(status, body)
        case .connection, .untrusted, .timeout, .cancelled:
            APIError.stripeUnavailable(.serviceUnavailable, cause: self)
        case .unreadable: APIError.stripeUnavailable(cause: self)
        // Keys that cannot even be sent are as wrong as keys that Stripe refuses.
        case .notSent: APIError.stripeAuthentication
        }
    }

    private func failure(_ status: Int, _ body: StripeErrorBody) -> any Error {
        switch status {
        case 401, 403: APIError.stripeAuthentication
        case 402: StripeRefusal(error: .cardError(body), code: body.code)
        // The first call with our key is still being worked on, or another holds the object.
        case 409: APIError.stripeUnavailable(.serviceUnavailable, cause: self)
        case 429: APIError.stripeRateLimited(retryAfter: .seconds(1))
        case 500...: APIError.stripeUnavailable(cause: self)
        // A key of ours with other parameters than before: ours to mend, and nothing the caller could change.
        case _ where body.type == .idempotencyError: APIError.internalError(cause: self)
        default: StripeRefusal(error: .invalidRequest(body), code: body.code)
        }
    }
}
