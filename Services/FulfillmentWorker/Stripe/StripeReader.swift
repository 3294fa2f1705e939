import Commerce
import Messaging
import StripeClient
import StripeModels
import TenantStripe

/// Asks Stripe in a tenant's name and says what a job should do when that fails.
struct StripeReader {
    let client: StripeClient
    let tenants: TenantStore

    /// - Throws: `JobFailure`: a rate limit hands the job back uncounted, everything else is tried again by the job's
    ///   policy, since a key can be mended and an outage ends.
    func ask<Answer: Sendable>(
        for tenant: TenantID, _ call: (StripeClient, StripeCredentials) async throws -> Answer
    ) async throws -> Answer {
        let credentials = try await tenants.credentials(of: tenant)
        do {
            return try await call(client, credentials)
        } catch let error as StripeError {
            throw Self.failure(error, tenant)
        }
    }

    static func failure(_ error: StripeError, _ tenant: TenantID) -> JobFailure {
        if case .rateLimited(let pause) = error.kind {
            return .release("Stripe limits the rate of this tenant's calls.", after: pause)
        }
        error.credentialFault?.count(of: tenant)
        return .retry("\(error)")
    }

    /// The object of `fact` as it is now.
    /// - Parameter type: of the event that tells of it.
    func again(_ fact: StripeFact, _ type: StripeEventType?, for tenant: TenantID) async throws -> StripeFact {
        try await ask(for: tenant) { client, credentials in
            let id = fact.objectID
            return switch fact {
            case .paymentIntent: .paymentIntent(try await client.paymentIntent(id, as: credentials))
            case .session:
                .session(SessionFact(try await client.checkoutSession(id, as: credentials), type: type))
            case .subscription:
                .subscription(SubscriptionFact(try await client.subscription(id, as: credentials), type: type))
            case .invoice: .invoice(InvoiceFact(try await client.invoice(id, as: credentials), type: type))
            // These only go forward, and decide alone.
            case .charge, .refund, .dispute: fact
            }
        }
    }

    /// All that Stripe knows of the refunds of a payment.
    func refunds(of paymentIntent: String, for tenant: TenantID) async throws -> [RefundFact] {
        try await ask(for: tenant) { client, credentials in
            var found: [RefundFact] = []
            for try await refund in client.refunds(of: paymentIntent, as: credentials) {
                found.append(RefundFact(refund))
            }
            return found
        }
    }
}
