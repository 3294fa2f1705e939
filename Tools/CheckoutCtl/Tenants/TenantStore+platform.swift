import Commerce
import Messaging
import StripeClient
import TenantStripe

extension TenantStore {
    /// A tenant's key without its connected account: webhook endpoints are the platform's.
    func platformCredentials(of tenant: TenantID) async throws -> StripeCredentials {
        let own = try await credentials(of: tenant)
        return StripeCredentials(tenant: own.tenant, secretKey: own.secretKey, callsPerSecond: own.callsPerSecond)
    }
}
