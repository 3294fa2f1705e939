/// What to change about a subscription.
package struct SubscriptionUpdateForm: Sendable {
    package var change: SubscriptionChange?
    /// What happens when the change has to be paid and is not.
    package var paymentBehavior: PaymentBehavior?
    /// true sets the end, false takes it back.
    package var cancelAtPeriodEnd: Bool?
    /// Takes back an end that was set as a time.
    package var clearsCancelAt = false
    package var metadata: [String: String] = [:]
    package var defaultPaymentMethod: String?

    package enum PaymentBehavior: String, Sendable {
        /// The change is made, and the subscription becomes `past_due`.
        case allowIncomplete = "allow_incomplete"
        /// The change is not made, and the call fails with 402.
        case errorIfIncomplete = "error_if_incomplete"
        /// The change waits for its payment.
        case pendingIfIncomplete = "pending_if_incomplete"
    }

    package init() {}

    var body: FormBody {
        FormBody(
            (change?.fields ?? []) + [
                ("payment_behavior", paymentBehavior.map { .text($0.rawValue) }),
                ("cancel_at_period_end", cancelAtPeriodEnd.map(FormValue.flag)),
                // Stripe takes an empty text for "no longer".
                ("cancel_at", clearsCancelAt ? "" : nil),
                ("default_payment_method", defaultPaymentMethod.map(FormValue.text)),
                ("metadata", .map(metadata)),
            ])
    }
}
