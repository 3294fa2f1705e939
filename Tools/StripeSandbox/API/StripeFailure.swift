/// A refusal as Stripe words it: a status, and the `error` object of the answer.
struct StripeFailure: Error {
    var status: Int
    var type: String
    var code: String?
    var message: String
    var param: String?
    /// Further fields of the error object: `payment_intent`, `decline_code`, …
    var details: JSON = [:]
    var headers: [String: String] = [:]
    /// Whether what the call did stays done: a declined card leaves its traces.
    var keepsEffects = false
    /// Whether the answer is kept for the idempotency key. Stripe keeps none when validation failed, since then the
    /// call was never begun.
    var isStored = true

    init(status: Int, type: String, code: String? = nil, message: String, param: String? = nil) {
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.param = param
    }

    /// The answer's body.
    func body(requestID: String, livemode: Bool) -> JSON {
        var error: JSON = [:]
        if let code {
            error["code"] = .string(code)
            error["doc_url"] = "https://stripe.com/docs/error-codes/\(code.replacing("_", with: "-"))"
        }
        error.merge(details)
        error["message"] = .string(message)
        if let param { error["param"] = .string(param) }
        error["request_log_url"] = "https://dashboard.stripe.com/\(livemode ? "" : "test/")logs/\(requestID)"
        error["type"] = .string(type)
        return ["error": error]
    }
}

extension StripeFailure {
    /// A call that was refused before it was begun.
    static func invalid(_ message: String, code: String? = nil, param: String? = nil) -> Self {
        var failure = Self(
            status: 400, type: "invalid_request_error", code: code, message: message, param: param)
        failure.isStored = false
        return failure
    }

    /// A call that cannot be done as things are.
    static func impossible(_ message: String, code: String? = nil, param: String? = nil, details: JSON = [:]) -> Self {
        var failure = Self(status: 400, type: "invalid_request_error", code: code, message: message, param: param)
        failure.details = details
        return failure
    }

    static func unknownParameter(_ names: [String]) -> Self {
        invalid(
            "Received unknown parameter\(names.count > 1 ? "s" : ""): \(names.joined(separator: ", "))",
            code: "parameter_unknown", param: names.first)
    }

    static func missing(_ param: String) -> Self {
        invalid("Missing required param: \(param).", code: "parameter_missing", param: param)
    }

    /// An object that does not exist in these books; `inOtherMode` when it does in the account's other mode.
    static func noSuch(_ object: String, _ id: String, param: String, inOtherMode livemode: Bool? = nil) -> Self {
        var message = "No such \(object): '\(id)'"
        if let livemode {
            let (here, there) = livemode ? ("live", "test") : ("test", "live")
            message +=
                "; a similar object exists in \(there) mode, but a \(here) mode key was used to make this request."
        }
        return Self(
            status: 404, type: "invalid_request_error", code: "resource_missing", message: message, param: param)
    }

    static func unrecognizedURL(_ method: String, _ path: String) -> Self {
        var failure = Self(
            status: 404, type: "invalid_request_error",
            message: "Unrecognized request URL (\(method): \(path)). Please see https://stripe.com/docs or we can help "
                + "at https://support.stripe.com/.")
        failure.isStored = false
        return failure
    }

    static let internalError = Self(
        status: 500, type: "api_error",
        message: "An unknown error occurred. Please contact support@stripe.com if the problem persists.")
}
