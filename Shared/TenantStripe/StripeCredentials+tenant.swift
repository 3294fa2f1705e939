package import Commerce
package import Messaging
package import StripeClient

extension TenantStore {
    /// What calls for this tenant go out with.
    /// - Throws: `CommerceError`: `.notFound`; `.unreadable` when the key cannot be opened.
    package func credentials(of tenant: TenantID) async throws -> StripeCredentials {
        let key = try await stripeCredentials(of: tenant)
        return StripeCredentials(
            tenant: tenant.rawValue, secretKey: key.key, account: key.account, callsPerSecond: key.callsPerSecond)
    }
}
