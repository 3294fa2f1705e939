package import Database
import StripeModels

extension OrderStore {
    /// The order that a fact is about, as it is now; nil where it is none of this tenant and mode.
    package static func order(
        of fact: StripeFact, for scope: TenantScope, in connection: Connection
    ) throws -> Order? {
        switch fact {
        case .paymentIntent(let intent): try order(ofIntent: intent, for: scope, in: connection)
        case .session(let session): try order(ofSession: session, for: scope, in: connection)
        case .subscription(let subscription):
            try order(ofSubscription: subscription.id, named: subscription.order, for: scope, in: connection)
        case .invoice(let invoice):
            try invoice.subscription.flatMap {
                try order(ofSubscription: $0, named: invoice.order, for: scope, in: connection)
            }
        case .charge(let charge): try order(ofPayment: charge.paymentIntent, for: scope, in: connection)
        case .refund(let refund): try order(ofPayment: refund.paymentIntent, for: scope, in: connection)
        case .dispute(let dispute): try order(ofPayment: dispute.paymentIntent, for: scope, in: connection)
        }
    }

    /// What a reading of the fact's object is to be handed in with. Ask before Stripe is asked.
    package static func revision(
        of fact: StripeFact, for scope: TenantScope, in connection: Connection
    ) throws -> Int64 {
        if case .subscription(let subscription) = fact {
            return try SubscriptionStore.revision(of: subscription.id, for: scope, in: connection)
        }
        return try order(of: fact, for: scope, in: connection)?.revision ?? 0
    }

    /// By its id, or, where we were stopped between Stripe's answer and storing that id, by the order's id in the
    /// metadata that we sent.
    static func order(
        ofIntent intent: PaymentIntent, for scope: TenantScope, in connection: Connection
    ) throws -> Order? {
        if let order = try byPaymentIntent(intent.id, for: scope, in: connection) { return order }
        return try Order.id(inStripeMetadata: intent.metadata).flatMap { try get($0, for: scope, in: connection) }
    }

    static func order(
        ofSession session: SessionFact, for scope: TenantScope, in connection: Connection
    ) throws -> Order? {
        if let order = try byCheckoutSession(session.id, for: scope, in: connection) { return order }
        return try session.order.flatMap { try get($0, for: scope, in: connection) }
    }

    /// The order that a subscription began as. Metadata is anyone's to copy: an order that has another subscription is
    /// not meant.
    static func order(
        ofSubscription id: String, named: OrderID?, for scope: TenantScope, in connection: Connection
    ) throws -> Order? {
        if let known = try SubscriptionStore.order(of: id, for: scope, in: connection) {
            return try get(known, for: scope, in: connection)
        }
        if let order = try bySubscription(id, for: scope, in: connection) { return order }
        guard let order = try named.flatMap({ try get($0, for: scope, in: connection) }), order.kind == .subscription,
            order.subscription ?? id == id
        else { return nil }
        return order
    }

    /// The order that a PaymentIntent pays or brought money for.
    static func order(
        ofPayment intent: String?, for scope: TenantScope, in connection: Connection
    ) throws -> Order? {
        guard let intent else { return nil }
        if let id = try PaymentStore.order(of: intent, for: scope, in: connection) {
            return try get(id, for: scope, in: connection)
        }
        return try byPaymentIntent(intent, for: scope, in: connection)
    }

    /// The order whose buyer this Checkout Session is.
    package static func byCheckoutSession(
        _ id: String, for scope: TenantScope, in connection: Connection
    ) throws -> Order? {
        try connection.row(
            "SELECT * FROM orders WHERE tenant_id = $1 AND livemode = $2 AND checkout_session = $3", scope.tenant,
            scope.livemode, id
        ).map { try Order($0) }
    }

    /// The order that this subscription began as.
    package static func bySubscription(
        _ id: String, for scope: TenantScope, in connection: Connection
    ) throws -> Order? {
        try connection.row(
            """
            SELECT * FROM orders WHERE tenant_id = $1 AND livemode = $2 AND subscription = $3
            ORDER BY created_at, id LIMIT 1
            """, scope.tenant, scope.livemode, id
        ).map { try Order($0) }
    }
}
