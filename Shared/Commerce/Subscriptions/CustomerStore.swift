package import Database
import Messaging

/// A buyer that Stripe knows for a tenant.
package struct StoredCustomer: Sendable, Hashable {
    package let id: String
    package let email: String?
    /// µs since 1970
    package let createdAt: Int64

    init(_ row: Row) throws {
        id = try row.get("id")
        email = try row.get("email")
        createdAt = try row.get("created_at")
    }
}

/// Which of Stripe's customers are a tenant's: an account may have several tenants, and other users.
package enum CustomerStore {
    /// Writes a customer down; one that is there keeps its place, and its address unless another is known.
    package static func note(
        _ id: String, email: String?, for scope: TenantScope, in connection: Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO customers (tenant_id, livemode, id, email, created_at) VALUES ($1, $2, $3, $4, now_us())
            ON CONFLICT (tenant_id, livemode, id) DO UPDATE SET email = COALESCE(excluded.email, customers.email)
            """, scope.tenant, scope.livemode, id, email)
    }

    package static func get(
        _ id: String, for scope: TenantScope, in connection: Connection
    ) throws -> StoredCustomer? {
        try connection.row(
            "SELECT * FROM customers WHERE tenant_id = $1 AND livemode = $2 AND id = $3", scope.tenant,
            scope.livemode, id
        ).map { try StoredCustomer($0) }
    }

    /// The newest first.
    /// - Throws: `.notFound` with param `starting_after`.
    package static func list(
        _ page: PageRequest, for scope: TenantScope, in connection: Connection
    ) throws -> Page<StoredCustomer> {
        var conditions = Conditions()
        conditions.add("tenant_id = ? AND livemode = ?", scope.tenant, scope.livemode)
        if let cursor = page.startingAfter {
            guard let after = try get(cursor, for: scope, in: connection) else {
                throw CommerceError.noSuch("customer", cursor, param: "starting_after")
            }
            conditions.add("(created_at, id) < (?, ?)", after.createdAt, after.id)
        }
        let rows = try connection.rows(
            "SELECT * FROM customers \(conditions.sql) ORDER BY created_at DESC, id DESC LIMIT \(page.limit + 1)",
            with: conditions.parameters)
        return Page(try rows.map { try StoredCustomer($0) }, limit: page.limit)
    }
}
