package import Database
import StripeModels

/// The tenants' catalogs. Static functions on a connection, so that a price is read in the transaction of its order.
package enum CatalogStore {
    /// Stores the item, or changes the one with its sku.
    package static func upsert(
        _ item: NewCatalogItem, for scope: TenantScope, in connection: Connection
    ) throws -> CatalogItem {
        let row = try connection.row(
            """
            INSERT INTO catalog_items (tenant_id, livemode, sku, name, description, unit_amount, currency, image,
                created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now_us(), now_us())
            ON CONFLICT (tenant_id, livemode, sku) DO UPDATE SET
                name = excluded.name, description = excluded.description, unit_amount = excluded.unit_amount,
                currency = excluded.currency, image = excluded.image, updated_at = excluded.updated_at
            RETURNING *
            """, scope.tenant, scope.livemode, item.sku, item.name, item.description, item.unitAmount,
            item.currency.rawValue, item.image)
        guard let row else { throw CommerceError.unreadable("A catalog item was not stored.") }
        return try CatalogItem(row)
    }

    package static func get(
        _ sku: String, for scope: TenantScope, in connection: Connection
    ) throws -> CatalogItem? {
        guard CatalogRules.isSKU(sku) else { return nil }
        return try connection.row(
            "SELECT * FROM catalog_items WHERE tenant_id = $1 AND livemode = $2 AND sku = $3", scope.tenant,
            scope.livemode, sku
        ).map { try CatalogItem($0) }
    }

    /// By sku; the cursor is a sku, which need not exist any more.
    package static func list(
        _ page: PageRequest, for scope: TenantScope, in connection: Connection
    ) throws -> Page<CatalogItem> {
        var conditions = Conditions()
        conditions.add("tenant_id = ? AND livemode = ?", scope.tenant, scope.livemode)
        if let cursor = page.startingAfter { conditions.add("sku > ?", cursor) }
        let rows = try connection.rows(
            "SELECT * FROM catalog_items \(conditions.sql) ORDER BY sku LIMIT \(page.limit + 1)",
            with: conditions.parameters)
        return Page(try rows.map { try CatalogItem($0) }, limit: page.limit)
    }

    /// Orders keep their own copy of what they sold, so an item may always go.
    /// - Returns: whether there was one.
    package static func delete(
        _ sku: String, for scope: TenantScope, in connection: Connection
    ) throws -> Bool {
        guard CatalogRules.isSKU(sku) else { return false }
        return try connection.execute(
            "DELETE FROM catalog_items WHERE tenant_id = $1 AND livemode = $2 AND sku = $3", scope.tenant,
            scope.livemode, sku) > 0
    }
}
