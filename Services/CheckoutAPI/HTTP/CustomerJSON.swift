import Commerce
import StripeModels

/// A customer as this API shows one: what the storefront wrote, and nothing of ours.
struct CustomerJSON: Encodable {
    private let customer: Customer

    init(_ customer: Customer) {
        self.customer = customer
    }

    private enum CodingKeys: String, CodingKey {
        case id, object, email, name, phone, description, metadata, livemode, created
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(customer.id, forKey: .id)
        try container.encode("customer", forKey: .object)
        try container.encode(customer.email, forKey: .email)
        try container.encode(customer.name, forKey: .name)
        try container.encode(customer.phone, forKey: .phone)
        try container.encode(customer.description, forKey: .description)
        try container.encode(customer.metadata.filter { $0.key != StripeMark.tenantKey }, forKey: .metadata)
        try container.encode(customer.livemode ?? false, forKey: .livemode)
        try container.encode(customer.created ?? 0, forKey: .created)
    }
}

/// A saved payment method: of a card, what its owner knows it by, and nothing more.
struct PaymentMethodJSON: Encodable {
    private let method: PaymentMethod

    init(_ method: PaymentMethod) {
        self.method = method
    }

    private enum CodingKeys: String, CodingKey {
        case id, object, type, customer, card, livemode, created
    }

    private enum CardKeys: String, CodingKey {
        case brand, last4
        case expMonth = "exp_month"
        case expYear = "exp_year"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(method.id, forKey: .id)
        try container.encode("payment_method", forKey: .object)
        try container.encode(method.type, forKey: .type)
        try container.encode(method.customer, forKey: .customer)
        try container.encode(method.livemode, forKey: .livemode)
        try container.encode(method.created, forKey: .created)
        guard let card = method.card else { return try container.encodeNil(forKey: .card) }
        var details = container.nestedContainer(keyedBy: CardKeys.self, forKey: .card)
        try details.encode(card.brand, forKey: .brand)
        try details.encode(card.last4, forKey: .last4)
        try details.encode(card.expMonth, forKey: .expMonth)
        try details.encode(card.expYear, forKey: .expYear)
    }
}
