import StripeModels

/// A product as this API shows one: what the storefront wrote, and nothing of ours.
struct ProductJSON: Encodable {
    private let product: Product

    init(_ product: Product) {
        self.product = product
    }

    private enum CodingKeys: String, CodingKey {
        case id, object, name, description, active, metadata, livemode, created
        case defaultPrice = "default_price"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(product.id, forKey: .id)
        try container.encode("product", forKey: .object)
        try container.encode(product.name, forKey: .name)
        try container.encode(product.description, forKey: .description)
        try container.encode(product.active, forKey: .active)
        try container.encode(product.defaultPrice, forKey: .defaultPrice)
        try container.encode(product.metadata.withoutOurs, forKey: .metadata)
        try container.encode(product.livemode ?? false, forKey: .livemode)
        try container.encode(product.created ?? 0, forKey: .created)
    }
}

/// A price as this API shows one.
struct PriceJSON: Encodable {
    private let price: Price

    init(_ price: Price) {
        self.price = price
    }

    private enum CodingKeys: String, CodingKey {
        case id, object, active, product, currency, recurring, nickname, metadata, livemode, created
        case unitAmount = "unit_amount"
        case lookupKey = "lookup_key"
    }

    private enum RecurringKeys: String, CodingKey {
        case interval
        case intervalCount = "interval_count"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(price.id, forKey: .id)
        try container.encode("price", forKey: .object)
        try container.encode(price.active, forKey: .active)
        try container.encode(price.product, forKey: .product)
        try container.encode(price.unitAmount, forKey: .unitAmount)
        try container.encode(price.currency.rawValue, forKey: .currency)
        try container.encode(price.nickname, forKey: .nickname)
        try container.encode(price.lookupKey, forKey: .lookupKey)
        try container.encode(price.metadata.withoutOurs, forKey: .metadata)
        try container.encode(price.livemode, forKey: .livemode)
        try container.encode(price.created, forKey: .created)
        guard let recurring = price.recurring else { return try container.encodeNil(forKey: .recurring) }
        var period = container.nestedContainer(keyedBy: RecurringKeys.self, forKey: .recurring)
        try period.encode(recurring.interval, forKey: .interval)
        try period.encode(recurring.intervalCount, forKey: .intervalCount)
    }
}
