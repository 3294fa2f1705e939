extension OrderStatus {
    /// The money is there, whatever happened to it since.
    package var isPaid: Bool {
        switch self {
        case .paid, .active, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: true
        case .pending, .requiresAction, .processing, .failed, .canceled, .expired: false
        }
    }

    /// Where `facts` put an order: the worst of them counts. Before the payment they put it nowhere, and a final status
    /// is never left, though a refund that succeeded may still fail.
    ///
    /// `ended` and `refunded` never contend for one order: only a subscription's ends, and only another is refunded in
    /// full.
    package func settled(by facts: OrderFacts) -> OrderStatus {
        guard isPaid, !isFinal else { return self }
        let standing = facts.subscription?.standing
        if standing == .over { return .ended }
        if facts.isRefundedInFull { return .refunded }
        if facts.isDisputed { return .disputed }
        if standing == .pastDue { return .pastDue }
        if facts.refunded > 0 { return .partiallyRefunded }
        return facts.isAcknowledged ? .active : .paid
    }
}
