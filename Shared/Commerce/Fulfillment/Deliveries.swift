package import Database
package import Messaging

/// Messages to storefronts, as jobs.
package enum Deliveries {
    /// Stores the message about `order` in the transaction that moved it. `order.activated` shows the order as it is
    /// once the storefront has acknowledged it: active, since the message's `created`.
    package static func enqueue(
        _ type: DeliveryType, _ order: Order, in connection: Connection
    ) throws -> JobID? {
        let created = order.updatedAt / 1_000_000
        let message = MessageID.new()
        var shown = order
        if type == .orderActivated {
            shown.status = .active
            shown.activatedAt = created * 1_000_000
        }
        let body = DeliveryMessage(
            id: message.rawValue, type: type.rawValue, created: created, data: .init(object: OrderJSON(shown)))
        let payload = DeliveryPayload(
            message: message, type: type, order: order.id, livemode: order.livemode, created: created,
            body: try JSONText.write(body))
        return try JobQueue.enqueue(
            NewJob(
                .deliverToStorefront, tenant: order.tenant, payload: payload, subject: order.id.rawValue,
                uniqueKey: "\(order.id):\(type.rawValue):\(order.version)"),
            in: connection)
    }
}
