import Commerce
import FoundationEssentials
import Messaging
import StripeModels
import TenantStripe

extension Dashboard {
    /// What the page's template shows.
    var pageValues: [String: Any] {
        var values: [String: Any] = [
            "tenant_name": tenant.name, "is_live": tenant.livemode, "updated": Self.moment(local.readAt / 1_000_000),
            "subscriptions": Self.count(local.activeSubscriptions), "orders": orderRows,
            "has_orders": !orderRows.isEmpty,
            "depth": "\(local.depth)", "scheduled": "\(local.scheduled)", "is_waiting": local.oldestAge > 0,
            "oldest": Self.span(local.oldestAge / 1_000_000), "dead": "\(local.deadLetters)",
            "has_dead": local.deadLetters > 0, "due_kinds": kindRows(\.due), "dead_kinds": kindRows(\.dead),
            "missed": "\(local.reconciliation?.missedTotal ?? 0)",
            "charges": chargeRows, "has_charges": !chargeRows.isEmpty, "balance": balanceRows,
            "has_balance": !balanceRows.isEmpty,
        ]
        values["checked"] = local.reconciliation?.lastFinished.map { Self.moment($0 / 1_000_000) }
        values["sweep_error"] = local.reconciliation?.lastError
        for missing in missing { values["\(missing.part)_missing"] = missing.message }
        return values
    }

    private var orderRows: [[String: Any]] {
        OrderStatus.allCases.compactMap { status in
            guard let count = local.orders[status], count.number > 0 else { return nil }
            return ["status": status.rawValue, "label": Self.words(status.rawValue), "count": Self.count(count)]
        }
    }

    private func kindRows(_ part: KeyPath<LocalDashboard.Backlog, Int64>) -> [[String: Any]] {
        local.byKind(part).sorted { $0.key < $1.key }.map { kind, count in
            ["label": Self.labels[JobKind(kind)] ?? Self.words(kind), "count": "\(count)"]
        }
    }

    /// A row a currency: they are never summed.
    private var balanceRows: [[String: Any]] {
        guard let balance else { return [] }
        return currencies.map { currency in
            func text(_ amounts: [Money]) -> String {
                currency.decimalText(amounts.first { $0.currency == currency }?.amount ?? 0)
            }
            return [
                "currency": currency.description, "available": text(balance.available),
                "pending": text(balance.pending),
            ]
        }
    }

    private var chargeRows: [[String: Any]] {
        (charges ?? []).map { recent in
            let charge = recent.charge
            var row: [String: Any] = [
                "title": charge.description ?? recent.order?.rawValue ?? charge.id,
                "created": Self.moment(charge.created), "amount": charge.currency.format(charge.amount),
            ]
            row["card"] = charge.card.map { "\($0.brand ?? "Card") ···· \($0.last4 ?? "")" }
            if charge.amountRefunded > 0 { row["refunded"] = charge.currency.format(charge.amountRefunded) }
            row.merge(Self.state(of: charge)) { _, new in new }
            return row
        }
    }

    /// A word for the state, and whether it is good news.
    private static func state(of charge: Charge) -> [String: Any] {
        if charge.disputed { return ["state": "Disputed", "tone": "bad"] }
        return switch charge.status {
        case .succeeded where charge.refunded: ["state": "Refunded", "tone": "quiet"]
        case .succeeded where !charge.captured: ["state": "Authorized", "tone": "quiet"]
        case .succeeded: ["state": "Paid", "tone": "good"]
        case .failed: ["state": "Failed", "tone": "bad", "reason": charge.failureMessage ?? ""]
        case .pending: ["state": "Pending", "tone": "quiet"]
        case .unknown(let name): ["state": words(name), "tone": "quiet"]
        }
    }

    private static let labels: [JobKind: String] = [
        .applyStripeEvent: "Events from Stripe", .deliverToStorefront: "Messages to the storefront",
        .sendEmail: "Emails", .reconcileAccount: "Search for missed webhooks", .checkOrder: "Checks of orders",
        .finishRefund: "Refunds",
    ]

    /// `requires_action` as people write it.
    private static func words(_ name: String) -> String {
        let words = name.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private static func count(_ count: LocalDashboard.Count) -> [String: Any] {
        ["number": "\(count.number)", "is_capped": count.isCapped]
    }

    /// - Parameter seconds: since 1970.
    private static func moment(_ seconds: Int64) -> [String: Any] {
        let machine = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
        // The page's script puts it in the reader's own time.
        return ["machine": machine, "text": machine.replacing("T", with: " ").replacing("Z", with: " UTC")]
    }

    /// A number of seconds for people, in its largest unit.
    private static func span(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }
}
