import Commerce
import Messaging
import StripeModels
import TenantStripe

extension Dashboard {
    /// For people.
    var text: String {
        var details = Details()
        details.add("Tenant", "\(tenant.name), \(tenant.id), \(tenant.mode) mode")
        details.add("Balance", lines: balanceLines)
        details.add("Charges", lines: chargeLines)
        details.add("Orders", orders)
        details.add("Subscriptions", "\(Self.text(local.activeSubscriptions)) active")
        details.add("Queue", queue)
        details.add("Dead letters", "\(local.deadLetters)" + Self.kinds(local.byKind(\.dead)))
        details.add("Missed webhooks", missedWebhooks)
        return details.text
    }

    /// A line a currency: they are never summed.
    private var balanceLines: [String] {
        guard let balance else { return [notKnown("balance")] }
        guard !currencies.isEmpty else { return ["none yet"] }
        return currencies.map { currency in
            func text(_ amounts: [Money]) -> String {
                currency.format(amounts.first { $0.currency == currency }?.amount ?? 0)
            }
            return "\(text(balance.available)) available, \(text(balance.pending)) pending"
        }
    }

    /// The newest first.
    private var chargeLines: [String] {
        guard let charges else { return [notKnown("charges")] }
        guard !charges.isEmpty else { return ["none yet"] }
        return charges.map { recent in
            let charge = recent.charge
            let words = [
                Moment.text(charge.created * 1_000_000), charge.currency.format(charge.amount), Self.state(of: charge),
                recent.order?.rawValue ?? charge.id,
            ]
            return words.compactMap(\.self).joined(separator: "  ")
        }
    }

    private static func state(of charge: Charge) -> String {
        if charge.disputed { return "disputed" }
        if charge.refunded { return "refunded" }
        if charge.amountRefunded > 0 { return "\(charge.currency.format(charge.amountRefunded)) refunded" }
        return charge.status == .succeeded && !charge.captured ? "authorized" : charge.status.name
    }

    private func notKnown(_ part: String) -> String {
        "not known. \(missing.first { $0.part == part }?.message ?? "")"
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
