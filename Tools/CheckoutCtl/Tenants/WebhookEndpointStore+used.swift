import Commerce
import Messaging

extension WebhookEndpointStore {
    /// The endpoint that a tenant's events come to: its platform's, where that was registered, or its own.
    func used(by tenant: Tenant) async throws -> WebhookEndpoint? {
        let own = try await list(of: tenant.id)
        if let platform = tenant.platformAccount, tenant.stripeAccount != nil,
            let shared = try await platformEndpoint(of: platform, livemode: tenant.livemode)
        {
            return shared
        }
        return own.first { !$0.secrets.isEmpty } ?? own.first
    }
}
