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

    /// All charges, the newest first.
    package func charges(as credentials: StripeCredentials) -> StripePages<Charge> {
        list("/v1/charges", as: credentials)
    }
}
