package import StripeModels

extension StripeClient {
    /// Has Stripe send `events` to `url`. The answer holds the signing secret, this once.
    ///
    /// - Parameters:
    ///   - connect: those of the platform's connected accounts instead of its own.
    ///   - version: what they are written in.
    package func createWebhookEndpoint(
        url: String, events: [String], connect: Bool = false, version: String = StripeAPI.version,
        description: String? = nil, metadata: [String: String] = [:], idempotencyKey: String,
        as credentials: StripeCredentials
    ) async throws(StripeError) -> WebhookEndpoint {
        try await post(
            "/v1/webhook_endpoints",
            [
                "api_version": .text(version),
                "connect": connect ? true : nil,
                "description": description.map(FormValue.text),
                "enabled_events": .list(events),
                "metadata": .map(metadata),
                "url": .text(url),
            ],
            idempotencyKey: idempotencyKey, as: credentials)
    }

    package func webhookEndpoint(
        _ id: String, as credentials: StripeCredentials
    ) async throws(StripeError) -> WebhookEndpoint {
        try await get("/v1/webhook_endpoints/\(id)", as: credentials)
    }

    /// What is nil stays as it is. Its version cannot be changed.
    package func updateWebhookEndpoint(
        _ id: String, url: String? = nil, events: [String]? = nil, disabled: Bool? = nil, idempotencyKey: String,
        as credentials: StripeCredentials
    ) async throws(StripeError) -> WebhookEndpoint {
        try await post(
            "/v1/webhook_endpoints/\(id)",
            [
                "disabled": disabled.map(FormValue.flag),
                "enabled_events": events.map(FormValue.list),
                "url": url.map(FormValue.text),
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
}
