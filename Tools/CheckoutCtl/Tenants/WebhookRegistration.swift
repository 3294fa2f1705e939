import Commerce
import Messaging
import Security
import StripeClient
import StripeModels

/// Makes a tenant's webhook endpoint at Stripe and keeps its signing secret.
struct WebhookRegistration {
    enum Outcome {
        case made, moved, unchanged
    }

    private let session: Session
    private let tenants: TenantStore
    private let endpoints: WebhookEndpointStore

    init(_ session: Session, keys: KeyRing) {
        self.session = session
        tenants = TenantStore(database: session.database, keys: keys)
        endpoints = WebhookEndpointStore(database: session.database, keys: keys)
    }

    /// Registers the tenant's first endpoint, or finds that it is registered.
    func register(_ tenant: Tenant) async throws -> Outcome {
        guard let endpoint = try await endpoints.list(of: tenant.id).first else {
            throw CommandFailure.failed("\(tenant.id) has no webhook endpoint.")
        }
        return try await register(endpoint.id, of: tenant, stripeID: endpoint.stripeID)
    }

    /// - Parameter stripeID: Stripe's id of it, if it was registered before.
    func register(
        _ endpoint: WebhookEndpointID, of tenant: Tenant, stripeID: String? = nil
    ) async throws -> Outcome {
        let stored = try await tenants.stripeCredentials(of: tenant.id)
        // A platform is told of its connected accounts' events at an endpoint of its own.
        let credentials = StripeCredentials(tenant: tenant.id.rawValue, secretKey: stored.key)
        let url = session.settings.webhookURL(endpoint.rawValue)
        return try await session.withStripe { stripe in
            if let stripeID, let there = try await find(stripeID, stripe, credentials) {
                return try await move(there, to: url, stripe, credentials)
            }
            try await removeUnkept(endpoint, stripe, credentials)
            let made = try await stripe.createWebhookEndpoint(
                url: url, events: WebhookEvents.all, connect: stored.account != nil,
                description: "Checkout, tenant \(tenant.id)",
                idempotencyKey: "\(endpoint):create:\(RandomToken.base62(16))", as: credentials)
            guard let secret = made.secret else {
                throw CommandFailure.failed("Stripe made the endpoint \(made.id), but did not show its signing secret.")
            }
            _ = try await endpoints.addSecret(Secret(secret), to: endpoint, of: tenant.id)
            try await endpoints.setStripeID(made.id, of: endpoint, tenant: tenant.id)
            return .made
        }
    }

    /// Deletes what an earlier run made at Stripe without living to keep its secret, at whatever address we were then:
    /// events signed with a secret that nobody has would be refused until Stripe disables it.
    private func removeUnkept(
        _ endpoint: WebhookEndpointID, _ stripe: StripeClient, _ credentials: StripeCredentials
    ) async throws {
        var unkept: [String] = []
        for try await made in stripe.webhookEndpoints(as: credentials)
        where made.url?.hasSuffix("/webhooks/stripe/\(endpoint)") == true {
            unkept.append(made.id)
        }
        for id in unkept { _ = try await stripe.deleteWebhookEndpoint(id, as: credentials) }
    }

    /// The endpoint, unless it is gone at Stripe.
    private func find(
        _ stripeID: String, _ stripe: StripeClient, _ credentials: StripeCredentials
    ) async throws -> StripeModels.WebhookEndpoint? {
        do {
            let found: StripeModels.WebhookEndpoint = try await stripe.get(
                "/v1/webhook_endpoints/\(stripeID)", as: credentials)
            return found.deleted ? nil : found
        } catch {
            if error.status == 404 { return nil }
            throw error
        }
    }

    private func move(
        _ endpoint: StripeModels.WebhookEndpoint, to url: String, _ stripe: StripeClient,
        _ credentials: StripeCredentials
    ) async throws -> Outcome {
        if endpoint.url == url, endpoint.status != "disabled" { return .unchanged }
        let _: StripeModels.WebhookEndpoint = try await stripe.post(
            "/v1/webhook_endpoints/\(endpoint.id)", ["url": .text(url), "disabled": false],
            idempotencyKey: "\(endpoint.id):move:\(RandomToken.base62(16))", as: credentials)
        return .moved
    }
}
