import Commerce
import StripeModels

/// A subscription as this API shows one: Stripe's words and times, and the order it began as.
struct SubscriptionJSON: Encodable {
    private let subscription: Subscription

    init(_ subscription: Subscription) {
        self.subscription = subscription
    }

    private enum CodingKeys: String, CodingKey {
        case id, object, livemode, status, customer, order, items, currency, metadata, created
        case currentPeriodStart = "current_period_start"
        case currentPeriodEnd = "current_period_end"
        case cancelAtPeriodEnd = "cancel_at_period_end"
        case cancelAt = "cancel_at"
        case canceledAt = "canceled_at"
        case endedAt = "ended_at"
        case trialStart = "trial_start"
        case trialEnd = "trial_end"
        case latestInvoice = "latest_invoice"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(subscription.id, forKey: .id)
        try container.encode("subscription", forKey: .object)
        try container.encode(subscription.livemode, forKey: .livemode)
        try container.encode(subscription.status.name, forKey: .status)
        try container.encode(subscription.customer, forKey: .customer)
        try container.encode(Order.id(inStripeMetadata: subscription.metadata)?.rawValue, forKey: .order)
        try container.encode(ListJSON(subscription.items.map { SubscriptionItemJSON(item: $0) }), forKey: .items)
        try container.encode(subscription.currency?.rawValue, forKey: .currency)
        try container.encode(subscription.currentPeriodStart, forKey: .currentPeriodStart)
        try container.encode(subscription.currentPeriodEnd, forKey: .currentPeriodEnd)
        try container.encode(subscription.endsWithPeriod, forKey: .cancelAtPeriodEnd)
        try container.encode(subscription.cancelAt, forKey: .cancelAt)
        try container.encode(subscription.canceledAt, forKey: .canceledAt)
        try container.encode(subscription.endedAt, forKey: .endedAt)
        try container.encode(subscription.trialStart, forKey: .trialStart)
        try container.encode(subscription.trialEnd, forKey: .trialEnd)
        try container.encode(subscription.latestInvoice, forKey: .latestInvoice)
        try container.encode(subscription.metadata.withoutOurs, forKey: .metadata)
        try container.encode(subscription.created, forKey: .created)
    }
}

private struct SubscriptionItemJSON: Encodable {
    let item: SubscriptionItem

    private enum CodingKeys: String, CodingKey {
        case id, object, price, quantity
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(item.id, forKey: .id)
        try container.encode("subscription_item", forKey: .object)
        try container.encode(PriceJSON(item.price), forKey: .price)
        try container.encode(item.quantity, forKey: .quantity)
    }
}

extension [String: String] {
    /// Metadata without the marks that we make: what the storefront wrote.
    var withoutOurs: [String: String] {
        filter { ![StripeMark.tenantKey, StripeMark.refundKey, Order.stripeMetadataKey].contains($0.key) }
    }
}
