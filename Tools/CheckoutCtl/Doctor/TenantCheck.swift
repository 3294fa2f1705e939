import Commerce
import Messaging
import Security
import StripeClient
import StripeModels
import TenantStripe

/// Whether a tenant can take a payment and be told of it.
struct TenantCheck: Sendable {
    let tenants: TenantStore
    let endpoints: WebhookEndpointStore
    /// nil when Stripe cannot be reached.
    let stripe: StripeClient?
    let policy: DestinationPolicy
    let settings: Settings
    let publicBaseURL: String

    func findings(of tenant: Tenant) async -> [Finding] {
        var findings = [await stripeKey(tenant)]
        findings += await WebhookCheck(tenants: tenants, endpoints: endpoints, stripe: stripe, settings: settings)
            .findings(of: tenant)
        if let url = tenant.fulfillmentURL { findings.append(destination(url, tenant)) }
        return findings + liveMode(tenant)
    }

    private func stripeKey(_ tenant: Tenant) async -> Finding {
        let check = "\(tenant.id) Stripe key"
        let update = "give the right one: checkoutctl tenant update \(tenant.id) --stripe-secret-key -"
        do {
            let credentials = try await tenants.credentials(of: tenant.id)
            guard let stripe else {
                return .note(check, "not tried, since Stripe was not reached", mend: "see the check of Stripe above")
            }
            let balance = try await stripe.balance(as: credentials)
            guard balance.livemode == tenant.livemode else {
                return .wrong(check, "is a key of the other mode", mend: update)
            }
            if credentials.isRestricted { try await tryPayments(stripe, credentials) }
            return .ok(check, "\(tenant.name): works, \(tenant.mode) mode")
        } catch let error as CommerceError where error.kind == .unreadable {
            return .wrong(check, error.message, mend: "put the missing key back at the end of CHECKOUT_MASTER_KEYS")
        } catch let error as StripeError {
            return .wrong(
                check, CommandFailure(error).message,
                mend: error.credentialFault?.mend(of: tenant.id.rawValue) ?? "run this again in a moment")
        } catch {
            return .wrong(check, CommandFailure(error).message, mend: update)
        }
    }

    /// Only a try tells what a restricted key may do. There is no such payment, and a key that may not change payments is
    /// refused before Stripe looks for it.
    private func tryPayments(_ stripe: StripeClient, _ credentials: StripeCredentials) async throws {
        do {
            _ = try await stripe.cancelPaymentIntent(
                "pi_doctor", idempotencyKey: "doctor:\(RandomToken.base62(16))", as: credentials)
        } catch {
            guard error.isResourceMissing else { throw error }
        }
    }

    private func destination(_ url: String, _ tenant: Tenant) -> Finding {
        let check = "\(tenant.id) fulfillment"
        let enable = "when it is ready again: checkoutctl tenant update \(tenant.id) --fulfillment-url \(url)"
        if let since = Moment.text(tenant.destinationDisabledAt) {
            return .wrong(check, "deliveries are off since \(since), when it answered 410", mend: enable)
        }
        do {
            try policy.check(url)
            return .ok(check, url)
        } catch {
            return .wrong(
                check, "\(url): \(error)",
                mend: "give an address that can be reached from the internet, or, for development, set "
                    + "ALLOW_PRIVATE_DESTINATIONS=true")
        }
    }

    /// What is fine for trying things out, and not for real money.
    private func liveMode(_ tenant: Tenant) -> [Finding] {
        guard tenant.livemode else { return [] }
        var findings: [Finding] = []
        for (name, url) in [("WEBHOOK_BASE_URL", settings.webhookBaseURL), ("PUBLIC_BASE_URL", publicBaseURL)]
        where !url.hasPrefix("https://") {
            findings.append(
                .wrong(
                    "\(tenant.id) \(name)", "a live tenant needs https, and this is \(url)",
                    mend: "set \(name) to the https:// address that leads here"))
        }
        if settings.stripeAPIBase != "https://api.stripe.com" {
            findings.append(
                .wrong(
                    "\(tenant.id) STRIPE_API_BASE", "a live tenant on \(settings.stripeAPIBase)",
                    mend: "leave STRIPE_API_BASE out for Stripe itself"))
        }
        return findings
    }
}
