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

    /// With their payments, the newest first.
    package func invoices(_ filter: InvoiceFilter, as credentials: StripeCredentials) -> StripePages<Invoice> {
        list("/v1/invoices", query: filter.query, as: credentials)
    }

    /// The invoices that a PaymentIntent pays, which since 2025-03-31 it does not say itself.
    package func invoicePayments(
        by paymentIntent: String, as credentials: StripeCredentials
    ) -> StripePages<InvoicePayment> {
        list(
            "/v1/invoice_payments",
            query: ["payment": ["type": "payment_intent", "payment_intent": .text(paymentIntent)]], as: credentials)
    }
}
