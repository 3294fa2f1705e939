import Commerce
import Database
import Messaging

extension Session {
    /// The tenant that a command names.
    func tenant(_ id: String) async throws -> Tenant {
        let found = try await database.read { try TenantStore.get(TenantID(rawValue: id), in: $0) }
        guard let found else {
            throw CommandFailure.failed("No such tenant: '\(id)'. 'checkoutctl tenant list' shows them all.")
        }
        return found
    }

    func view(of tenant: Tenant) async throws -> TenantView {
        let endpoints = WebhookEndpointStore(database: database, keys: try keys)
        return TenantView(tenant: tenant, endpoints: try await endpoints.list(of: tenant.id), settings: settings)
    }
}
