package import Commerce
package import Database

/// Whose an object at Stripe is: two tenants may share an account there, and what Stripe's own page or somebody in its
/// dashboard made carries no mark of ours.
package enum Ownership {
    /// Whether an object is this tenant's: its mark says so; without one, its customer does. In an account of its own all
    /// customers are the tenant's; in one that it shares those whom its orders or its own requests named, and what has no
    /// customer is nobody's.
    package static func isOurs(
        marked metadata: [String: String], customer: String?, _ scope: TenantScope, in connection: Connection
    ) throws -> Bool {
        if let owner = StripeMark.tenant(in: metadata) { return owner == scope.tenant }
        guard let customer else { return try !sharesAccount(scope, in: connection) }
        if try CustomerStore.get(customer, for: scope, in: connection) != nil { return true }
        return try !sharesAccount(scope, in: connection)
            && !isKnownElsewhere(customer, scope.livemode, in: connection)
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
