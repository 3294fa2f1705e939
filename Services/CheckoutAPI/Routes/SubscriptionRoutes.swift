import Commerce
import Hummingbird
import ServiceRuntime
import StripeClient
import StripeModels

/// `/v1/subscriptions`
struct SubscriptionRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.get("subscriptions", use: list)
        v1.get("subscriptions/:id", use: read)
        v1.post("subscriptions/:id", use: change)
        v1.post("subscriptions/:id/preview", use: preview)
        v1.post("subscriptions/:id/cancel", use: cancel)
        v1.post("subscriptions/:id/reactivate", use: reactivate)
    }

    /// From Stripe and not from our rows: those know only what events and calls told of, and a storefront that lists its
    /// subscribers wants all of them, those from before it came here too.
    @Sendable func list(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.subscriptionsRead, secretKeyTo: "list subscriptions")
        let query = try QueryFields(request.uri, allowed: QueryFields.page.union(["status", "customer"]))
        let filter = SubscriptionFilter(
            status: try query.choice("status", of: Self.statuses), customer: try query.string("customer"))
        let page = try query.page()
        let stripe = api.stripe(for: caller, context.logger)
        return try await StripeRefusal.told {
            try await stripe.checkCustomer(filter.customer)
            // A page after another tenant's subscription would tell that there is one.
            try await stripe.checkSubscription(page.startingAfter, cause: .request(context.requestID, "list"))
            let found = try await stripe.subscriptions(filter, page)
            return try Reply(.ok, ListJSON(found.data.map { SubscriptionJSON($0) }, hasMore: found.hasMore))
        }
    }

    /// Stripe's; without one, all that are not canceled.
    private static let statuses =
        Subscription.Status.known.keys.sorted() + ["all", "ended"]

    @Sendable func read(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.subscriptionsRead, secretKeyTo: "read subscriptions")
        _ = try QueryFields(request.uri, allowed: [])
        let calls = try calls("read", request, nil, context)
        return try await StripeRefusal.told { try Reply(.ok, SubscriptionJSON(try await calls.read())) }
    }

    @Sendable func preview(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.subscriptionsRead, secretKeyTo: "preview a change of a subscription")
        let body = try await JSONBody(request)
        let wanted = try SubscriptionChangeRequest(body)
        let calls = try calls("preview", request, body, context)
        return try await run(request, body, context) { try Reply(.ok, try await calls.preview(wanted)) }
    }

    @Sendable func change(_ request: Request, _ context: CallerContext) async throws -> Reply {
        try writing(context, "change a subscription")
        let body = try await JSONBody(request)
        let wanted = try SubscriptionChangeRequest(body)
        let calls = try calls("change", request, body, context)
        return try await run(request, body, context) {
            try Reply(.ok, SubscriptionJSON(try await calls.change(by: wanted)))
        }
    }

    @Sendable func cancel(_ request: Request, _ context: CallerContext) async throws -> Reply {
        try writing(context, "cancel a subscription")
        let body = try await JSONBody(request)
        let isAtPeriodEnd = try body.fields(["at_period_end"]).flag("at_period_end") ?? true
        let calls = try calls("cancel", request, body, context)
        return try await run(request, body, context) {
            let canceled = isAtPeriodEnd ? try await calls.cancelAtPeriodEnd() : try await calls.cancelNow()
            return try Reply(.ok, SubscriptionJSON(canceled))
        }
    }

    @Sendable func reactivate(_ request: Request, _ context: CallerContext) async throws -> Reply {
        try writing(context, "reactivate a subscription")
        let body = try await JSONBody(request)
        _ = try body.fields([])
        let calls = try calls("reactivate", request, body, context)
        return try await run(request, body, context) { try Reply(.ok, SubscriptionJSON(try await calls.reactivate())) }
    }

    private func writing(_ context: CallerContext, _ purpose: String) throws {
        try context.caller.require(.subscriptionsWrite, secretKeyTo: purpose)
    }

    private func calls(
        _ name: String, _ request: Request, _ body: JSONBody?, _ context: CallerContext
    ) throws -> SubscriptionCalls {
        let caller = try context.caller
        return SubscriptionCalls(
            id: try context.stripeID("id", prefix: "sub_", or: .noSuchSubscription),
            stripe: api.stripe(for: caller, context.logger),
            keyBase: body.map { CallKey.base("subscription-\(name)", request, $0, from: caller) } ?? "",
            requestID: context.requestID)
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
