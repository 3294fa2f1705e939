import Commerce
import Hummingbird

/// `/v1/checkout_sessions`
struct CheckoutSessionRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.post("checkout_sessions", use: create)
    }

    @Sendable func create(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.paymentsWrite)
        let body = try await JSONBody(request)
        let call = StartCheckout(
            wanted: try CheckoutRequest(body, from: caller), caller: caller,
            stripe: api.stripe(for: caller, context.logger), requestID: context.requestID)
        return try await api.runner.run(call, for: .read(request, body, from: caller))
    }
}
