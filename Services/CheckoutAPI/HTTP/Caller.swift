import Commerce
import ServiceRuntime

/// Whom a request comes from, and what it may do.
struct Caller: Sendable {
    let key: AuthenticatedKey

    var tenant: Tenant { key.tenant }
    var scope: TenantScope { key.tenant.scope }
    var isPublishable: Bool { key.kind == .publishable }

    /// - Throws: 403 where the key lacks the scope.
    func require(_ scope: APIScope) throws(APIError) {
        guard key.allows(scope) else {
            throw .permission("This key has no \(scope.rawValue) scope.")
        }
    }

    /// For what a buyer's page must never do, whatever its key's scopes.
    /// - Throws: 403 for a publishable key.
    func require(_ scope: APIScope, secretKeyTo purpose: String) throws(APIError) {
        guard !isPublishable else {
            throw .permission("A publishable key may not \(purpose); use a secret key, from a server.")
        }
        try require(scope)
    }
}
