package import Messaging
package import Security

/// A storefront: one Stripe account (its own or connected) in one mode.
package struct Tenant: Sendable, Equatable {
    package let id: TenantID
    package let name: String
    package let livemode: Bool
    /// The connected account that every call to Stripe names; nil when the key is the account's own.
    package let stripeAccount: String?
    /// The platform's own account, whose endpoint receives a connected account's events; nil where it has its own.
    package let platformAccount: String?
    /// What the platform keeps of each payment of a connected account, in hundredths of a percent; nil for nothing.
    package let applicationFeeBps: Int64?
    /// Calls to Stripe a second; nil for the usual.
    package let stripeRate: Int64?
    /// Whose name buyers' emails come from; nil for this installation's.
    package let emailFrom: String?
    package let emailName: String?
    package let stripePublishableKey: String
    /// Which account at Stripe its calls act on; nil until that was asked.
    package let accountAtStripe: String?
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

    /// How fast this tenant's calls to Stripe may follow each other, all processes together.
    package var callsPerSecond: Double { StripeKey.callsPerSecond(stripeRate) }
}

/// What a tenant's calls to Stripe go out with.
package struct StripeKey: Sendable {
    package let key: Secret
    /// The connected account, for `Stripe-Account`.
    package let account: String?
    /// How fast calls with it may follow each other, all processes together.
    package let callsPerSecond: Double

    /// Stripe: "Rate limits": 25 a second in a sandbox; live accounts have 100, of which others use some.
    static func callsPerSecond(_ rate: Int64?) -> Double { Double(rate ?? 25) }
}
