package import StripeModels

extension StripeClient {
    /// What a change of a subscription would cost, without making it: the invoice that would follow.
    ///
    /// - Parameter key: a POST has one, though nothing is made; a fresh one will do.
    package func previewInvoice(
        of subscription: String, _ change: SubscriptionChange, idempotencyKey key: String,
        as credentials: StripeCredentials
    ) async throws(StripeError) -> Invoice {
        let form: FormBody = [
            "subscription": .text(subscription), "subscription_details": .unlessEmpty(FormBody(change.fields)),
        ]
        return try await post("/v1/invoices/create_preview", form, idempotencyKey: key, as: credentials)
    }

    /// With its payments, which tell the PaymentIntent.
    package func invoice(_ id: String, as credentials: StripeCredentials) async throws(StripeError) -> Invoice {
        try await get("/v1/invoices/\(id)", query: ["expand": ["payments"]], as: credentials)
    }
}
