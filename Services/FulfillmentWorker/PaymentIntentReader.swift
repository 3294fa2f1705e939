import Commerce
import Messaging
import StripeClient
import StripeModels

/// Reads a tenant's PaymentIntent at Stripe and says what a job should do when that fails.
struct PaymentIntentReader {
    let client: StripeClient
    let tenants: TenantStore

    /// - Throws: `JobFailure`: a rate limit hands the job back uncounted, everything else is tried again by the job's
    ///   policy, since a key can be mended and an outage ends.
    func read(_ id: String, for tenant: TenantID) async throws -> PaymentIntent {
        let key = try await tenants.stripeCredentials(of: tenant)
        let credentials = StripeCredentials(tenant: tenant.rawValue, secretKey: key.key, account: key.account)
        do {
            return try await client.paymentIntent(id, as: credentials)
        } catch {
            if case .rateLimited(let pause) = error.kind {
                throw JobFailure.release("Stripe limits the rate of this tenant's calls.", after: pause)
            }
            throw JobFailure.retry("\(error)")
        }
    }
}
