import Commerce
import Database
import Foundation
import Messaging
import StripeModels
import Testing

extension StoryShop {
    /// What each of the orders has come to.
    /// - Parameter anomalies: that there may be.
    func endings(
        of tellings: [Telling], anomalies: Set<OrderAnomaly.Code>, in connection: Connection
    ) throws -> [Ending] {
        try checkHistory(anomalies, connection)
        let (told, mailed) = (try told(connection), try mailed(connection))
        return try tellings.map { telling in
            let order = try #require(try OrderStore.get(telling.order, for: scope, in: connection))
            let messages = told[order.id] ?? []
            for type in [DeliveryType.orderActivated, .orderCanceled, .subscriptionEnded] {
                #expect(messages.filter { $0 == type }.count <= 1, "\(type.rawValue) was told twice")
            }
            let refunds = try RefundStore.list(
                PageRequest(limit: 100), order: order.id, for: scope, in: connection
            ).data.map { refund in
                let name = refund.stripeRefund?.split(separator: "_").dropFirst().first ?? "-"
                return "\(name) \(refund.amount) \(refund.status.rawValue)"
            }
            let subscription = try SubscriptionStore.get(telling.id("sub"), for: scope, in: connection)
            return Ending(
                status: order.status, amount: order.amount, captured: order.amountCaptured,
                refunded: order.amountRefunded, customer: order.customer, refunds: Set(refunds),
                disputes: Set(
                    try DisputeStore.list(of: order.id, for: scope, in: connection).map(\.status.name)),
                subscription: subscription.map { Self.text($0) }, told: Set(messages), mailed: mailed[order.id] ?? [])
        }
    }

    private static func text(_ subscription: StoredSubscription) -> String {
        let ending = subscription.cancelAtPeriodEnd ? " at its end" : ""
        return "\(subscription.status.name)\(ending) until \(subscription.currentPeriodEnd ?? 0)"
    }

    private func checkHistory(_ allowed: Set<OrderAnomaly.Code>, _ connection: Connection) throws {
        let found = try connection.rows("SELECT anomaly, detail FROM order_transitions WHERE anomaly IS NOT NULL")
            .map { (try $0.get("anomaly", as: String.self), try $0.get("detail", as: String.self)) }
        let names = Set(allowed.map(\.rawValue))
        let unexpected = found.first { !names.contains($0.0) }
        #expect(unexpected == nil)
    }

    /// What the storefront is to be told of each order.
    private func told(_ connection: Connection) throws -> [OrderID: [DeliveryType]] {
        var told: [OrderID: [DeliveryType]] = [:]
        for row in try connection.rows("SELECT unique_key FROM jobs WHERE kind = $1", JobKind.deliverToStorefront) {
            let key = try row.get("unique_key", as: String.self).split(separator: ":").map(String.init)
            told[OrderID(rawValue: key[0]), default: []].append(try #require(DeliveryType(rawValue: key[1])))
        }
        return told
    }

    private func mailed(_ connection: Connection) throws -> [OrderID: Set<EmailKind>] {
        var mailed: [OrderID: Set<EmailKind>] = [:]
        let rows = try connection.rows(
            """
            SELECT COALESCE(jobs.payload, job_payloads.payload) AS payload
            FROM jobs LEFT JOIN job_payloads ON job_payloads.job_id = jobs.id WHERE kind = $1
            """, JobKind.sendEmail)
        for row in rows {
            let payload: String = try row.get("payload")
            let email = try JSONDecoder().decode(EmailPayload.self, from: Data(payload.utf8))
            mailed[try #require(email.order), default: []].insert(email.kind)
        }
        return mailed
    }
}
