/// What becomes of a delivery after one try: pure, from the storefront's answer alone.
enum DeliveryVerdict: Hashable {
    case delivered
    /// Again, but not before this; nil leaves it to the schedule.
    case retry(reason: String, notBefore: Duration?)
    /// Again by the schedule; enough of these in a row, and deliveries to this storefront wait until one gets through.
    case unreachable(reason: String)
    /// The storefront wants no more deliveries at this URL, ever.
    case gone

    /// - Parameter now: seconds since 1970.
    init(_ answer: StorefrontAnswer, now: Int64) {
        switch answer.status {
        case 200..<300: self = .delivered
        case 410: self = .gone
        case 300..<400:
            self = .retry(
                reason: "The storefront answered with a redirect (\(answer.status)), which is not followed.",
                notBefore: nil)
        default:
            self = .retry(
                reason: "The storefront answered \(answer.status).",
                notBefore: answer.retryAfter.flatMap { RetryAfter.delay($0, now: now) })
        }
    }
}
