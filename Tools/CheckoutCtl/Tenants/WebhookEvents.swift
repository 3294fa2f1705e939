/// The event types that a registered endpoint asks Stripe for: those that orders and subscriptions are moved by.
enum WebhookEvents {
    static let all = [
        "charge.dispute.closed", "charge.dispute.created", "charge.refunded",
        "checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded",
        "checkout.session.completed", "checkout.session.expired",
        "customer.subscription.created", "customer.subscription.deleted", "customer.subscription.paused",
        "customer.subscription.resumed", "customer.subscription.trial_will_end", "customer.subscription.updated",
        "invoice.paid", "invoice.payment_action_required", "invoice.payment_failed", "invoice.payment_succeeded",
        "payment_intent.amount_capturable_updated", "payment_intent.canceled", "payment_intent.payment_failed",
        "payment_intent.processing", "payment_intent.requires_action", "payment_intent.succeeded",
        "refund.created", "refund.failed", "refund.updated",
    ]
}
