package import Messaging
package import StripeModels

/// What a subscription is, as it was read at Stripe or as an event tells. Times are Stripe's, in seconds since 1970.
package struct SubscriptionFact: Sendable, Hashable {
    package var id: String
    package var livemode: Bool
    package var status: Subscription.Status
    package var customer: String
    package var items: [SubscriptionLine]
    package var currentPeriodStart: Int64?
    package var currentPeriodEnd: Int64?
    package var cancelAtPeriodEnd: Bool
    package var cancelAt: Int64?
    package var canceledAt: Int64?
    package var endedAt: Int64?
    package var trialEnd: Int64?
    package var latestInvoice: String?
    package var created: Int64
    /// The event is that the trial ends soon.
    package var isTrialEnding: Bool
    /// The order and the tenant that its metadata names.
    package var order: OrderID?
    package var tenant: TenantID?

    package init(
        id: String, livemode: Bool, status: Subscription.Status, customer: String, items: [SubscriptionLine] = [],
        currentPeriodStart: Int64? = nil, currentPeriodEnd: Int64? = nil, cancelAtPeriodEnd: Bool = false,
        cancelAt: Int64? = nil, canceledAt: Int64? = nil, endedAt: Int64? = nil, trialEnd: Int64? = nil,
        latestInvoice: String? = nil, created: Int64 = 0, isTrialEnding: Bool = false, order: OrderID? = nil,
        tenant: TenantID? = nil
    ) {
        self.id = id
        self.livemode = livemode
        self.status = status
        self.customer = customer
        self.items = items
        self.currentPeriodStart = currentPeriodStart
        self.currentPeriodEnd = currentPeriodEnd
        self.cancelAtPeriodEnd = cancelAtPeriodEnd
        self.cancelAt = cancelAt
        self.canceledAt = canceledAt
        self.endedAt = endedAt
        self.trialEnd = trialEnd
        self.latestInvoice = latestInvoice
        self.created = created
        self.isTrialEnding = isTrialEnding
        self.order = order
        self.tenant = tenant
    }

    package init(_ subscription: Subscription, type: StripeEventType? = nil) {
        self.init(
            id: subscription.id, livemode: subscription.livemode, status: subscription.status,
            customer: subscription.customer, items: subscription.items.map(SubscriptionLine.init),
            currentPeriodStart: subscription.currentPeriodStart, currentPeriodEnd: subscription.currentPeriodEnd,
            cancelAtPeriodEnd: subscription.cancelAtPeriodEnd, cancelAt: subscription.cancelAt,
            canceledAt: subscription.canceledAt, endedAt: subscription.endedAt, trialEnd: subscription.trialEnd,
            latestInvoice: subscription.latestInvoice, created: subscription.created,
            isTrialEnding: type == .subscriptionTrialWillEnd, order: Order.id(inStripeMetadata: subscription.metadata),
            tenant: StripeMark.tenant(in: subscription.metadata))
    }

    /// Nothing can follow: it decides alone.
    package var isFinal: Bool { status.isFinal }

    /// It was canceled in time: its trial's end costs nothing.
    var endsWithTrial: Bool {
        guard let trialEnd else { return false }
        return cancelAtPeriodEnd || cancelAt.map { $0 <= trialEnd } ?? false
    }
}

/// A price of a subscription, and how many of it.
package struct SubscriptionLine: Codable, Sendable, Hashable {
    package let item: String
    package let price: String
    package let product: String?
    /// nil for a price by usage.
    package let quantity: Int64?
    /// Minor units of `currency`; nil for a price in tiers.
    package let unitAmount: Int64?
    package let currency: String
    package let interval: String?

    package init(
        item: String, price: String, product: String? = nil, quantity: Int64? = 1, unitAmount: Int64? = nil,
        currency: String, interval: String? = nil
    ) {
        self.item = item
        self.price = price
        self.product = product
        self.quantity = quantity
        self.unitAmount = unitAmount
        self.currency = currency
        self.interval = interval
    }

    package init(_ item: SubscriptionItem) {
        self.init(
            item: item.id, price: item.price.id, product: item.price.product, quantity: item.quantity,
            unitAmount: item.price.unitAmount, currency: item.price.currency.rawValue,
            interval: item.price.recurring?.interval)
    }

    private enum CodingKeys: String, CodingKey {
        case item
        case price
        case product
        case quantity
        case unitAmount = "unit_amount"
        case currency
        case interval
    }
}
