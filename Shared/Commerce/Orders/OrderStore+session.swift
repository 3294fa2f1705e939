package import Database
import Security
package import StripeModels

extension OrderStore {
    /// Writes down which Checkout Session Stripe made for the order, and what it says so far.
    /// - Throws: `.notFound`; `.conflict` when the order has another one.
    package static func attachCheckoutSession(
        _ session: CheckoutSession, to id: OrderID, for scope: TenantScope, in connection: Connection
    ) throws -> Order {
        let order = try locked(id, for: scope, in: connection)
        guard order.checkoutSession ?? session.id == session.id else {
            throw CommerceError(.conflict, .stateConflict, "\(id) has another Checkout Session; it was left as it is.")
        }
        _ = try adopt(SessionFact(session), order, in: connection)
        let row = try connection.row(
            """
            UPDATE orders SET url = COALESCE($4, url), updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, id, scope.tenant, scope.livemode, session.url)
        connection.wake(channel)
        return try written(row, order)
    }

    /// The storefront wants the order canceled, and Stripe is about to be asked to expire its Checkout Session: what
    /// then tells that it expired, be it this call's answer or an event that overtakes it, makes the order canceled.
    /// - Throws: `.notFound`.
    package static func requestCancel(
        _ id: OrderID, for scope: TenantScope, in connection: Connection
    ) throws -> Order {
        let row = try connection.row(
            """
            UPDATE orders SET cancel_requested = TRUE, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, id, scope.tenant, scope.livemode)
        guard let row else { throw CommerceError.noSuch("order", id.rawValue) }
        return try Order(row)
    }

    /// Applies what a Checkout Session says of its order: nil when there is none.
    ///
    /// The order follows its session: that says what it costs, who the buyer is, and which PaymentIntent or subscription
    /// it led to. `complete` alone pays nothing, but what a PaymentIntent or an invoice brought before counts from then
    /// on. Revisions are as with a PaymentIntent.
    /// - Throws: code `order_changed`: read both again.
    package static func apply(
        session: SessionFact, _ observation: Observation, for scope: TenantScope, cause: OrderCause,
        expecting revision: Int64? = nil, in connection: Connection
    ) throws -> OrderMove? {
        guard let id = try order(ofSession: session, for: scope, in: connection)?.id else { return nil }
        let order = try locked(id, for: scope, in: connection)
        if let revision, !session.isFinal { try check(order, is: revision) }
        let move = try apply(session, observation, to: order, cause: cause, in: connection)
        return observation == .read ? try noted(move, since: order, in: connection) : move
    }

    private static func apply(
        _ session: SessionFact, _ observation: Observation, to locked: Order, cause: OrderCause,
        in connection: Connection
    ) throws -> OrderMove {
        guard session.livemode == locked.livemode else {
            return try record(
                .otherMode, "\(session.id) is of the other mode.", of: locked, cause: cause, in: connection)
        }
        guard locked.checkoutMode != nil, locked.checkoutSession ?? session.id == session.id else {
            let message = "\(session.id) (\(session.status)) also says that it is this order's."
            return try record(.otherCheckoutSession, message, of: locked, cause: cause, in: connection)
        }
        let before = try OrderFacts(of: locked, in: connection)
        let order = try adopt(session, locked, in: connection)
        if let subscription = order.subscription {
            _ = try SubscriptionStore.hold(subscription, order: order.id, for: order.scope, in: connection)
        }
        if let customer = order.customer {
            try CustomerStore.note(customer, email: order.customerEmail, for: order.scope, in: connection)
        }
        if session.isPaid, session.payment == .paid, let intent = order.paymentIntent, let amount = session.amountTotal
        {
            let receipt = PaymentStore.Receipt(
                paymentIntent: intent, amount: amount, currency: order.currency, isExact: false)
            try PaymentStore.record(receipt, order: order.id, for: order.scope, in: connection)
        }
        let event = try event(session, observation, for: order, in: connection)
        var move = try advance(order, by: event, from: before, about: session.id, cause: cause, in: connection)
        if session.status == .expired, let captured = move.order.amountCaptured, captured > 0, move.anomaly == nil {
            let message = "\(session.id) expired, and \(order.currency.format(captured)) came in."
            let found = try record(.illegalTransition, message, of: move.order, cause: cause, in: connection)
            (move.order, move.anomaly) = (found.order, found.anomaly)
        }
        if move.news.contains(.orderActivated), let notice = try shortTrial(of: move.order, in: connection) {
            move.notices.append(notice)
        }
        return move
    }

    /// Stripe: "customer.subscription.trial_will_end", three days before, or at once for a shorter trial: then it may have
    /// been heard when nothing was known of the buyer yet. Who hears it later is not mailed again.
    private static func shortTrial(of order: Order, in connection: Connection) throws -> EmailNotice? {
        guard let id = order.subscription,
            let known = try SubscriptionStore.get(id, for: order.scope, in: connection), known.status == .trialing,
            // Both are Stripe's: a test clock's days are not ours.
            let end = known.trialEnd, end - known.createdAt <= 3 * 86_400
        else { return nil }
        let fact = SubscriptionFact(
            id: id, livemode: known.livemode, status: known.status, customer: known.customer,
            cancelAtPeriodEnd: known.cancelAtPeriodEnd, cancelAt: known.cancelAt, trialEnd: end)
        return fact.endsWithTrial ? nil : EmailNotice.trialEnding(fact, order)
    }

    /// What the session says, or, once the buyer is through, what the payment came to meanwhile: an authorization may
    /// have been captured or canceled before it was heard that the session is complete.
    private static func event(
        _ session: SessionFact, _ observation: Observation, for order: Order, in connection: Connection
    ) throws -> OrderEvent? {
        let event = OrderEvent(session, isCancelRequested: order.isCancelRequested)
        guard session.status == .complete, !session.isPaid else { return event }
        let payments = try PaymentStore.list(of: order.id, for: order.scope, in: connection)
        if payments.contains(where: { $0.amountCaptured > 0 && $0.paymentIntent == order.paymentIntent }) {
            return .paymentSucceeded
        }
        if let intent = order.paymentIntent, try PaymentStore.isCanceled(intent, for: order.scope, in: connection) {
            return .canceled
        }
        return event
    }

    /// What a session tells of its order beside the payment. What it says when it is complete is its last word.
    private static func adopt(_ session: SessionFact, _ order: Order, in connection: Connection) throws -> Order {
        let isLast = session.status != .open
        let known = order.checkoutStatus ?? .open
        let counts = isLast || known == .open && !order.status.isPaid
        let row = try connection.row(
            """
            UPDATE orders SET checkout_session = $4, checkout_status = $5,
                payment_intent = COALESCE(payment_intent, $6), subscription = COALESCE(subscription, $7),
                customer = COALESCE(customer, $8), customer_email = COALESCE(customer_email, $9), amount = $10,
                currency = $11, updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, order.id, order.tenant, order.livemode, session.id,
            (known == .open ? session.status : known).rawValue,
            try free(session.paymentIntent, order, in: connection), session.subscription, session.customer,
            session.customerEmail, (counts ? session.amountTotal : nil) ?? order.amount,
            ((counts ? session.currency : nil) ?? order.currency).rawValue)
        return try written(row, order)
    }

    /// A PaymentIntent pays one order.
    private static func free(_ intent: String?, _ order: Order, in connection: Connection) throws -> String? {
        guard let intent else { return nil }
        let other = try byPaymentIntent(intent, for: order.scope, in: connection)
        return other == nil || other?.id == order.id ? intent : nil
    }
}
