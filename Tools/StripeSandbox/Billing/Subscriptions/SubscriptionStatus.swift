/// The statuses of a subscription.
enum SubscriptionStatus: String, Sendable, CaseIterable {
    case incomplete
    case incompleteExpired = "incomplete_expired"
    case trialing
    case active
    case pastDue = "past_due"
    case unpaid
    case paused
    case canceled

    /// Whether nothing comes after it.
    var isOver: Bool { self == .canceled || self == .incompleteExpired }

    /// Where a payment takes a subscription: the one that waited for it is served again.
    var afterPayment: Self {
        switch self {
        case .incomplete, .pastDue, .unpaid, .active: .active
        case .trialing, .paused, .canceled, .incompleteExpired: self
        }
    }

    /// Where a payment that failed, or waits for the buyer, takes it. A first payment leaves it incomplete.
    var afterFailedPayment: Self {
        switch self {
        case .trialing, .active, .pastDue: .pastDue
        case .incomplete, .unpaid, .paused, .canceled, .incompleteExpired: self
        }
    }
}

extension Record {
    /// The status of a subscription.
    var subscriptionStatus: SubscriptionStatus {
        get { SubscriptionStatus(rawValue: body["status"].string ?? "") ?? .canceled }
        set { body["status"] = .string(newValue.rawValue) }
    }
}
