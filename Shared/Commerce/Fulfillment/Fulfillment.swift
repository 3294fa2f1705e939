package import Database
package import Messaging

/// What follows an order's move, in the same transaction: "the order moved" and "its storefront and its buyer will be
/// told" cannot come apart.
package enum Fulfillment {
    /// Stores the deliveries and the emails that follow `move`; a paid order of a tenant without a fulfillment URL is
    /// acknowledged at once. Nothing follows an event that changed nothing.
    /// - Returns: the order as it is then.
    package static func follow(
        _ move: OrderMove, in connection: Connection
    ) throws -> Order {
        let order = move.order
        let notices = move.news.compactMap { EmailNotice.following($0, order) } + move.notices
        for notice in notices { try Emails.enqueue(notice, of: order, in: connection) }
        guard !move.news.isEmpty else { return order }
        guard try TenantStore.existing(order.tenant, in: connection).fulfillmentURL != nil else {
            guard move.news.contains(.orderActivated) else { return order }
            return try OrderStore.move(
                order.id, for: order.scope, by: .activated, cause: .noFulfillmentURL, in: connection
            ).order
        }
        for type in move.news { _ = try Deliveries.enqueue(type, order, in: connection) }
        return order
    }

    /// What a storefront's 2xx means: an order is active once its `order.activated` was taken in.
    /// - Returns: nil for messages that change nothing.
    package static func acknowledge(
        _ payload: DeliveryPayload, of tenant: TenantID, in connection: Connection
    ) throws -> OrderMove? {
        guard payload.type == .orderActivated else { return nil }
        return try OrderStore.move(
            payload.order, for: TenantScope(tenant: tenant, livemode: payload.livemode), by: .activated,
            cause: .acknowledged(by: payload.message.rawValue), activatedAt: payload.created * 1_000_000,
            in: connection)
    }
}
