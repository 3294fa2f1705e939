import Commerce
import Messaging
import StripeModels
import TenantStripe

/// A tenant's figures, as they are shown: for programs in the form of `GET /v1/dashboard`, but for the charges.
struct TenantFiguresView {
    let figures: TenantFigures

    init(_ figures: TenantFigures) { self.figures = figures }

    private var tenant: Tenant { figures.tenant }
    private var local: LocalDashboard { figures.local }

    var json: JSON {
        [
            "object": "dashboard", "tenant": .text(tenant.id.rawValue), "livemode": .bool(tenant.livemode),
            "created": .time(local.readAt), "balance": balance,
            "active_subscriptions": Self.json(local.activeSubscriptions),
            "orders": .object(
                Dictionary(uniqueKeysWithValues: local.orders.map { ($0.key.rawValue, Self.json($0.value)) })),
            "queue": [
                "depth": .int(local.depth), "scheduled": .int(local.scheduled),
                "oldest_age": .int(local.oldestAge / 1_000_000), "by_kind": Self.json(local.byKind(\.due)),
            ],
            "dead_letters": ["count": .int(local.deadLetters), "by_kind": Self.json(local.byKind(\.dead))],
            "missed_webhooks": [
                "count": .int(local.reconciliation?.missedTotal ?? 0),
                "checked_at": .time(local.reconciliation?.lastFinished),
                "error": .text(local.reconciliation?.lastError),
            ],
            "missing": .list(missing.map { ["part": "balance", "message": .text($0)] }),
        ]
    }

    private var missing: [String] {
        if case .failure(let failure) = figures.balance { [failure.message] } else { [] }
    }

    private var balance: JSON {
        guard case .success(let balance) = figures.balance else { return .null }
        func list(_ amounts: [Money]) -> JSON {
            .list(
                amounts.map {
                    [
                        "amount": .int($0.amount), "currency": .text($0.currency.rawValue),
                        "text": .text($0.description),
                    ]
                })
        }
        return ["available": list(balance.available), "pending": list(balance.pending)]
    }

    private static func json(_ count: LocalDashboard.Count) -> JSON {
        ["count": .int(count.number), "capped": .bool(count.isCapped)]
    }

    private static func json(_ counts: [String: Int64]) -> JSON { .object(counts.mapValues { .int($0) }) }

    var text: String {
        var details = Details()
        details.add("Tenant", "\(tenant.name), \(tenant.id), \(tenant.mode) mode")
        for (index, line) in balanceLines.enumerated() { details.add(index == 0 ? "Balance" : "", line) }
        details.add("Orders", orders)
        details.add("Subscriptions", "\(Self.text(local.activeSubscriptions)) active")
        details.add("Queue", queue)
        details.add("Dead letters", "\(local.deadLetters)" + Self.kinds(local.byKind(\.dead)))
        details.add("Missed webhooks", missedWebhooks)
        return details.text
    }

    /// A line a currency: they are never summed.
    private var balanceLines: [String] {
        guard case .success(let balance) = figures.balance else { return missing.map { "not known. \($0)" } }
        var currencies: [Currency] = []
        for money in balance.available + balance.pending where !currencies.contains(money.currency) {
            currencies.append(money.currency)
        }
        guard !currencies.isEmpty else { return ["none yet"] }
        return currencies.map { currency in
            func text(_ amounts: [Money]) -> String {
                currency.format(amounts.first { $0.currency == currency }?.amount ?? 0)
            }
            return "\(text(balance.available)) available, \(text(balance.pending)) pending"
        }
    }

    private var orders: String {
        let counts = OrderStatus.allCases.compactMap { status in
            local.orders[status].flatMap { $0.number > 0 ? "\(Self.text($0)) \(status.rawValue)" : nil }
        }
        return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }

    private var queue: String {
        let oldest = local.oldestAge > 0 ? ", the oldest for \(Age.text(local.oldestAge))" : ""
        return "\(local.depth) due\(oldest)\(Self.kinds(local.byKind(\.due))); \(local.scheduled) scheduled"
    }

    private var missedWebhooks: String {
        guard let state = local.reconciliation else { return "not searched yet" }
        let checked = Moment.text(state.lastFinished).map { ", searched \($0)" } ?? ""
        return "\(state.missedTotal)\(checked)" + (state.lastError.map { "; the last search failed: \($0)" } ?? "")
    }

    private static func text(_ count: LocalDashboard.Count) -> String {
        "\(count.number)\(count.isCapped ? "+" : "")"
    }

    private static func kinds(_ counts: [String: Int64]) -> String {
        guard !counts.isEmpty else { return "" }
        return " (" + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ") + ")"
    }
}
