import Messaging
package import Security
import StripeModels

/// An order as the contract shows it: every field, null where there is nothing, times in seconds. Only `client_secret`,
/// `publishable_key` and `url` are left out where there is none.
package struct OrderJSON: Encodable, Sendable {
    private let order: Order
    private let clientSecret: Secret?
    private let publishableKey: String?

    /// - Parameters:
    ///   - clientSecret: only for who may have it; a delivery never carries it.
    ///   - publishableKey: Stripe's, of the tenant.
    package init(_ order: Order, clientSecret: Secret? = nil, publishableKey: String? = nil) {
        self.order = order
        self.clientSecret = clientSecret
        self.publishableKey = publishableKey
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case object
        case tenant
        case livemode
        case kind
        case status
        case amount
        case amountRefunded = "amount_refunded"
        case currency
        case customer
        case customerEmail = "customer_email"
        case description
        case metadata
        case paymentIntent = "payment_intent"
        case checkoutSession = "checkout_session"
        case subscription
        case clientSecret = "client_secret"
        case publishableKey = "publishable_key"
        case url
        case created
        case activatedAt = "activated_at"
        case failure
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(order.id.rawValue, forKey: .id)
        try container.encode("order", forKey: .object)
        try container.encode(order.tenant.rawValue, forKey: .tenant)
        try container.encode(order.livemode, forKey: .livemode)
        try container.encode(order.kind.rawValue, forKey: .kind)
        try container.encode(order.status.rawValue, forKey: .status)
        try container.encode(order.amount, forKey: .amount)
        try container.encode(order.amountRefunded, forKey: .amountRefunded)
        try container.encode(order.hasCurrency ? order.currency.rawValue : nil, forKey: .currency)
        try container.encode(order.customer, forKey: .customer)
        try container.encode(order.customerEmail, forKey: .customerEmail)
        try container.encode(order.description, forKey: .description)
        try container.encode(order.metadata, forKey: .metadata)
        try container.encode(order.paymentIntent, forKey: .paymentIntent)
        try container.encode(order.checkoutSession, forKey: .checkoutSession)
        try container.encode(order.subscription, forKey: .subscription)
        try container.encodeIfPresent(clientSecret?.exposed, forKey: .clientSecret)
        try container.encodeIfPresent(publishableKey, forKey: .publishableKey)
        try container.encodeIfPresent(order.url, forKey: .url)
        try container.encode(order.createdAt / 1_000_000, forKey: .created)
        try container.encode(order.activatedAt.map { $0 / 1_000_000 }, forKey: .activatedAt)
        try container.encode(order.failure, forKey: .failure)
    }
}
