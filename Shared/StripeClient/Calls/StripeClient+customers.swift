package import StripeModels

extension StripeClient {
    package func createCustomer(
        _ form: CustomerForm, idempotencyKey: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> Customer {
        try await post("/v1/customers", form.body, idempotencyKey: idempotencyKey, as: credentials)
    }

    /// A deleted one comes back too, with `deleted` set.
    package func customer(_ id: String, as credentials: StripeCredentials) async throws(StripeError) -> Customer {
        try await get("/v1/customers/\(id)", as: credentials)
    }
}
