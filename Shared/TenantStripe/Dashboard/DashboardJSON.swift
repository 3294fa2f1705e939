import Commerce
import Messaging
import StripeModels

/// The dashboard for programs. Amounts are minor units, with a text in the currency's own decimals; amounts of
/// different currencies are never summed.
package struct DashboardJSON: Encodable, Sendable {
    private let dashboard: Dashboard

    package init(_ dashboard: Dashboard) {
        self.dashboard = dashboard
    }

    private enum CodingKeys: String, CodingKey {
        case object, tenant, livemode, created, balance, charges, orders, queue, missing
        case activeSubscriptions = "active_subscriptions"
        case deadLetters = "dead_letters"
        case missedWebhooks = "missed_webhooks"
    }

    package func encode(to encoder: any Encoder) throws {
        let local = dashboard.local
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("dashboard", forKey: .object)
        try container.encode(dashboard.tenant.id.rawValue, forKey: .tenant)
        try container.encode(dashboard.tenant.livemode, forKey: .livemode)
        try container.encode(local.readAt / 1_000_000, forKey: .created)
        try container.encode(dashboard.balance.map(BalanceJSON.init), forKey: .balance)
        try container.encode(dashboard.charges.map { ChargesJSON(data: $0.map(ChargeJSON.init)) }, forKey: .charges)
        try container.encode(CountJSON(local.activeSubscriptions), forKey: .activeSubscriptions)
        try container.encode(
            Dictionary(uniqueKeysWithValues: local.orders.map { ($0.key.rawValue, CountJSON($0.value)) }),
            forKey: .orders)
        try container.encode(QueueJSON(local), forKey: .queue)
        try container.encode(DeadLettersJSON(local), forKey: .deadLetters)
        try container.encode(MissedWebhooksJSON(state: local.reconciliation), forKey: .missedWebhooks)
        try container.encode(dashboard.missing, forKey: .missing)
    }
}

private struct ChargesJSON: Encodable {
    let object = "list"
    let data: [ChargeJSON]
    let hasMore = false

    private enum CodingKeys: String, CodingKey {
        case object, data
        case hasMore = "has_more"
    }
}

/// A count that says when it is no more than a lower bound.
private struct CountJSON: Encodable {
    let count: Int64
    let capped: Bool

    init(_ count: LocalDashboard.Count) {
        self.count = count.number
        capped = count.isCapped
    }
}

private struct QueueJSON: Encodable {
    let depth: Int64
    let scheduled: Int64
    /// Seconds.
    let oldestAge: Int64
    let byKind: [String: Int64]

    init(_ local: LocalDashboard) {
        depth = local.depth
        scheduled = local.scheduled
        oldestAge = local.oldestAge / 1_000_000
        byKind = local.byKind(\.due)
    }

    private enum CodingKeys: String, CodingKey {
        case depth, scheduled
        case oldestAge = "oldest_age"
        case byKind = "by_kind"
    }
}

private struct DeadLettersJSON: Encodable {
    let count: Int64
    let byKind: [String: Int64]

    init(_ local: LocalDashboard) {
        count = local.deadLetters
        byKind = local.byKind(\.dead)
    }

    private enum CodingKeys: String, CodingKey {
        case count
        case byKind = "by_kind"
    }
}

private struct MissedWebhooksJSON: Encodable {
    let state: ReconcileState?

    private enum CodingKeys: String, CodingKey {
        case count, error
        case checkedAt = "checked_at"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(state?.missedTotal ?? 0, forKey: .count)
        // Seconds since 1970; null before the first sweep.
        try container.encode(state?.lastFinished.map { $0 / 1_000_000 }, forKey: .checkedAt)
        // Why the last sweep failed; null where it did not.
        try container.encode(state?.lastError, forKey: .error)
    }
}
