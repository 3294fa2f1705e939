package import StripeModels

/// What a Checkout Session says of its order.
package struct SessionFact: Sendable, Hashable {
    /// How far the buyer is. Only forward: what is complete or expired stays so.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case open
        case complete
        case expired
    }

    package enum Payment: Sendable, Hashable, CaseIterable {
        case unpaid
        case paid
        /// A setup, a trial, or a discount of all of it.
        case notRequired
        /// A payment that took days came to nothing.
        case failed
    }

    package var id: String
    package var livemode: Bool
    package var mode: CheckoutMode?
    package var status: Status
    package var payment: Payment
    /// What the buyer pays, discounts and taxes included, in minor units of `currency`; nil for a setup.
    package var amountTotal: Int64?
    package var currency: Currency?
    package var paymentIntent: String?
    package var subscription: String?
    package var customer: String?
    package var customerEmail: String?
    /// The order that its metadata names.
    package var order: OrderID?

    package init(
        id: String, livemode: Bool, mode: CheckoutMode? = .payment, status: Status, payment: Payment,
        amountTotal: Int64? = nil, currency: Currency? = nil, paymentIntent: String? = nil,
        subscription: String? = nil, customer: String? = nil, customerEmail: String? = nil, order: OrderID? = nil
    ) {
        self.id = id
        self.livemode = livemode
        self.mode = mode
        self.status = status
        self.payment = payment
        self.amountTotal = amountTotal
        self.currency = currency
        self.paymentIntent = paymentIntent
        self.subscription = subscription
        self.customer = customer
        self.customerEmail = customerEmail
        self.order = order
    }

    /// Nothing can follow: it decides alone.
    package var isFinal: Bool {
        status == .expired || payment == .paid || payment == .notRequired && status == .complete
    }

    /// Whether the order has what it waited for.
    var isPaid: Bool { status == .complete && (payment == .paid || payment == .notRequired) }
}

extension SessionFact {
    /// - Parameter type: of the event that tells of it. A payment that failed after days looks like one that is still
    ///   under way; only the event's name tells them apart.
    package init(_ session: CheckoutSession, type: StripeEventType? = nil) {
        let status: Status =
            switch session.status {
            case .complete: .complete
            case .expired: .expired
            case .open, .unknown: .open
            // Versions before 2022 have none.
            case nil: Self.status(after: type)
            }
        let payment: Payment =
            switch session.paymentStatus {
            case .paid: .paid
            case .noPaymentRequired: .notRequired
            case .unpaid, .unknown: type == .checkoutSessionAsyncPaymentFailed ? .failed : .unpaid
            }
        self.init(
            id: session.id, livemode: session.livemode, mode: CheckoutMode(rawValue: session.mode.name),
            status: status, payment: payment, amountTotal: session.amountTotal, currency: session.currency,
            paymentIntent: session.paymentIntent, subscription: session.subscription, customer: session.customer,
            customerEmail: session.customerEmail, order: Order.id(inStripeMetadata: session.metadata))
    }

    private static func status(after type: StripeEventType?) -> Status {
        switch type {
        case .checkoutSessionCompleted, .checkoutSessionAsyncPaymentFailed, .checkoutSessionAsyncPaymentSucceeded:
            .complete
        case .checkoutSessionExpired: .expired
        default: .open
        }
    }
}

extension OrderEvent {
    /// What a Checkout Session says about its order; nil for nothing: the buyer is still at it.
    /// - Parameter isCancelRequested: the storefront wanted it to expire.
    init?(_ session: SessionFact, isCancelRequested: Bool) {
        switch (session.status, session.payment) {
        case (.complete, .paid), (.complete, .notRequired): self = .paymentSucceeded
        // The buyer is through; the money is under way, unless it is known to have failed: a session that looks so after
        // that is no second attempt, even where it was just read.
        case (.complete, .unpaid): self = .processingStarted(.reported)
        case (.complete, .failed):
            self = .paymentFailed(OrderFailure(code: "payment_failed", message: "The payment did not arrive."))
        case (.expired, _): self = isCancelRequested ? .canceled : .expired
        case (.open, _): return nil
        }
    }
}
