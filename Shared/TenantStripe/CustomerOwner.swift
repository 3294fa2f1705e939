package import Commerce
package import Database

/// Whose a customer is that says nothing of it: two tenants may share an account at Stripe, and those whom Stripe's own
/// page or somebody in its dashboard made carry no mark of ours.
package enum CustomerOwner {
    /// Whether the customer is not this tenant's as far as is known. In an account of its own all are; in one that it
    /// shares those whom its orders or its own requests named.
    package static func isAnother(_ id: String, than scope: TenantScope, in connection: Connection) throws -> Bool {
        guard try CustomerStore.get(id, for: scope, in: connection) == nil else { return false }
        return try sharesAccount(scope, in: connection) || isKnownElsewhere(id, scope.livemode, in: connection)
    }

    /// Tenant by tenant, so that each is one look into the table's key.
    private static func isKnownElsewhere(_ id: String, _ livemode: Bool, in connection: Connection) throws -> Bool {
        try connection.row(
            """
            SELECT 1 AS found FROM tenants JOIN customers ON customers.tenant_id = tenants.id
            WHERE customers.livemode = $1 AND customers.id = $2 LIMIT 1
            """, livemode, id) != nil
    }

    /// Whether another tenant of the mode uses the same account at Stripe: Stripe said so, or both have one publishable key.
    package static func sharesAccount(_ scope: TenantScope, in connection: Connection) throws -> Bool {
        try connection.row(
            """
            SELECT 1 AS found FROM tenants AS own JOIN tenants AS other
                ON other.account_at_stripe = own.account_at_stripe AND other.livemode = own.livemode
                AND other.id <> own.id
            WHERE own.id = $1
            UNION ALL
            SELECT 1 AS found FROM tenants AS own JOIN tenants AS other
                ON other.stripe_publishable_key = own.stripe_publishable_key AND other.livemode = own.livemode
                AND other.id <> own.id AND COALESCE(other.stripe_account, '') = COALESCE(own.stripe_account, '')
            WHERE own.id = $1
            LIMIT 1
            """, scope.tenant) != nil
    }
}
