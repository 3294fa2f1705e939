package import HTTPTypes

extension APIError {
    // MARK: What the caller must mend

    /// 400: something in the request is wrong.
    package static func invalidRequest(param: String? = nil, code: String, message: String) -> APIError {
        APIError(.badRequest, .invalidRequest, code: code, message, param: param)
    }

    /// 400: a parameter that must be there is not.
    package static func missing(_ param: String) -> APIError {
        .invalidRequest(param: param, code: "parameter_missing", message: "Missing required parameter: \(param).")
    }

    /// 401: no key, or one that is not (or no longer) valid; which of them is not told.
    package static func unauthenticated(
        _ message: String = "No valid API key was given; send one as \"Authorization: Bearer KEY\".",
        code: String = "api_key_invalid"
    ) -> APIError {
        APIError(.unauthorized, .authentication, code: code, message, headers: [.wwwAuthenticate: "Bearer"])
    }

    /// 403: the key is valid, but not for this.
    package static func permission(_ message: String, code: String = "permission_denied") -> APIError {
        APIError(.forbidden, .permission, code: code, message)
    }

    /// 404: there is no such thing, or it is somebody else's: the answer is the same.
    package static func notFound(_ message: String, param: String? = nil) -> APIError {
        APIError(.notFound, .invalidRequest, code: "resource_missing", message, param: param)
    }

    /// 404: there is no such path.
    package static let unknownRoute = APIError(
        .notFound, .invalidRequest, code: "unknown_route", "There is no such path; compare it with the documentation.")

    /// 405: the path exists, the method does not.
    package static func methodNotAllowed(allow methods: [HTTPRequest.Method]) -> APIError {
        let list = methods.map(\.rawValue).joined(separator: ", ")
        return APIError(
            .methodNotAllowed, .invalidRequest, code: "method_not_allowed", "This path answers to \(list) only.",
            headers: [.allow: list])
    }

    /// 413: the body is longer than `limit` bytes.
    package static func requestTooLarge(limit: Int) -> APIError {
        APIError(
            .contentTooLarge, .invalidRequest, code: "request_too_large",
            "The body is too large; send at most \(limit) bytes.")
    }

    /// 415: the body is in a form that is not read here.
    package static let unsupportedMediaType = APIError(
        .unsupportedMediaType, .invalidRequest, code: "unsupported_media_type",
        "The body must be JSON; send it with \"Content-Type: application/json\".")

    /// 422: well-formed, but it cannot be done as things are.
    package static func unprocessable(param: String? = nil, code: String, message: String) -> APIError {
        APIError(.unprocessableContent, .invalidRequest, code: code, message, param: param)
    }

    // MARK: Idempotency

    /// 400: the same key came with another request.
    package static let idempotencyMismatch = APIError(
        .badRequest, .idempotency, code: "idempotency_key_reused",
        "This Idempotency-Key was used with other parameters; use a new key for a new request.")

    /// 409: the first request with this key is still being worked on.
    package static let idempotencyKeyInUse = APIError(
        .conflict, .idempotency, code: "idempotency_key_in_use",
        "A request with this Idempotency-Key is in flight; send it again once that one is answered.",
        headers: [.retryAfter: "1"])

    // MARK: Cards and limits

    /// 402: the card was declined or needs its owner.
    package static func card(code: String, message: String, param: String? = nil) -> APIError {
        APIError(.init(code: 402, reasonPhrase: "Payment Required"), .card, code: code, message, param: param)
    }

    /// 429: too many requests.
    package static func rateLimited(retryAfter seconds: Int) -> APIError {
        APIError(
            .tooManyRequests, .rateLimit, code: "rate_limit", "Too many requests; try again in \(seconds) s.",
            headers: [.retryAfter: "\(seconds)"])
    }

    // MARK: What is our fault, or Stripe's

    /// 500: something broke that should not have. The cause goes to the log alone.
    package static func internalError(cause: (any Error)?) -> APIError {
        APIError(
            .internalServerError, .api, code: "internal_error",
            "Something went wrong on our side; try again, and if it persists name the request_id to us.", cause: cause)
    }

    /// 502, or 503 where Stripe asks for patience: nothing is half-made, the same request may be sent again.
    package static func stripeUnavailable(
        _ status: HTTPResponse.Status = .badGateway, retryAfter seconds: Int = 1, cause: (any Error)? = nil
    ) -> APIError {
        APIError(
            status, .api, code: "stripe_unavailable",
            "Stripe could not be reached; send the same request with the same Idempotency-Key again.",
            headers: [.retryAfter: "\(seconds)"], cause: cause)
    }

    /// 503: not now.
    package static func unavailable(
        _ message: String = "The service cannot answer just now; try again.", code: String = "unavailable",
        retryAfter seconds: Int = 1, cause: (any Error)? = nil
    ) -> APIError {
        APIError(.serviceUnavailable, .api, code: code, message, headers: [.retryAfter: "\(seconds)"], cause: cause)
    }
}
