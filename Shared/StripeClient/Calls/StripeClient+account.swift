import NIOHTTP1
package import StripeModels

extension StripeClient {
    /// What the account has. Also the cheapest proof that a key works.
    package func balance(as credentials: StripeCredentials) async throws(StripeError) -> Balance {
        try await get("/v1/balance", as: credentials)
    }

    /// The account that the calls act on: the key's own, or the connected one.
    package func account(as credentials: StripeCredentials) async throws(StripeError) -> Account {
        try await get("/v1/account", as: credentials)
    }

    /// Whether Stripe can be reached at all, without a key: any answer will do. Tried once.
    package func reach() async throws(StripeError) -> StripeReach {
        let call = StripeCall(method: .GET, path: "/v1/balance", form: .empty, idempotencyKey: nil)
        let started = clock.now()
        switch await transport.send(call.plainRequest(to: base)) {
        case .failure(let failure): throw StripeError(call, failedBy: failure, afterUnknown: false)
        case .success(let answer):
            return StripeReach(
                serverTime: answer.headers.first(name: "Date").flatMap(HTTPDate.seconds),
                roundTrip: clock.now() - started)
        }
    }
}
