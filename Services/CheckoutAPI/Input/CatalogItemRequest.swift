import Commerce
import ServiceRuntime

/// What `POST /v1/catalog_items` asks for.
enum CatalogItemRequest {
    static func read(_ body: JSONBody) throws -> NewCatalogItem {
        let fields = try body.fields(["sku", "name", "description", "unit_amount", "currency", "image"])
        func required(_ name: String, _ maximum: Int) throws(APIError) -> String {
            guard let text = try fields.string(name, maximum: maximum) else { throw .missing(name) }
            return text
        }
        let sku = try required("sku", 64)
        let name = try required("name", 250)
        guard let unitAmount = try fields.integer("unit_amount", orTooLarge: .amountTooLarge("unit_amount")) else {
            throw APIError.missing("unit_amount")
        }
        return try NewCatalogItem(
            sku: sku, name: name, description: try fields.string("description", maximum: 1000),
            unitAmount: unitAmount, currency: try required("currency", 3),
            image: try fields.string("image", maximum: 2048))
    }
}
