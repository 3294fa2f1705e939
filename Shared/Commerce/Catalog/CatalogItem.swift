import Database
package import StripeModels

/// Something a storefront sells at a price that only its server sets.
package struct CatalogItem: Sendable, Equatable {
    /// Its name within the tenant: `[A-Za-z0-9._-]{1,64}`.
    package let sku: String
    package let name: String
    package let description: String?
    /// Minor units.
    package let unitAmount: Int64
    package let currency: Currency
    /// The address of a picture.
    package let image: String?
    package let livemode: Bool
    /// Times are µs since 1970.
    package let createdAt: Int64
    package let updatedAt: Int64

    init(_ row: Row) throws {
        sku = try row.get("sku")
        name = try row.get("name")
        description = try row.get("description")
        unitAmount = try row.get("unit_amount")
        currency = Currency(rawValue: try row.get("currency"))
        image = try row.get("image")
        livemode = try row.get("livemode")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
    }
}

/// A catalog item to be stored, after it passed the rules.
package struct NewCatalogItem: Sendable {
    package let sku: String
    package let name: String
    package let description: String?
    package let unitAmount: Int64
    package let currency: Currency
    package let image: String?

    /// - Throws: `.invalid` naming `sku`, `name`, `description`, `unit_amount`, `currency` or `image`.
    package init(
        sku: String, name: String, description: String? = nil, unitAmount: Int64, currency: String,
        image: String? = nil
    ) throws(CommerceError) {
        self.sku = try CatalogRules.sku(sku, "sku")
        self.name = try FieldRules.text(name, "name", limit: 250)
        self.description = try FieldRules.optionalText(description, "description", limit: 1000)
        for (value, param) in [(name, "name"), (description ?? "", "description")] {
            try FieldRules.noCardNumber(in: value, param)
        }
        do {
            self.currency = try Currency(validating: currency)
            try self.currency.checkCharge(unitAmount)
        } catch {
            throw CommerceError(error, param: error.param == "amount" ? "unit_amount" : error.param)
        }
        self.unitAmount = unitAmount
        self.image = try CatalogRules.image(image)
    }
}
