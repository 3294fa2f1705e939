package import Messaging
package import Security

/// A storefront: one Stripe account (its own or connected) in one mode.
package struct Tenant: Sendable, Equatable {
    package let id: TenantID
    package let name: String
    package let livemode: Bool
    /// The connected account that every call to Stripe names; nil when the key is the account's own.
    package let stripeAccount: String?
    package let stripePublishableKey: String
    /// The last four characters of the Stripe secret key, for telling keys apart.
    package let stripeKeyEnding: String
    /// Where deliveries go; nil: orders are active as soon as they are paid.
    package let fulfillmentURL: String?
    /// Which pages may call the API from a browser: `https://shop.example`, as browsers write an origin.
    package let origins: [String]
    /// Times are µs since 1970.
    package let createdAt: Int64
    package let updatedAt: Int64
    /// When the storefront answered 410; a new `fulfillmentURL` enables deliveries again.
    package let destinationDisabledAt: Int64?

    package var scope: TenantScope { TenantScope(tenant: id, livemode: livemode) }
}

/// What a tenant's calls to Stripe go out with.
package struct StripeKey: Sendable {
    package let key: Secret
    /// The connected account, for `Stripe-Account`.
    package let account: String?
}
