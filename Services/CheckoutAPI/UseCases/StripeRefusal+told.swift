import ServiceRuntime

extension StripeRefusal {
    /// Runs a call that only reads: what Stripe refuses is an error as any other, and nothing has to be kept of it.
    static func told(_ body: () async throws -> Reply) async throws -> Reply {
        do {
            return try await body()
        } catch let refusal as StripeRefusal {
            throw refusal.error
        }
    }
}
