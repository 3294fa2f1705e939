/// All calls, a resource at a time.
struct APIRoutes: Sendable {
    let all: [Route]

    init(_ routes: [Route]) {
        all = routes
    }

    static let stripe = APIRoutes(
        AccountResource.routes + BalanceResource.routes + ChargeResource.routes + CustomerResource.routes
            + EventResource.routes + PaymentIntentResource.routes + PaymentMethodResource.routes
            + RefundResource.routes + WebhookEndpointResource.routes)

    /// The route of a call and the ids in its path.
    func find(_ method: Call.Method, _ path: String) -> (route: Route, ids: [String])? {
        let parts = path.split(separator: "/")
        for route in all {
            if let ids = route.match(method, parts) { return (route, ids) }
        }
        return nil
    }
}
