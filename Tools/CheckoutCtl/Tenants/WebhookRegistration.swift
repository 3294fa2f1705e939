import Commerce
import Messaging
import Security
import StripeClient
import StripeModels

/// Makes webhook endpoints at Stripe and keeps their signing secrets.
///
/// A tenant with an account of its own has an endpoint of its own. The tenants that are connected accounts of one
/// platform share an endpoint of the platform's, which Stripe tells of all of them; the router goes by the account that
/// an event names.
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

    /// Registers the tenant's endpoint, or finds that it is registered.
    func register(_ tenant: Tenant) async throws -> Outcome {
        let credentials = try await tenants.platformCredentials(of: tenant.id)
        return try await session.withStripe { stripe in
            let endpoint = try await endpoint(of: tenant, stripe, credentials)
            if let stripeID = endpoint.stripeID, let there = try await find(stripeID, stripe, credentials) {
                return try await move(there, to: endpoint, stripe, credentials)
            }
            try await make(endpoint, stripe, credentials, replacing: nil)
            return .made
        }
    }

    /// Makes another endpoint at Stripe in the place of the one there; its secret counts at once, those before for
    /// `overlap`.
    func roll(_ tenant: Tenant, overlap: Duration) async throws {
        let credentials = try await tenants.platformCredentials(of: tenant.id)
        try await session.withStripe { stripe in
            let endpoint = try await endpoint(of: tenant, stripe, credentials)
            let old = endpoint.stripeID
            try await make(endpoint, stripe, credentials, replacing: old, othersExpireAfter: overlap)
            // Last: until here events still come with the old secret, and a run that ends before is begun again.
            if let old, try await find(old, stripe, credentials) != nil {
                _ = try await stripe.deleteWebhookEndpoint(old, as: credentials)
            }
        }
    }

    private func endpoint(
        of tenant: Tenant, _ stripe: StripeClient, _ credentials: StripeCredentials
    ) async throws -> Commerce.WebhookEndpoint {
        if tenant.stripeAccount != nil {
            let platform = try await stripe.account(as: credentials).id
            if tenant.platformAccount != platform {
                var update = TenantUpdate()
                update.platformAccount = .set(platform)
                _ = try await tenants.update(tenant.id, update)
            }
            return try await endpoints.createPlatformEndpoint(of: platform, for: tenant.id)
        }
        guard let endpoint = try await endpoints.list(of: tenant.id).first else {
            throw CommandFailure.failed("\(tenant.id) has no webhook endpoint.")
        }
        return endpoint
    }

    /// - Parameter old: Stripe's id of the one that goes on counting meanwhile.
    private func make(
        _ endpoint: Commerce.WebhookEndpoint, _ stripe: StripeClient, _ credentials: StripeCredentials,
        replacing old: String?, othersExpireAfter overlap: Duration? = nil
    ) async throws {
        try await removeUnkept(endpoint.id, but: old, stripe, credentials)
        let made = try await stripe.createWebhookEndpoint(
            url: session.settings.webhookURL(endpoint.id.rawValue), events: ActedOnEvents.all,
            connect: endpoint.platformAccount != nil,
            description: endpoint.platformAccount.map { "Checkout, platform \($0)" }
                ?? "Checkout, tenant \(endpoint.tenant)",
            idempotencyKey: "\(endpoint.id):create:\(RandomToken.base62(16))", as: credentials)
        guard let secret = made.secret else {
            throw CommandFailure.failed("Stripe made the endpoint \(made.id), but did not show its signing secret.")
        }
        _ = try await endpoints.addSecret(
            Secret(secret), to: endpoint.id, of: endpoint.tenant, othersExpireAfter: overlap)
        try await endpoints.setStripeID(made.id, of: endpoint.id, tenant: endpoint.tenant)
    }

    /// Deletes what an earlier run made at Stripe without living to keep its secret, at whatever address we were then:
    /// events signed with a secret that nobody has would be refused until Stripe disables it.
    private func removeUnkept(
        _ endpoint: WebhookEndpointID, but kept: String?, _ stripe: StripeClient, _ credentials: StripeCredentials
    ) async throws {
        var unkept: [String] = []
        for try await made in stripe.webhookEndpoints(as: credentials)
        where made.id != kept && made.url?.hasSuffix("/webhooks/stripe/\(endpoint)") == true {
            unkept.append(made.id)
        }
        for id in unkept { _ = try await stripe.deleteWebhookEndpoint(id, as: credentials) }
    }

    /// The endpoint, unless it is gone at Stripe.
    private func find(
        _ stripeID: String, _ stripe: StripeClient, _ credentials: StripeCredentials
    ) async throws -> StripeModels.WebhookEndpoint? {
        do {
            let found = try await stripe.webhookEndpoint(stripeID, as: credentials)
            return found.deleted ? nil : found
        } catch {
            if error.status == 404 { return nil }
            throw error
        }
    }

    /// Points an endpoint at Stripe to where we are now, with the event types of this version.
    private func move(
        _ there: StripeModels.WebhookEndpoint, to endpoint: Commerce.WebhookEndpoint, _ stripe: StripeClient,
        _ credentials: StripeCredentials
    ) async throws -> Outcome {
        let url = session.settings.webhookURL(endpoint.id.rawValue)
        if there.url == url, there.status != "disabled", Set(there.enabledEvents) == Set(ActedOnEvents.all) {
            return .unchanged
        }
        _ = try await stripe.updateWebhookEndpoint(
            there.id, url: url, events: ActedOnEvents.all, disabled: false,
            idempotencyKey: "\(there.id):move:\(RandomToken.base62(16))", as: credentials)
        return .moved
    }
}
