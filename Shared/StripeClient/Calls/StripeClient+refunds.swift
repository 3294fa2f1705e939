package import StripeModels

extension StripeClient {
    package func createRefund(
        _ form: RefundForm, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Refund {
        try await post("/v1/refunds", form.body, idempotencyKey: idempotencyKey, as: credentials)
    }

    /// All refunds of one payment, the newest first.
    package func refunds(of paymentIntent: String, as credentials: StripeCredentials) -> StripePages<Refund> {
        list("/v1/refunds", query: ["payment_intent": .text(paymentIntent)], as: credentials)
    }

    /// The newest first.
    ///
    /// - Parameter paymentIntent: the attempts of one payment; nil for all charges.
    package func charges(of paymentIntent: String? = nil, as credentials: StripeCredentials) -> StripePages<Charge> {
        list("/v1/charges", query: ["payment_intent": paymentIntent.map(FormValue.text)], as: credentials)
    }
}
