import Commerce
import ServiceRuntime
import StripeClient
import StripeModels

extension StripeAccess {
    func createCheckoutSession(_ form: CheckoutSessionForm, for order: Order) async throws -> CheckoutSession {
        try await call { credentials in
            try await client.createCheckoutSession(
                form, idempotencyKey: order.stripeIdempotencyKey("session", attempt: Int(order.version)),
                as: credentials)
        }
    }

    func checkoutSession(_ id: String) async throws -> CheckoutSession {
        try await call { credentials in try await client.checkoutSession(id, as: credentials) }
    }

    /// Takes the page away; the session as it is, where Stripe refuses, since it is not open any more.
    func expireCheckoutSession(_ id: String, of order: Order) async throws -> CheckoutSession {
        do {
            return try await call { credentials in
                try await client.expireCheckoutSession(
                    id, idempotencyKey: order.stripeIdempotencyKey("expire", attempt: Int(order.version)),
                    as: credentials)
            }
        } catch let refusal as StripeRefusal where !refusal.isMissing {
            return try await checkoutSession(id)
        }
    }

    /// A price in the tenant's own account.
    /// - Throws: `StripeRefusal` for one that is not there or is somebody else's, which is the same.
    func price(_ id: String) async throws -> Price {
        let found = try await find(id, or: .noSuchPrice) { credentials in try await client.price(id, as: credentials) }
        guard !StripeMark.isForeign(found.metadata, to: scope.tenant) else { throw StripeRefusal(error: .noSuchPrice) }
        return found
    }

    /// The currency of the tenant's account; nil where Stripe does not say.
    func accountCurrency() async throws -> Currency? {
        let account = try await call { credentials in try await client.account(as: credentials) }
        return account.defaultCurrency
    }
}
