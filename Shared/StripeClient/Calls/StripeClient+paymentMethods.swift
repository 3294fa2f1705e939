package import StripeModels

extension StripeClient {
    package func paymentMethod(
        _ id: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> PaymentMethod {
        try await get("/v1/payment_methods/\(id)", as: credentials)
    }

    /// What a customer has saved.
    ///
    /// - Parameter type: for example `card`; nil for all.
    package func paymentMethods(
        of customer: String, type: String? = nil, as credentials: StripeCredentials
    ) -> StripePages<PaymentMethod> {
        list(
            "/v1/customers/\(customer)/payment_methods", query: ["type": type.map(FormValue.text)], as: credentials)
    }

    /// Takes it from its customer, for good.
    package func detachPaymentMethod(
        _ id: String, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> PaymentMethod {
        try await post("/v1/payment_methods/\(id)/detach", idempotencyKey: idempotencyKey, as: credentials)
    }
}
