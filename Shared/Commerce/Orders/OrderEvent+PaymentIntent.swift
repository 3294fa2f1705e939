package import StripeModels

extension OrderEvent {
    /// What a PaymentIntent says about its order; nil for nothing: it waits for the buyer's first try, or its status is
    /// one that we do not know.
    ///
    /// Its amount is not looked at here; `PaymentCheck` does that.
    package init?(_ intent: PaymentIntent, _ observation: Observation) {
        switch intent.status {
        case .succeeded: self = .paymentSucceeded
        case .canceled: self = .canceled
        case .requiresAction: self = .actionRequired(observation)
        // An authorization holds the money but has not moved it.
        case .processing, .requiresCapture: self = .processingStarted(observation)
        case .requiresPaymentMethod:
            // Stripe: "PaymentIntent lifecycle": a failed attempt goes back to where a new one has not begun either.
            guard let error = intent.lastPaymentError else { return nil }
            self = .paymentFailed(OrderFailure(error))
        case .requiresConfirmation, .unknown: return nil
        }
    }
}

extension OrderFailure {
    package init(_ error: StripeErrorBody) {
        self.init(
            code: error.declineCode ?? error.code ?? error.type.name,
            message: error.message ?? "The payment failed.")
    }
}
