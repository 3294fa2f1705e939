package import Database
import StripeModels

extension OrderStore {
    /// Applies what a subscription is: as it was read at Stripe, or its end, which decides alone. What an event reports
    /// of one that goes on is not written: read it.
    /// - Parameter revision: what `revision(of:)` said before Stripe was asked; nil for an end.
    /// - Returns: nil where it did not begin as an order; then only its row is kept.
    /// - Throws: code `order_changed`: another reading came first; read again.
    package static func apply(
        subscription: SubscriptionFact, _ observation: Observation, for scope: TenantScope, cause: OrderCause,
        expecting revision: Int64? = nil, in connection: Connection
    ) throws -> OrderMove? {
        guard subscription.livemode == scope.livemode, subscription.tenant ?? scope.tenant == scope.tenant else {
            return nil
        }
        let (locked, before, hold) = try holding(
            subscription.id, named: subscription.order, for: scope, in: connection)
        let order = try locked.map {
            try adopt(subscription.id, customer: subscription.customer, $0, in: connection)
        }
        if subscription.isFinal || observation == .read, hold.status?.isFinal != true {
            if let revision, !subscription.isFinal, hold.revision != revision {
                throw CommerceError(
                    .conflict, .orderChanged, "\(subscription.id) changed while it was read; it is read again.")
            }
            try SubscriptionStore.write(subscription, for: scope, in: connection)
        }
        guard let order else { return nil }
        try CustomerStore.note(
            subscription.customer, email: order.customerEmail, for: scope, in: connection)
        var move = try advance(order, by: nil, from: before, about: subscription.id, cause: cause, in: connection)
        if subscription.isTrialEnding, !subscription.endsWithTrial, subscription.status == .trialing,
            hold.status?.isFinal != true,
            let notice = EmailNotice.trialEnding(subscription, move.order)
        {
            move.notices.append(notice)
        }
        return move
    }

    /// Applies what an invoice says of its subscription's order. One that was paid is a payment of it; of one that was not
    /// the buyer is told. Whether the order is past due is the subscription's to say: read that
    /// too.
    package static func apply(
        invoice: InvoiceFact, for scope: TenantScope, cause: OrderCause, in connection: Connection
    ) throws -> OrderMove? {
        guard invoice.livemode == scope.livemode, invoice.tenant ?? scope.tenant == scope.tenant,
            let subscription = invoice.subscription
        else { return nil }
        let (locked, before, _) = try holding(subscription, named: invoice.order, for: scope, in: connection)
        guard let locked else {
            try receive(invoice, of: subscription, for: nil, scope, in: connection)
            return nil
        }
        let order = try adopt(subscription, customer: invoice.customer, locked, in: connection)
        if invoice.status == .paid, order.hasCurrency, order.currency != invoice.currency {
            let message = "\(invoice.id) is in \(invoice.currency) instead of \(order.currency)."
            return try record(.currencyMismatch, message, of: order, cause: cause, in: connection)
        }
        try receive(invoice, of: subscription, for: order.id, scope, in: connection)
        // An order that is paid on Stripe's page follows its Checkout Session until then.
        let counts = order.checkoutMode == nil || order.checkoutStatus.map { $0 != .open } ?? false
        let event: OrderEvent? = invoice.status == .paid && counts && !order.status.isPaid ? .paymentSucceeded : nil
        var move = try advance(order, by: event, from: before, about: invoice.id, cause: cause, in: connection)
        if let notice = EmailNotice.unpaid(invoice, move.order),
            try !PaymentStore.isPaid(invoice: invoice.id, of: order.id, in: connection)
        {
            move.notices.append(notice)
        }
        return move
    }

    /// The subscription's row and, where it began as one, the order, both locked, the order first, with what was known of
    /// it before. The row tells of an order that turned up at this very moment, for whoever brought the two together
    /// wrote it.
    private static func holding(
        _ id: String, named: OrderID?, for scope: TenantScope, in connection: Connection
    ) throws -> (order: Order?, before: OrderFacts?, hold: SubscriptionStore.Hold) {
        let known = try order(ofSubscription: id, named: named, for: scope, in: connection)?.id
        var order = try known.map { try locked($0, for: scope, in: connection) }
        var before = try order.map { try OrderFacts(of: $0, in: connection) }
        let hold = try SubscriptionStore.hold(id, order: known, for: scope, in: connection)
        if order == nil, let owner = hold.order {
            let late = try locked(owner, for: scope, in: connection)
            (order, before) = (late, try OrderFacts(of: late, in: connection))
        }
        return (order, before, hold)
    }

    private static func adopt(
        _ subscription: String, customer: String?, _ order: Order, in connection: Connection
    ) throws -> Order {
        guard order.subscription == nil || order.customer == nil && customer != nil else { return order }
        let row = try connection.row(
            """
            UPDATE orders SET subscription = COALESCE(subscription, $4), customer = COALESCE(customer, $5),
                updated_at = now_us()
            WHERE id = $1 AND tenant_id = $2 AND livemode = $3 RETURNING *
            """, order.id, order.tenant, order.livemode, subscription, customer)
        return try written(row, order)
    }

    private static func receive(
        _ invoice: InvoiceFact, of subscription: String, for order: OrderID?, _ scope: TenantScope,
        in connection: Connection
    ) throws {
        guard invoice.status == .paid else { return }
        for payment in invoice.payments {
            let receipt = PaymentStore.Receipt(
                paymentIntent: payment.paymentIntent, invoice: invoice.id, subscription: subscription,
                amount: payment.amount, currency: invoice.currency)
            try PaymentStore.record(receipt, order: order, for: scope, in: connection)
        }
    }
}
