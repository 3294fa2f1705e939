import Database
import Messaging

/// A message's id: the same on every try, so that a storefront can tell a repetition.
package struct MessageID: RowID {
    package static let prefix = "msg_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// What storefronts are told, by the contract's names.
package enum DeliveryType: String, Codable, Sendable, Hashable, CaseIterable {
    case orderActivated = "order.activated"
    case orderFailed = "order.failed"
    case orderCanceled = "order.canceled"
    case orderRequiresAction = "order.requires_action"
    /// More of it went back than before.
    case orderRefunded = "order.refunded"
    /// A dispute was opened, or came to its end: the order's status tells.
    case orderDisputed = "order.disputed"
    case subscriptionUpdated = "subscription.updated"
    case subscriptionPastDue = "subscription.past_due"
    case subscriptionEnded = "subscription.ended"

    /// What a move of an unpaid order to `status` has us tell; nil for nothing.
    init?(following status: OrderStatus) {
        switch status {
        case .failed: self = .orderFailed
        case .canceled: self = .orderCanceled
        case .requiresAction: self = .orderRequiresAction
        case .pending, .processing, .expired, .paid, .active, .pastDue, .partiallyRefunded, .refunded, .disputed,
            .ended:
            return nil
        }
    }
}

/// The payload of `deliver_to_storefront`: the body is made once, so that every try sends the same bytes.
package struct DeliveryPayload: Codable, Sendable, Hashable {
    package let message: MessageID
    package let type: DeliveryType
    package let order: OrderID
    package let livemode: Bool
    /// Seconds since 1970, as the body says.
    package let created: Int64
    /// JSON.
    package let body: String
}

/// `{"id":"msg_…","type":"order.activated","created":…,"data":{"object":{order}}}`
struct DeliveryMessage: Encodable {
    let id: String
    let type: String
    let created: Int64
    let data: Content

    struct Content: Encodable { let object: OrderJSON }
}
