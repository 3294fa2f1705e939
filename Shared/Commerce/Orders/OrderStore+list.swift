package import Database

extension OrderStore {
    /// A tenant's orders, the newest first. A page is stable: orders that are made later come before its cursor.
    /// - Throws: `.notFound` with param `starting_after` for a cursor that is no order of this tenant and mode.
    package static func list(
        _ filter: OrderFilter, _ page: PageRequest, for scope: TenantScope, in connection: Connection
    ) throws -> Page<Order> {
        var conditions = Conditions()
        conditions.add("tenant_id = ? AND livemode = ?", scope.tenant, scope.livemode)
        return try list(filter, page, conditions, in: connection) { id in
            try get(id, for: scope, in: connection)
        }
    }

    static func list(
        _ filter: OrderFilter, _ page: PageRequest, _ scoped: Conditions, in connection: Connection,
        cursor: (OrderID) throws -> Order?
    ) throws -> Page<Order> {
        var conditions = scoped
        filter.add(to: &conditions)
        if let id = page.startingAfter {
            guard let after = try cursor(OrderID(rawValue: id)) else {
                throw CommerceError.noSuch("order", id, param: "starting_after")
            }
            conditions.add("(created_at, id) < (?, ?)", after.createdAt, after.id)
        }
        let rows = try connection.rows(
            """
            SELECT * FROM orders \(conditions.sql) ORDER BY created_at DESC, id DESC LIMIT \(page.limit + 1)
            """, with: conditions.parameters)
        return Page(try rows.map { try Order($0) }, limit: page.limit)
    }
}
