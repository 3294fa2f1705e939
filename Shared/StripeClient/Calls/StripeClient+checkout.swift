package import StripeModels

extension StripeClient {
    package func createCheckoutSession(
        _ form: CheckoutSessionForm, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> CheckoutSession {
        try await post("/v1/checkout/sessions", form.body, idempotencyKey: idempotencyKey, as: credentials)
    }

    package func checkoutSession(
        _ id: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> CheckoutSession {
        try await get("/v1/checkout/sessions/\(id)", as: credentials)
    }

    /// Takes the page away. Refused unless it is open.
    package func expireCheckoutSession(
        _ id: String, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> CheckoutSession {
        try await post("/v1/checkout/sessions/\(id)/expire", idempotencyKey: idempotencyKey, as: credentials)
    }
}
