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
        let store = WebhookEndpointStore(database: database, keys: try keys)
        var endpoints = try await store.list(of: tenant.id)
        if let used = try await store.used(by: tenant), !endpoints.contains(used) { endpoints.insert(used, at: 0) }
        let emails = try await emails(of: tenant).filter { $0.own != nil }.map(\.kind)
        return TenantView(tenant: tenant, endpoints: endpoints, emails: emails, settings: settings)
    }
}
