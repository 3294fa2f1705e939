import Commerce
import Database
import Hummingbird
import ServiceRuntime

/// `/v1/refunds`
struct RefundRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.get("refunds", use: list)
        v1.post("refunds", use: create)
        v1.get("refunds/:id", use: read)
    }

    @Sendable func list(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.ordersRead, secretKeyTo: "list refunds")
        let query = try QueryFields(request.uri, allowed: QueryFields.page.union(["order"]))
        let named = try query.string("order")
        let page = try query.page()
        let refunds = try await api.database.read { connection in
            let order = try named.map { named in
                guard let id = OrderID(inPath: named),
                    try OrderStore.get(id, for: caller.scope, in: connection) != nil
                else { throw APIError.notFound("No such order.", param: "order") }
                return id
            }
            return try RefundStore.list(page, order: order, for: caller.scope, in: connection)
        }
        return try Reply(.ok, ListJSON(refunds.data.map { RefundJSON($0) }, hasMore: refunds.hasMore))
    }

    @Sendable func read(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.ordersRead, secretKeyTo: "read refunds")
        _ = try QueryFields(request.uri, allowed: [])
        let id = context.parameters.get("id") ?? ""
        guard id.hasPrefix(RefundID.prefix), StripeID.isValid(id),
            let refund = try await api.database.read({
                try RefundStore.get(RefundID(rawValue: id), for: caller.scope, in: $0)
            })
        else { throw APIError.noSuchRefund }
        return try Reply(.ok, RefundJSON(refund))
    }

    @Sendable func create(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.refundsWrite, secretKeyTo: "refund")
        let body = try await JSONBody(request)
        let call = CreateRefund(
            wanted: try RefundRequest.read(body), scope: caller.scope,
            stripe: api.stripe(for: caller, context.logger), requestID: context.requestID, logger: context.logger)
        return try await api.runner.run(call, for: .read(request, body, from: caller))
    }
}
