/// What this project speaks with Stripe.
package enum StripeAPI {
    /// The version sent as `Stripe-Version` on every call and asked for on every webhook endpoint we make.
    /// Webhooks may still arrive in any other version, because a tenant may have made its endpoint by hand.
    package static let version = "2026-10-28.endive"
}
