package import Database
package import Messaging

/// Orders of all tenants, for the operator's command line alone. It is a type of its own so that no storefront's request
/// reaches past its scope by leaving an argument out.
package enum OperatorOrders {
    package static func get(_ id: OrderID, in connection: Connection) throws -> Order? {
        try connection.row("SELECT * FROM orders WHERE id = $1", id).map { try Order($0) }
    }

    /// The newest first.
    /// - Throws: `.notFound` with param `starting_after`.
    package static func list(
        _ filter: OrderFilter, tenant: TenantID? = nil, _ page: PageRequest, in connection: Connection
    ) throws -> Page<Order> {
        var conditions = Conditions()
        if let tenant { conditions.add("tenant_id = ?", tenant) }
        return try OrderStore.list(filter, page, conditions, in: connection) { try get($0, in: connection) }
    }

    package static func history(of id: OrderID, in connection: Connection) throws -> [OrderTransition] {
        try connection.rows("SELECT * FROM order_transitions WHERE order_id = $1 ORDER BY sequence", id)
            .map { try OrderTransition($0) }
    }
}
