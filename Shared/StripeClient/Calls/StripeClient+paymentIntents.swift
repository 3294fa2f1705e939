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

    /// - Parameters:
    ///   - amount: minor units, not above what is authorized; nil for all of it.
    ///   - applicationFee: what the platform keeps of it, where that changes with the amount.
    package func capturePaymentIntent(
        _ id: String, amount: Int64? = nil, applicationFee: Int64? = nil, idempotencyKey: String,
        as credentials: StripeCredentials
    ) async throws(StripeError) -> PaymentIntent {
        try await post(
            "/v1/payment_intents/\(id)/capture",
            [
                "amount_to_capture": amount.map { .number($0) },
                "application_fee_amount": applicationFee.map { .number($0) },
            ],
            idempotencyKey: idempotencyKey, as: credentials)
    }

    /// The newest first.
    ///
    /// - Parameters:
    ///   - customer: nil for those of everybody.
    ///   - created: when they were made, in seconds since 1970.
    package func paymentIntents(
        of customer: String?, created: ClosedRange<Int64>, as credentials: StripeCredentials
    ) -> StripePages<PaymentIntent> {
        list(
            "/v1/payment_intents",
            query: [
                "created": ["gte": .number(created.lowerBound), "lte": .number(created.upperBound)],
                "customer": customer.map(FormValue.text),
            ], as: credentials)
    }
}
