import StripeModels

/// A catalog item as the API and the command line show it.
package struct CatalogItemJSON: Encodable, Sendable {
    private let item: CatalogItem

    package init(_ item: CatalogItem) { self.item = item }

    private enum CodingKeys: String, CodingKey {
        case id
        case object
        case sku
        case name
        case description
        case unitAmount = "unit_amount"
        case currency
        case image
        case livemode
        case created
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // The sku is the id, so that `starting_after` takes what `id` says.
        try container.encode(item.sku, forKey: .id)
        try container.encode("catalog_item", forKey: .object)
        try container.encode(item.sku, forKey: .sku)
        try container.encode(item.name, forKey: .name)
        try container.encode(item.description, forKey: .description)
        try container.encode(item.unitAmount, forKey: .unitAmount)
        try container.encode(item.currency.rawValue, forKey: .currency)
        try container.encode(item.image, forKey: .image)
        try container.encode(item.livemode, forKey: .livemode)
        try container.encode(item.createdAt / 1_000_000, forKey: .created)
    }
}
