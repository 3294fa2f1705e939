import Commerce
import HTTPTypes
import Hummingbird
import ServiceRuntime
import StripeClient
import StripeModels

/// `/v1/customers`
struct CustomerRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.post("customers", use: create)
        v1.get("customers/:id", use: read)
        v1.get("customers/:id/payment_methods", use: paymentMethods)
        v1.delete("customers/:id/payment_methods/:method", use: detach)
    }

    @Sendable func create(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.paymentsWrite, secretKeyTo: "make customers")
        let body = try await JSONBody(request)
        let call = CreateCustomer(
            form: try CustomerRequest.read(body), keyBase: CallKey.base("customer", request, body, from: caller),
            scope: caller.scope, stripe: api.stripe(for: caller, context.logger), requestID: context.requestID)
        return try await api.runner.run(call, for: .read(request, body, from: caller))
    }

    @Sendable func read(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.ordersRead, secretKeyTo: "read customers")
        _ = try QueryFields(request.uri, allowed: [])
        let id = try context.stripeID("id", prefix: "cus_", or: .noSuchCustomer)
        return try await refusing {
            try Reply(.ok, CustomerJSON(try await api.stripe(for: caller, context.logger).customer(id)))
        }
    }

    @Sendable func paymentMethods(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.ordersRead, secretKeyTo: "read customers")
        let query = try QueryFields(request.uri, allowed: QueryFields.page.union(["type"]))
        let type = try query.string("type")
        let page = try query.page()
        let id = try context.stripeID("id", prefix: "cus_", or: .noSuchCustomer)
        let stripe = api.stripe(for: caller, context.logger)
        return try await refusing {
            try await stripe.checkCustomer(id)
            let methods = try await stripe.paymentMethods(of: id, type: type, page)
            return try Reply(.ok, ListJSON(methods.data.map { PaymentMethodJSON($0) }, hasMore: methods.hasMore))
        }
    }

    /// A card that was taken from its customer cannot be given back, so the key of the call is always the same.
    @Sendable func detach(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.paymentsWrite, secretKeyTo: "detach payment methods")
        let customer = try context.stripeID("id", prefix: "cus_", or: .noSuchCustomer)
        let method = try context.stripeID("method", prefix: "", or: .noSuchPaymentMethod)
        let stripe = api.stripe(for: caller, context.logger)
        return try await refusing {
            try await stripe.checkCustomer(customer)
            try await stripe.paymentMethod(method, of: customer)
            let detached = try await stripe.call(under: "\(caller.tenant.id):detach:\(method)") { key, credentials in
                try await api.stripe.detachPaymentMethod(method, idempotencyKey: key, as: credentials)
            }
            return try Reply(.ok, DetachedJSON(id: detached.id))
        }
    }

    private func refusing(_ body: () async throws -> Reply) async throws -> Reply {
        do {
            return try await body()
        } catch let refusal as StripeRefusal {
            throw refusal.error
        }
    }
}

/// What is left of a payment method that was taken from its customer.
private struct DetachedJSON: Encodable {
    let id: String
    let object = "payment_method"
    let deleted = true
}

extension CallerContext {
    /// One of Stripe's ids in the path.
    /// - Throws: `missing` for what cannot be one, without asking Stripe.
    func stripeID(_ name: String, prefix: String, or missing: APIError) throws(APIError) -> String {
        guard let text = parameters.get(name), text.hasPrefix(prefix), StripeID.isValid(text) else { throw missing }
        return text
    }
}
