import Commerce
import Database

/// Whose a customer is that says nothing of it: two tenants may share an account at Stripe, and those whom Stripe's own
/// page made carry no mark of ours.
enum CustomerOwner {
    /// Whether another tenant knows the customer, and this one does not. Tenant by tenant, so that each is one look
    /// into the table's key.
    static func isAnother(_ id: String, than scope: TenantScope, in connection: Connection) throws -> Bool {
        guard try CustomerStore.get(id, for: scope, in: connection) == nil else { return false }
        return try connection.row(
            """
            SELECT 1 AS found FROM tenants JOIN customers ON customers.tenant_id = tenants.id
            WHERE customers.livemode = $1 AND customers.id = $2 LIMIT 1
            """, scope.livemode, id) != nil
    }
}
