package import Database
package import StripeModels

extension OrderStore {
    /// Applies what a PaymentIntent says: locks the order, checks that the payment is the one it asked for, moves it.
    ///
    /// Two workers may read one PaymentIntent and write in the other order. So read the order, then the PaymentIntent
    /// at Stripe, and hand in the revision that the order had: if it has another one now, a later reading may have come
    /// first. Every reading takes a revision, also one that moves nothing. A final state needs no such care.
    /// - Throws: `.notFound`; code `order_changed`: read both again.
    package static func apply(
        _ intent: PaymentIntent, _ observation: Observation, to id: OrderID, for scope: TenantScope,
        cause: OrderCause, expecting revision: Int64? = nil, in connection: Connection
    ) throws -> OrderMove {
        let order = try locked(id, for: scope, in: connection)
        if let revision, !intent.status.isFinal { try check(order, is: revision) }
        let move = try apply(intent, observation, to: order, cause: cause, in: connection)
        return observation == .read ? try noted(move, since: order, in: connection) : move
    }

    private static func apply(
        _ intent: PaymentIntent, _ observation: Observation, to locked: Order, cause: OrderCause,
        in connection: Connection
    ) throws -> OrderMove {
        var order = locked
        guard order.paymentIntent ?? intent.id == intent.id else {
            // Money that came in twice can be given back like any other.
            if PaymentCheck.finding(intent, for: order)?.isOurMoney ?? true {
                try note(intent, for: order, in: connection)
            }
            let message = "\(intent.id) (\(intent.status)) also says that it pays this order."
            return try record(.otherPaymentIntent, message, of: order, cause: cause, in: connection)
        }
        if order.paymentIntent == nil { order = try adopt(intent, order, in: connection) }

        let from = order.status
        let finding = PaymentCheck.finding(intent, for: order)
        if finding?.isOurMoney ?? true { try note(intent, for: order, in: connection) }
        var anomaly: OrderAnomaly?
        if let finding {
            let found = try record(finding.code, finding.message, of: order, cause: cause, in: connection)
            guard finding.mayProceed else { return found }
            (order, anomaly) = (found.order, found.anomaly)
        }
        guard let event = event(intent, observation, for: order) else {
            return OrderMove(order: order, from: from, anomaly: anomaly)
        }
        let move = try advance(order, by: event, about: intent.id, cause: cause, in: connection)
        return OrderMove(order: move.order, from: from, anomaly: move.anomaly ?? anomaly, news: move.news)
    }

    /// An order that is paid on Stripe's page follows its Checkout Session, so that it says all that the session knows
    /// when it is paid, and a decline on the page is the page's affair. What its PaymentIntent came to counts from when
    /// the buyer is through.
    private static func event(_ intent: PaymentIntent, _ observation: Observation, for order: Order) -> OrderEvent? {
        if order.checkoutMode == nil { return OrderEvent(intent, observation) }
        switch (intent.status, order.checkoutStatus) {
        case (.succeeded, .complete), (.succeeded, .expired): return .paymentSucceeded
        case (.canceled, .complete): return .canceled
        default: return nil
        }
    }

    /// Writes down what the payment came to.
    private static func note(_ intent: PaymentIntent, for order: Order, in connection: Connection) throws {
        switch intent.status {
        case .succeeded:
            let receipt = PaymentStore.Receipt(
                paymentIntent: intent.id, charge: intent.latestCharge, amount: PaymentCheck.received(intent),
                currency: intent.currency)
            try PaymentStore.record(receipt, order: order.id, for: order.scope, in: connection)
        case .canceled where order.checkoutMode != nil:
            try PaymentStore.recordCancellation(of: intent.id, order: order.id, for: order.scope, in: connection)
        default: break
        }
    }

    /// The event of a payment may overtake the commit that follows its making.
    private static func adopt(_ intent: PaymentIntent, _ order: Order, in connection: Connection) throws -> Order {
        let row = try connection.row(
            """
            UPDATE orders SET payment_intent = $4, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 AND payment_intent IS NULL RETURNING *
            """, order.id, order.tenant, order.livemode, intent.id)
        return try written(row, order)
    }
}
