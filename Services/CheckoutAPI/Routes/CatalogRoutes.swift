import Commerce
import Database
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// `/v1/catalog_items`
struct CatalogRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.get("catalog_items", use: list)
        v1.post("catalog_items", use: put)
        v1.get("catalog_items/:sku", use: read)
        v1.delete("catalog_items/:sku", use: delete)
    }

    @Sendable func list(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.catalogRead)
        let page = try QueryFields(request.uri, allowed: QueryFields.page).page()
        let items = try await api.database.read { try CatalogStore.list(page, for: caller.scope, in: $0) }
        return try Reply(.ok, ListJSON(items.data.map { CatalogItemJSON($0) }, hasMore: items.hasMore))
    }

    @Sendable func read(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.catalogRead)
        _ = try QueryFields(request.uri, allowed: [])
        let sku = try context.sku
        guard let item = try await api.database.read({ try CatalogStore.get(sku, for: caller.scope, in: $0) }) else {
            throw APIError.noSuchCatalogItem
        }
        return try Reply(.ok, CatalogItemJSON(item))
    }

    @Sendable func put(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.catalogWrite, secretKeyTo: "change the catalog")
        let body = try await JSONBody(request)
        let call = PutCatalogItem(item: try CatalogItemRequest.read(body), scope: caller.scope)
        return try await api.runner.run(call, for: .read(request, body, from: caller))
    }

    @Sendable func delete(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.catalogWrite, secretKeyTo: "change the catalog")
        let sku = try context.sku
        let isDeleted = try await api.database.write { try CatalogStore.delete(sku, for: caller.scope, in: $0) }
        guard isDeleted else { throw APIError.noSuchCatalogItem }
        return try Reply(.ok, DeletedCatalogItemJSON(id: sku, sku: sku))
    }
}

extension CallerContext {
    /// The SKU that the path names.
    /// - Throws: 404 for what cannot be one.
    fileprivate var sku: String {
        get throws(APIError) {
            guard let sku = parameters.get("sku").flatMap({ PercentEncoding.decode($0) }) else {
                throw .noSuchCatalogItem
            }
            return sku
        }
    }
}

/// What is left of an item that was deleted.
private struct DeletedCatalogItemJSON: Encodable {
    let id: String
    let object = "catalog_item"
    let sku: String
    let deleted = true
}
