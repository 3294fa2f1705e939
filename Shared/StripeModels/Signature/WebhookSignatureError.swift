/// Why a webhook is not taken for Stripe's. Its text is safe to log.
package enum WebhookSignatureError: Error, Hashable, CustomStringConvertible {
    /// No `t`, more than one, a `t` that is no time, no `v1`, or longer than any header of Stripe's.
    case malformedHeader
    /// Signed by none of the secrets.
    case noMatch
    /// Signed by Stripe, but longer ago than the tolerance: perhaps a replay.
    case tooOld
    /// Signed by Stripe with a time further ahead than the tolerance: a clock is wrong.
    case inFuture

    package var description: String {
        switch self {
        case .malformedHeader: "The Stripe-Signature header is malformed."
        case .noMatch: "No v1 signature matches any secret of the endpoint."
        case .tooOld: "The signature is older than the tolerance."
        case .inFuture: "The signature's time is in the future."
        }
    }
}
