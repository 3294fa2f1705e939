import Commerce
import Database
import HTTPTypes

/// Adds an item to the catalog, or replaces the one with its SKU: `POST /v1/catalog_items`.
///
/// Nothing is asked of Stripe, so all of it is one transaction.
struct PutCatalogItem: TwoStepCall {
    let item: NewCatalogItem
    let scope: TenantScope

    func begin(resuming order: OrderID?, in connection: Connection) throws -> Begun<Never> {
        let isNew = try CatalogStore.get(item.sku, for: scope, in: connection) == nil
        let stored = try CatalogStore.upsert(item, for: scope, in: connection)
        return .answered(try Reply(isNew ? .created : .ok, CatalogItemJSON(stored)))
    }

    func ask(by note: Never) async throws -> Never {}

    func finish(_ note: Never, with answer: Never, in connection: Connection) throws -> Reply {}

    func giveUp(_ note: Never, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {}
}
