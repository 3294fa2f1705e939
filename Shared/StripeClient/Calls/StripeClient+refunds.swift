package import StripeModels

extension StripeClient {
    package func createRefund(
        _ form: RefundForm, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Refund {
        try await post("/v1/refunds", form.body, idempotencyKey: idempotencyKey, as: credentials)
    }

    package func refund(_ id: String, as credentials: StripeCredentials) async throws(StripeError) -> Refund {
        try await get("/v1/refunds/\(id)", as: credentials)
    }

    /// All refunds of one payment, the newest first.
    package func refunds(of paymentIntent: String, as credentials: StripeCredentials) -> StripePages<Refund> {
        list("/v1/refunds", query: ["payment_intent": .text(paymentIntent)], as: credentials)
    }

    package func charge(_ id: String, as credentials: StripeCredentials) async throws(StripeError) -> Charge {
        try await get("/v1/charges/\(id)", as: credentials)
    }

    /// The newest first.
    ///
    /// - Parameter paymentIntent: the attempts of one payment; nil for all charges.
    package func charges(of paymentIntent: String? = nil, as credentials: StripeCredentials) -> StripePages<Charge> {
        list("/v1/charges", query: ["payment_intent": paymentIntent.map(FormValue.text)], as: credentials)
    }

    package func dispute(_ id: String, as credentials: StripeCredentials) async throws(StripeError) -> Dispute {
        try await get("/v1/disputes/\(id)", as: credentials)
    }
}
