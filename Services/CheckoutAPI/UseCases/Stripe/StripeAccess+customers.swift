import Commerce
import Database
import ServiceRuntime
import StripeClient
import StripeModels
import TenantStripe

extension StripeAccess {
    /// Makes sure that a customer whom a request names is this tenant's. One that we know is not asked for at Stripe.
    /// - Throws: `StripeRefusal` for one that is not there or is somebody else's, which is the same.
    func checkCustomer(_ id: String?) async throws {
        guard let id else { return }
        let isKnown = try await database.read { try CustomerStore.get(id, for: scope, in: $0) != nil }
        if !isKnown { _ = try await customer(id) }
    }

    /// A customer of this tenant's, who is known from now on.
    /// - Throws: `StripeRefusal` for one that is not there or is somebody else's, which is the same.
    func customer(_ id: String) async throws -> Customer {
        let found = try await find(id, or: .noSuchCustomer) { credentials in
            try await client.customer(id, as: credentials)
        }
        guard !found.deleted else { throw StripeRefusal(error: .noSuchCustomer) }
        let isOurs = try await database.write { connection in
            guard
                try Ownership.isOurs(marked: found.metadata, customer: found.id, scope, in: connection)
            else { return false }
            try CustomerStore.note(found.id, email: found.email, for: scope, in: connection)
            return true
        }
        guard isOurs else { throw StripeRefusal(error: .noSuchCustomer) }
        return found
    }

    /// A page of what a customer has saved, the newest first.
    func paymentMethods(
        of customer: String, type: String?, _ page: PageRequest
    ) async throws -> StripeList<PaymentMethod> {
        try await call { credentials in
            try await client.paymentMethods(of: customer, type: type, as: credentials)
                .page(limit: page.limit, after: page.startingAfter)
        }
    }

    /// A saved payment method, if it is this customer's.
    /// - Throws: `StripeRefusal` otherwise.
    @discardableResult
    func paymentMethod(_ id: String, of customer: String) async throws -> PaymentMethod {
        let found = try await find(id, or: .noSuchPaymentMethod) { credentials in
            try await client.paymentMethod(id, as: credentials)
        }
        guard found.customer == customer else { throw StripeRefusal(error: .noSuchPaymentMethod) }
        return found
    }

    /// Asks for something by its id; what is not there is told in our words, the same as what is somebody else's.
    func find<Answer: Sendable>(
        _ id: String, or missing: APIError, _ body: @escaping @Sendable (StripeCredentials) async throws -> Answer
    ) async throws -> Answer {
        guard StripeID.isValid(id) else { throw StripeRefusal(error: missing) }
        do {
            return try await call(body)
        } catch let refusal as StripeRefusal where refusal.isMissing {
            throw StripeRefusal(error: missing, body: refusal.body)
        }
    }
}
