import Commerce
import Hummingbird
import ServiceRuntime
import StripeClient
import StripeModels

/// `/v1/products` and `/v1/prices`: what the tenant sells, in its Stripe account.
struct ProductRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.get("products", use: listProducts)
        v1.post("products", use: createProduct)
        v1.get("products/:id", use: readProduct)
        v1.get("prices", use: listPrices)
        v1.post("prices", use: createPrice)
        v1.get("prices/:id", use: readPrice)
    }

    @Sendable func listProducts(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let stripe = try reading(context)
        let query = try QueryFields(request.uri, allowed: QueryFields.page.union(["active"]))
        let (active, page) = (try query.flag("active"), try query.page())
        return try await StripeRefusal.told {
            let found = try await stripe.products(active: active, page)
            return try Reply(.ok, ListJSON(found.data.map { ProductJSON($0) }, hasMore: found.hasMore))
        }
    }

    @Sendable func readProduct(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let stripe = try reading(context)
        _ = try QueryFields(request.uri, allowed: [])
        // Its owner may have chosen its id.
        let id = try context.stripeID("id", prefix: "", or: .noSuchProduct)
        return try await StripeRefusal.told { try Reply(.ok, ProductJSON(try await stripe.product(id))) }
    }

    @Sendable func createProduct(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let (stripe, caller, body) = try await writing(request, context)
        let form = try ProductRequest.read(body, for: caller.scope)
        let base = CallKey.base("product", request, body, from: caller)
        return try await run(request, body, context) {
            let made = try await stripe.call(under: base) { [client = stripe.client] key, credentials in
                try await client.createProduct(form, idempotencyKey: key, as: credentials)
            }
            return try Reply(.created, ProductJSON(made))
        }
    }

    @Sendable func listPrices(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let stripe = try reading(context)
        let query = try QueryFields(request.uri, allowed: QueryFields.page.union(["active", "product"]))
        let (active, product, page) = (try query.flag("active"), try query.string("product"), try query.page())
        return try await StripeRefusal.told {
            let found = try await stripe.prices(active: active, product: product, page)
            return try Reply(.ok, ListJSON(found.data.map { PriceJSON($0) }, hasMore: found.hasMore))
        }
    }

    @Sendable func readPrice(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let stripe = try reading(context)
        _ = try QueryFields(request.uri, allowed: [])
        let missing = APIError.notFound("No such price.", param: "id")
        let id = try context.stripeID("id", prefix: "", or: missing)
        return try await StripeRefusal.told { try Reply(.ok, PriceJSON(try await stripe.price(id))) }
    }

    @Sendable func createPrice(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let (stripe, caller, body) = try await writing(request, context)
        let form = try PriceRequest.read(body, for: caller.scope)
        let base = CallKey.base("price", request, body, from: caller)
        return try await run(request, body, context) {
            _ = try await stripe.product(form.product, or: .noSuchProductParameter)
            let made = try await stripe.call(under: base) { [client = stripe.client] key, credentials in
                try await client.createPrice(form, idempotencyKey: key, as: credentials)
            }
            return try Reply(.created, PriceJSON(made))
        }
    }

    private func reading(_ context: CallerContext) throws -> StripeAccess {
        let caller = try context.caller
        try caller.require(.catalogRead, secretKeyTo: "read products and prices")
        return api.stripe(for: caller, context.logger)
    }

    private func writing(
        _ request: Request, _ context: CallerContext
    ) async throws -> (StripeAccess, Caller, JSONBody) {
        let caller = try context.caller
        try caller.require(.catalogWrite, secretKeyTo: "make products and prices")
        return (api.stripe(for: caller, context.logger), caller, try await JSONBody(request))
    }

    private func run(
        _ request: Request, _ body: JSONBody, _ context: CallerContext,
        _ perform: @escaping @Sendable () async throws -> Reply
    ) async throws -> Reply {
        try await api.runner.run(
            UnnotedCall(requestID: context.requestID, perform: perform),
            for: .read(request, body, from: try context.caller))
    }
}
