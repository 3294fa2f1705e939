import Commerce
import ServiceRuntime

/// What `POST /v1/catalog_items` asks for.
enum CatalogItemRequest {
    static func read(_ body: JSONBody) throws -> NewCatalogItem {
        let fields = try body.fields(["sku", "name", "description", "unit_amount", "amount", "currency", "image"])
        func required(_ name: String, _ text: String?) throws(APIError) -> String {
            guard let text else { throw .missing(name) }
            return text
        }
        let sku = try required("sku", try fields.string("sku", maximum: 64))
        let name = try required("name", try fields.freeText("name", maximum: 250))
        let unitAmount = try unitAmount(fields)
        do {
            return try NewCatalogItem(
                sku: sku, name: name, description: try fields.freeText("description", maximum: 1000),
                unitAmount: unitAmount, currency: try required("currency", try fields.string("currency", maximum: 3)),
                image: try fields.string("image", maximum: 2048))
        } catch let error as CommerceError where error.param == "unit_amount" && !fields.has("unit_amount") {
            throw CommerceError(error.kind, error.code, error.message, param: "amount")
        }
    }

    /// `unit_amount`, or `amount`, which is another name of it.
    private static func unitAmount(_ fields: Fields) throws(APIError) -> Int64 {
        let unitAmount = try fields.integer("unit_amount", orTooLarge: .amountTooLarge("unit_amount"))
        let amount = try fields.integer("amount", orTooLarge: .amountTooLarge("amount"))
        if let unitAmount, let amount, unitAmount != amount {
            throw .invalidRequest(
                param: "amount", code: "parameter_conflict",
                message: "amount is another name of unit_amount; give one of them, or the same number for both.")
        }
        guard let price = unitAmount ?? amount else { throw .missing("unit_amount") }
        return price
    }
}
