/// What an answer of Stripe's tells about the way there.
package struct StripeReach: Sendable, Hashable {
    /// Stripe's clock, in seconds since 1970; nil when the answer did not say.
    package let serverTime: Int64?
    package let roundTrip: Duration
}
