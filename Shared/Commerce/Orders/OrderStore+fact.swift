package import Database

extension OrderStore {
    /// Merges what a fact says, and moves its order: nil when no order of this tenant and mode is known to be its. What
    /// such a fact says is kept where an order may turn up later.
    ///
    /// Late, twice, in any order and in two transactions at once it comes to the same: see `OrderFacts`. Hand what it
    /// returns to `Fulfillment.follow` in the same transaction.
    /// - Parameter revision: of a reading: what `revision(of:)` said before Stripe was asked.
    /// - Throws: code `order_changed`: another reading came first; read again.
    package static func apply(
        _ fact: StripeFact, _ observation: Observation, for scope: TenantScope, cause: OrderCause,
        expecting revision: Int64? = nil, in connection: Connection
    ) throws -> OrderMove? {
        switch fact {
        case .paymentIntent(let intent):
            guard let order = try order(ofIntent: intent, for: scope, in: connection) else { return nil }
            return try apply(
                intent, observation, to: order.id, for: scope, cause: cause, expecting: revision, in: connection)
        case .session(let session):
            return try apply(
                session: session, observation, for: scope, cause: cause, expecting: revision, in: connection)
        case .subscription(let subscription):
            return try apply(
                subscription: subscription, observation, for: scope, cause: cause, expecting: revision, in: connection)
        case .invoice(let invoice): return try apply(invoice: invoice, for: scope, cause: cause, in: connection)
        case .charge(let charge): return try apply(charge: charge, for: scope, cause: cause, in: connection)
        case .refund(let refund): return try apply(refund: refund, for: scope, cause: cause, in: connection)
        case .dispute(let dispute): return try apply(dispute: dispute, for: scope, cause: cause, in: connection)
        }
    }
}
