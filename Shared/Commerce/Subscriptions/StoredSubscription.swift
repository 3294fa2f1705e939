import Database
package import Messaging
package import StripeModels

/// A subscription as it was last read at Stripe. Times are Stripe's, in seconds since 1970, but for `updatedAt`.
package struct StoredSubscription: Sendable, Hashable {
    package let id: String
    package let tenant: TenantID
    package let livemode: Bool
    /// nil for one that did not begin as an order.
    package let order: OrderID?
    package let customer: String
    package let status: Subscription.Status
    package let items: [SubscriptionLine]
    package let currentPeriodStart: Int64?
    package let currentPeriodEnd: Int64?
    package let cancelAtPeriodEnd: Bool
    package let cancelAt: Int64?
    package let canceledAt: Int64?
    package let endedAt: Int64?
    package let trialEnd: Int64?
    package let latestInvoice: String?
    /// How often it was written; see `SubscriptionStore`.
    package let revision: Int64
    package let createdAt: Int64
    /// µs since 1970
    package let updatedAt: Int64

    /// nil for a row that was only named and never read.
    init?(_ row: Row) throws {
        guard let status: String = try row.get("status") else { return nil }
        id = try row.get("id")
        tenant = try row.get("tenant_id")
        livemode = try row.get("livemode")
        order = try row.get("order_id")
        customer = try (row.get("customer") as String?) ?? ""
        self.status = Subscription.Status(status)
        items = try JSONText.read(row.get("items"))
        currentPeriodStart = try row.get("current_period_start")
        currentPeriodEnd = try row.get("current_period_end")
        cancelAtPeriodEnd = try row.get("cancel_at_period_end")
        cancelAt = try row.get("cancel_at")
        canceledAt = try row.get("canceled_at")
        endedAt = try row.get("ended_at")
        trialEnd = try row.get("trial_end")
        latestInvoice = try row.get("latest_invoice")
        revision = try row.get("revision")
        createdAt = try (row.get("stripe_created") as Int64?) ?? 0
        updatedAt = try row.get("updated_at")
    }

    var state: SubscriptionState {
        SubscriptionState(
            status: status, items: items, currentPeriodEnd: currentPeriodEnd, cancelAtPeriodEnd: cancelAtPeriodEnd,
            cancelAt: cancelAt)
    }
}
