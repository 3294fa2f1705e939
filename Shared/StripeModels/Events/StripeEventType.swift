/// The events that something is done about. All others are kept and not applied.
package enum StripeEventType: String, CaseIterable, Sendable {
    case chargeDisputeClosed = "charge.dispute.closed"
    case chargeDisputeCreated = "charge.dispute.created"
    case chargeRefunded = "charge.refunded"
    case checkoutSessionAsyncPaymentFailed = "checkout.session.async_payment_failed"
    case checkoutSessionAsyncPaymentSucceeded = "checkout.session.async_payment_succeeded"
    case checkoutSessionCompleted = "checkout.session.completed"
    case checkoutSessionExpired = "checkout.session.expired"
    case subscriptionCreated = "customer.subscription.created"
    case subscriptionDeleted = "customer.subscription.deleted"
    case subscriptionPaused = "customer.subscription.paused"
    case subscriptionResumed = "customer.subscription.resumed"
    case subscriptionTrialWillEnd = "customer.subscription.trial_will_end"
    case subscriptionUpdated = "customer.subscription.updated"
    case invoicePaid = "invoice.paid"
    case invoicePaymentActionRequired = "invoice.payment_action_required"
    case invoicePaymentFailed = "invoice.payment_failed"
    case invoicePaymentSucceeded = "invoice.payment_succeeded"
    case paymentIntentAmountCapturableUpdated = "payment_intent.amount_capturable_updated"
    case paymentIntentCanceled = "payment_intent.canceled"
    case paymentIntentFailed = "payment_intent.payment_failed"
    case paymentIntentProcessing = "payment_intent.processing"
    case paymentIntentRequiresAction = "payment_intent.requires_action"
    case paymentIntentSucceeded = "payment_intent.succeeded"
    case refundCreated = "refund.created"
    case refundFailed = "refund.failed"
    case refundUpdated = "refund.updated"

    /// - Parameter type: as the event says it. A thin event of an object of the first API has `v1.` before it.
    package init?(_ type: String) {
        self.init(rawValue: type.hasPrefix("v1.") ? String(type.dropFirst(3)) : type)
    }

    /// What Stripe calls the object that the event is about.
    package var objectName: String {
        switch self {
        case .chargeDisputeClosed, .chargeDisputeCreated: Dispute.objectName
        case .chargeRefunded: Charge.objectName
        case .checkoutSessionAsyncPaymentFailed, .checkoutSessionAsyncPaymentSucceeded, .checkoutSessionCompleted,
            .checkoutSessionExpired:
            CheckoutSession.objectName
        case .subscriptionCreated, .subscriptionDeleted, .subscriptionPaused, .subscriptionResumed,
            .subscriptionTrialWillEnd, .subscriptionUpdated:
            Subscription.objectName
        case .invoicePaid, .invoicePaymentActionRequired, .invoicePaymentFailed, .invoicePaymentSucceeded:
            Invoice.objectName
        case .paymentIntentAmountCapturableUpdated, .paymentIntentCanceled, .paymentIntentFailed,
            .paymentIntentProcessing, .paymentIntentRequiresAction, .paymentIntentSucceeded:
            PaymentIntent.objectName
        case .refundCreated, .refundFailed, .refundUpdated: Refund.objectName
        }
    }
}
