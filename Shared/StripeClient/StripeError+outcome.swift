import StripeModels

extension StripeError {
    /// The error of `call` whose last try was refused by `answer`, a status other than 2xx.
    ///
    /// - Parameter maybeArrived: an earlier try may have reached Stripe without our seeing the answer.
    init(_ call: StripeCall, refusedBy answer: StripeAnswer, afterUnknown maybeArrived: Bool, pause: Duration) {
        let mayChange = RetryRule.mayChange(.success(answer))
        guard answer.status != 429 else {
            self.init(
                .rateLimited(retryAfter: pause), "\(call.name) was refused: too many calls; the tenant is slowed down.",
                isRetryable: true, outcomeUnknown: call.changes && maybeArrived, requestID: answer.requestID)
            return
        }
        guard let body = answer.error ?? (answer.status >= 500 ? .unreadable(status: answer.status) : nil) else {
            // A redirect, a proxy's page: nothing of Stripe's, so it decides nothing.
            self.init(
                .unreadable(status: answer.status),
                "\(call.name) was answered with status \(answer.status), but not by Stripe.",
                isRetryable: true, outcomeUnknown: call.changes, requestID: answer.requestID)
            return
        }
        self.init(
            .api(status: answer.status, body),
            "\(call.name) was refused with status \(answer.status): \(body.debugDescription).",
            isRetryable: mayChange,
            outcomeUnknown: call.changes
                && Self.leavesQuestion(
                    answer.status, body, afterUnknown: maybeArrived, hasKey: call.idempotencyKey != nil),
            isReplayed: answer.isReplayed, requestID: answer.requestID)
    }

    /// Whether Stripe may have done what it answered with `status` about.
    private static func leavesQuestion(_ status: Int, _ body: StripeErrorBody, afterUnknown: Bool, hasKey: Bool) -> Bool
    {
        switch status {
        case 500...: true
        // The first try is still at work there.
        case 409: body.code == "idempotency_key_in_use" || afterUnknown
        // Refused at the door, which says nothing about a try before.
        case 401, 403: afterUnknown
        // Stripe looked at the key first: had an earlier try been done, its answer would have been replayed. Without
        // a key, what is refused now may be refused because it was done.
        default: afterUnknown && !hasKey
        }
    }

    /// The error of `call` whose last try brought no answer.
    init(_ call: StripeCall, failedBy failure: TransportFailure, afterUnknown maybeArrived: Bool) {
        let unknown = call.changes && (maybeArrived || failure.maybeArrived)
        switch failure {
        case .notConnected(let cause):
            self.init(
                .connection, "\(call.name) was not sent: Stripe could not be reached.", isRetryable: true,
                outcomeUnknown: unknown, cause: cause)
        case .lost(let cause):
            self.init(
                .connection, "\(call.name) lost its connection before the answer.", isRetryable: true,
                outcomeUnknown: unknown, cause: cause)
        case .untrusted(let cause):
            self.init(
                .untrusted, "\(call.name) was not sent: the server's certificate could not be verified.",
                outcomeUnknown: unknown, cause: cause)
        case .timeout:
            self.init(
                .timeout, "\(call.name) was not answered in time.", isRetryable: true, outcomeUnknown: unknown)
        case .tooLarge(let answer):
            self.init(
                .unreadable(status: answer.status), "\(call.name) was answered with more than can be read.",
                outcomeUnknown: unknown, requestID: answer.requestID)
        case .cancelled:
            self.init(
                .cancelled, "\(call.name) was given up before its answer.", isRetryable: true, outcomeUnknown: unknown)
        }
    }
}

extension StripeErrorBody {
    /// Stands in for the error of a 5xx that was no JSON: Stripe's own servers fail so, and what is before them.
    fileprivate static func unreadable(status: Int) -> StripeErrorBody {
        StripeErrorBody(
            type: .apiError, message: "The payment provider answered with status \(status) and no readable error.")
    }
}
