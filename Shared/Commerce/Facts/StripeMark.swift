package import Messaging

/// Our own keys in the metadata of Stripe's objects: whose they are. One Stripe account may have several tenants, and
/// other users than this program.
package enum StripeMark {
    /// Names the tenant, on customers, products, prices and subscriptions.
    package static let tenantKey = "checkout_tenant"
    /// Names our row, on refunds.
    package static let refundKey = "checkout_refund"

    static let keys: Set<String> = [Order.stripeMetadataKey, tenantKey, refundKey]

    /// What goes into the metadata of an object that is made for a tenant.
    package static func of(_ scope: TenantScope) -> [String: String] { [tenantKey: scope.tenant.rawValue] }

    /// The tenant that an object says it belongs to; nil where it says nothing.
    package static func tenant(in metadata: [String: String]) -> TenantID? {
        metadata[tenantKey].map(TenantID.init(rawValue:))
    }

    /// Whether an object says that it is another tenant's: to this one it does not exist.
    package static func isForeign(_ metadata: [String: String], to tenant: TenantID) -> Bool {
        self.tenant(in: metadata).map { $0 != tenant } ?? false
    }

    /// Metadata that a storefront wants on an object of its own at Stripe: Stripe's limits, less room for our keys.
    /// - Throws: `.invalid` naming `param` or the key in it; code `card_number_refused`.
    package static func checked(
        _ metadata: [String: String], param: String = "metadata"
    ) throws(CommerceError) -> [String: String] {
        try FieldRules.metadata(metadata, param, limit: 50 - keys.count)
    }
}
