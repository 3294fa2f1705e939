package import StripeModels

extension StripeClient {
    /// Has Stripe send `events` to `url`, written in the version this project reads best. The answer holds the signing
    /// secret, this once.
    ///
    /// - Parameter connect: those of the platform's connected accounts instead of its own.
    package func createWebhookEndpoint(
        url: String, events: [String], connect: Bool = false, description: String? = nil, idempotencyKey: String,
        as credentials: StripeCredentials
    ) async throws(StripeError) -> WebhookEndpoint {
        try await post(
            "/v1/webhook_endpoints",
            [
                "api_version": .text(StripeAPI.version),
                "connect": connect ? true : nil,
                "description": description.map(FormValue.text),
                "enabled_events": .list(events),
                "url": .text(url),
            ],
            idempotencyKey: idempotencyKey, as: credentials)
    }

    package func webhookEndpoints(as credentials: StripeCredentials) -> StripePages<WebhookEndpoint> {
        list("/v1/webhook_endpoints", as: credentials)
    }

    package func deleteWebhookEndpoint(
        _ id: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> WebhookEndpoint {
        try await delete("/v1/webhook_endpoints/\(id)", as: credentials)
    }

    /// The account's events of the last 30 days that `filter` lets through, the newest first.
    package func events(
        _ filter: EventFilter = EventFilter(), as credentials: StripeCredentials
    ) -> StripePages<StripeEvent> {
        list("/v1/events", query: filter.query, as: credentials)
    }
}
