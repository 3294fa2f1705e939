package import StripeModels

extension StripeClient {
    package func createPaymentIntent(
        _ form: PaymentIntentForm, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> PaymentIntent {
        try await post("/v1/payment_intents", form.body, idempotencyKey: idempotencyKey, as: credentials)
    }

    package func paymentIntent(
        _ id: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> PaymentIntent {
        try await get("/v1/payment_intents/\(id)", as: credentials)
    }

    /// - Parameter reason: `duplicate`, `fraudulent`, `requested_by_customer` or `abandoned`.
    package func cancelPaymentIntent(
        _ id: String, reason: String? = nil, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> PaymentIntent {
        try await post(
            "/v1/payment_intents/\(id)/cancel", ["cancellation_reason": reason.map(FormValue.text)],
            idempotencyKey: idempotencyKey, as: credentials)
    }

    /// - Parameter amount: minor units, not above what is authorized; nil for all of it.
    package func capturePaymentIntent(
        _ id: String, amount: Int64? = nil, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> PaymentIntent {
        try await post(
            "/v1/payment_intents/\(id)/capture", ["amount_to_capture": amount.map { .number($0) }],
            idempotencyKey: idempotencyKey, as: credentials)
    }
}
