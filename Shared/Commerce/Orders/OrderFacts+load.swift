import Database
import StripeModels

extension OrderFacts {
    /// What the rows say of `order`, whose row is locked. Money in another currency than the order's is not counted.
    init(of order: Order, in connection: Connection) throws {
        self.init(
            subscription: try order.subscription.flatMap { id in
                try SubscriptionStore.get(id, for: order.scope, in: connection)?.state
            }, mayBringMore: order.kind == .subscription, isAcknowledged: order.activatedAt != nil)
        let row = try connection.row(
            """
            SELECT
                CAST(COALESCE((SELECT SUM(amount_captured) FROM order_payments
                    WHERE order_id = $1 AND currency = $2), 0) AS BIGINT) AS captured,
                CAST(COALESCE((SELECT SUM(amount) FROM refunds
                    WHERE order_id = $1 AND currency = $2 AND status = 'succeeded'), 0) AS BIGINT) AS refunded,
                (SELECT COUNT(*) FROM disputes WHERE order_id = $1) AS disputes
            """, order.id, order.currency.rawValue)
        guard let row else { return }
        captured = try row.get("captured")
        refunded = try row.get("refunded")
        disputes = try row.get("disputes")
        guard disputes > 0 else { return }
        isDisputed = try DisputeStore.list(of: order.id, for: order.scope, in: connection)
            .contains { $0.status.holdsOrder }
    }

    /// What is different from `before`, for the order's history; nil for nothing.
    func difference(from before: OrderFacts, in currency: Currency) -> String? {
        var words: [String] = []
        if captured != before.captured { words.append("captured: \(currency.format(captured))") }
        if refunded != before.refunded { words.append("refunded: \(currency.format(refunded))") }
        if disputes != before.disputes || isDisputed != before.isDisputed {
            words.append(isDisputed ? "disputed" : "dispute over")
        }
        if let subscription, subscription != before.subscription {
            words.append("subscription: \(subscription.status)\(subscription.isEnding ? ", ending" : "")")
        }
        return words.isEmpty ? nil : words.joined(separator: "; ")
    }
}

extension SubscriptionState {
    var isEnding: Bool { cancelAtPeriodEnd || cancelAt != nil }
}
