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

    /// What a move to `status` has us tell; nil for nothing. An order that is paid is told as activated, and is active
    /// once the storefront has taken that in.
    package init?(following status: OrderStatus) {
        switch status {
        case .paid: self = .orderActivated
        case .failed: self = .orderFailed
        case .canceled: self = .orderCanceled
        case .requiresAction: self = .orderRequiresAction
        case .pending, .processing, .active, .expired, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended:
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
