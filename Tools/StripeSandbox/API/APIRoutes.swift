/// All calls, a resource at a time.
struct APIRoutes: Sendable {
    let all: [Route]

    init(_ routes: [Route]) {
        all = routes
    }

    static let stripe = APIRoutes(
        [
            AccountResource.routes, ApplicationFeeResource.routes, BalanceResource.routes, ChargeResource.routes,
            CheckoutSessionResource.routes, CouponResource.routes, CustomerResource.routes, DisputeResource.routes,
            EventDestinationResource.routes,
            EventResource.routes, InvoiceItemResource.routes, InvoicePaymentResource.routes, InvoiceResource.routes,
            PaymentIntentResource.routes, PaymentMethodResource.routes, PriceResource.routes,
            ProductResource.routes, PromotionCodeResource.routes, RefundResource.routes, SetupIntentResource.routes,
            SubscriptionItemResource.routes, SubscriptionResource.routes, TestClockResource.routes,
            ThinEventResource.routes, WebhookEndpointResource.routes,
        ].flatMap { $0 })

    /// The route of a call and the ids in its path.
    func find(_ method: Call.Method, _ path: String) -> (route: Route, ids: [String])? {
        let parts = path.split(separator: "/")
        for route in all {
            if let ids = route.match(method, parts) { return (route, ids) }
        }
        return nil
    }
}
