import Commerce

extension DeliveryType {
    /// Whether a later state of the order can make it false. An order that was activated or canceled was so for good.
    var canBeOvertaken: Bool {
        switch self {
        case .orderFailed, .orderRequiresAction: true
        case .orderActivated, .orderCanceled, .orderRefunded, .orderDisputed, .subscriptionUpdated,
            .subscriptionPastDue, .subscriptionEnded:
            false
        }
    }

    /// Whether the storefront would be misled by it now that the order is in `status`. A decline is still news while
    /// the next attempt goes on, for nothing else is told of that; a request to act is not, once the buyer acted.
    func isOvertaken(by status: OrderStatus) -> Bool {
        switch self {
        case .orderFailed: !status.awaitsPayment
        case .orderRequiresAction: status != .requiresAction
        case .orderActivated, .orderCanceled, .orderRefunded, .orderDisputed, .subscriptionUpdated,
            .subscriptionPastDue, .subscriptionEnded:
            false
        }
    }
}
