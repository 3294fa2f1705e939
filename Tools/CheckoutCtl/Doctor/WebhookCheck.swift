import Commerce
import Foundation
import Messaging
import StripeClient
import StripeModels
import TenantStripe

/// Whether Stripe sends a tenant's events to where they are taken in.
struct WebhookCheck: Sendable {
    let tenants: TenantStore
    let endpoints: WebhookEndpointStore
    /// nil when Stripe cannot be reached.
    let stripe: StripeClient?
    let settings: Settings

    func findings(of tenant: Tenant) async -> [Finding] {
        let check = "\(tenant.id) webhook"
        do {
            guard let endpoint = try await endpoints.used(by: tenant), endpoint.isSigned else {
                return [
                    .wrong(
                        check, "there is no signing secret, so every event is refused",
                        mend: "run '\(Self.register(tenant))', or hand over the secret that Stripe's page shows: "
                            + "checkoutctl tenant webhook add-secret \(tenant.id) -")
                ]
            }
            let url = settings.webhookURL(endpoint.id.rawValue)
            return [.ok(check, url)] + (await atStripe(endpoint, url, tenant).map { [$0] } ?? [])
        } catch {
            return [.wrong(check, CommandFailure(error).message, mend: "see the checks of the database above")]
        }
    }

    /// nil where the check of the tenant's key says enough.
    private func atStripe(
        _ endpoint: Commerce.WebhookEndpoint, _ url: String, _ tenant: Tenant
    ) async -> Finding? {
        guard let stripe else { return nil }
        let check = "\(tenant.id) webhook at Stripe"
        do {
            let credentials = try await tenants.platformCredentials(of: tenant.id)
            var found: StripeModels.WebhookEndpoint?
            for try await there in stripe.webhookEndpoints(as: credentials)
            where there.id == endpoint.stripeID || (endpoint.stripeID == nil && there.url == url) {
                found = there
            }
            return Self.finding(check, found, registered: endpoint.stripeID, url: url, mend: Self.register(tenant))
        } catch let error as StripeError {
            switch error.credentialFault {
            case .restrictedKey:
                return .note(
                    check, "not looked at: the tenant's key may not read webhook endpoints",
                    mend: "add that permission to the key in Stripe's dashboard")
            case .invalidKey, .noAccess: return nil
            case nil: return .wrong(check, CommandFailure(error).message, mend: "run this again in a moment")
            }
        } catch {
            return nil
        }
    }

    /// - Parameters:
    ///   - there: what Stripe has.
    ///   - registered: Stripe's id of what we made there.
    static func finding(
        _ check: String, _ there: StripeModels.WebhookEndpoint?, registered: String?, url: String, mend: String
    ) -> Finding {
        guard let there else {
            guard let registered else {
                return .note(check, "no endpoint of the account sends to this address", mend: "run '\(mend)'")
            }
            return .wrong(check, "the endpoint \(registered) is gone, so no events come", mend: "run '\(mend)'")
        }
        var faults: [String] = []
        if there.status == "disabled" { faults.append("it is disabled, so no events come") }
        if there.url != url { faults.append("it sends to \(there.url ?? "nowhere")") }
        let missing = ActedOnEvents.all.filter { !Set(there.enabledEvents).contains($0) }
        if !missing.isEmpty, !there.enabledEvents.contains("*") { faults.append("it lacks \(Self.some(missing))") }
        guard faults.isEmpty else {
            return .wrong(check, "\(there.id): \(faults.joined(separator: "; "))", mend: "run '\(mend)'")
        }
        return .ok(check, "\(there.id) sends every event that is needed")
    }

    /// The first names of many.
    private static func some(_ types: [String]) -> String {
        let shown = types.prefix(3).joined(separator: ", ")
        return types.count > 3 ? "\(shown) and \(types.count - 3) more event types" : shown
    }

    private static func register(_ tenant: Tenant) -> String {
        "checkoutctl tenant update \(tenant.id) --register-webhook"
    }
}

extension Commerce.WebhookEndpoint {
    /// Whether a secret counts now.
    fileprivate var isSigned: Bool {
        let now = Int64(Date().timeIntervalSince1970 * 1e6)
        return secrets.contains { $0.expiresAt.map { $0 > now } ?? true }
    }
}
