import Commerce
import Hummingbird

/// `/v1/payment_intents`
struct PaymentIntentRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.post("payment_intents", use: create)
        v1.post("payment_intents/off_session", use: chargeSavedCard)
    }

    @Sendable func create(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.paymentsWrite)
        let body = try await JSONBody(request)
        let call = StartPayment(
            wanted: try PaymentRequest(body, from: caller), caller: caller,
            stripe: api.stripe(for: caller, context.logger), keys: api.keys, requestID: context.requestID)
        return try await api.runner.run(call, for: .read(request, body, from: caller))
    }

    @Sendable func chargeSavedCard(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.paymentsWrite, secretKeyTo: "charge a saved card")
        let body = try await JSONBody(request)
        let call = ChargeSavedCard(
            wanted: try SavedCardRequest(body, from: caller), caller: caller,
            stripe: api.stripe(for: caller, context.logger), keys: api.keys, publicBaseURL: api.publicBaseURL,
            requestID: context.requestID)
        return try await api.runner.run(call, for: .read(request, body, from: caller))
    }
}
