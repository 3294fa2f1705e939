import Commerce
import StripeModels

/// An amount of one currency with its text: `{"amount":1234,"currency":"eur","text":"12.34 EUR"}`.
struct MoneyJSON: Encodable {
    let amount: Int64
    let currency: String
    let text: String

    init(_ money: Money) {
        amount = money.amount
        currency = money.currency.rawValue
        text = money.currency.format(money.amount)
    }
}

struct BalanceJSON: Encodable {
    let available: [MoneyJSON]
    let pending: [MoneyJSON]

    init(_ balance: Balance) {
        available = balance.available.map(MoneyJSON.init)
        pending = balance.pending.map(MoneyJSON.init)
    }
}

/// A charge on the dashboard: enough to know it again, and nothing of whoever paid.
struct ChargeJSON: Encodable {
    private let recent: RecentCharge

    init(_ recent: RecentCharge) {
        self.recent = recent
    }

    private enum CodingKeys: String, CodingKey {
        case id, object, amount, currency, text, status, captured, refunded, disputed, order, description, card, failure
        case created
        case amountRefunded = "amount_refunded"
        case paymentIntent = "payment_intent"
    }

    private enum CardKeys: CodingKey {
        case brand, last4
    }

    private enum FailureKeys: CodingKey {
        case code, message
    }

    func encode(to encoder: any Encoder) throws {
        let charge = recent.charge
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(charge.id, forKey: .id)
        try container.encode("charge", forKey: .object)
        try container.encode(charge.amount, forKey: .amount)
        try container.encode(charge.amountRefunded, forKey: .amountRefunded)
        try container.encode(charge.currency.rawValue, forKey: .currency)
        try container.encode(charge.currency.format(charge.amount), forKey: .text)
        try container.encode(charge.status.name, forKey: .status)
        try container.encode(charge.captured, forKey: .captured)
        try container.encode(charge.refunded, forKey: .refunded)
        try container.encode(charge.disputed, forKey: .disputed)
        try container.encode(charge.paymentIntent, forKey: .paymentIntent)
        try container.encode(recent.order?.rawValue, forKey: .order)
        try container.encode(charge.description, forKey: .description)
        try container.encode(charge.created, forKey: .created)
        if let card = charge.card {
            var details = container.nestedContainer(keyedBy: CardKeys.self, forKey: .card)
            try details.encode(card.brand, forKey: .brand)
            try details.encode(card.last4, forKey: .last4)
        } else {
            try container.encodeNil(forKey: .card)
        }
        guard charge.status == .failed else { return try container.encodeNil(forKey: .failure) }
        var failure = container.nestedContainer(keyedBy: FailureKeys.self, forKey: .failure)
        try failure.encode(charge.failureCode, forKey: .code)
        try failure.encode(charge.failureMessage, forKey: .message)
    }
}
