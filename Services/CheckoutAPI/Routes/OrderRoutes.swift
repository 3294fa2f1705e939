import Commerce
import Database
import HTTPTypes
import Hummingbird
import Security
import ServiceRuntime

/// `/v1/orders`
struct OrderRoutes: Sendable {
    let api: CheckoutAPI

    func add(to v1: RouterGroup<CallerContext>) {
        v1.get("orders", use: list)
        v1.get("orders/:id", use: read)
        v1.get("orders/:id/history", use: history)
        v1.get("orders/:id/stream", use: stream)
        v1.post("orders/:id/cancel", use: cancel)
        v1.post("orders/:id/capture", use: capture)
    }

    @Sendable func list(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.ordersRead, secretKeyTo: "list orders")
        let bounds = ["gt", "gte", "lt", "lte"].map { "created[\($0)]" }
        let query = try QueryFields(request.uri, allowed: QueryFields.page.union(["status"]).union(bounds))
        let filter = try OrderFilter(
            status: try query.string("status"),
            created: CreatedRange(
                gt: try query.integer("created[gt]"), gte: try query.integer("created[gte]"),
                lt: try query.integer("created[lt]"), lte: try query.integer("created[lte]")))
        let page = try query.page()
        let orders = try await api.database.read { try OrderStore.list(filter, page, for: caller.scope, in: $0) }
        return try Reply(.ok, ListJSON(orders.data.map { OrderJSON($0) }, hasMore: orders.hasMore))
    }

    @Sendable func read(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        let order = try await order(request, context)
        return try Reply(
            .ok,
            OrderJSON(
                order, clientSecret: try order.clientSecret(api.keys),
                publishableKey: caller.tenant.stripePublishableKey))
    }

    @Sendable func history(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.ordersRead, secretKeyTo: "read an order's history")
        _ = try QueryFields(request.uri, allowed: [])
        let id = try context.orderID
        let moves = try await api.database.read { connection in
            guard try OrderStore.get(id, for: caller.scope, in: connection) != nil else { throw APIError.noSuchOrder }
            return try OrderStore.history(of: id, for: caller.scope, in: connection)
        }
        return try Reply(.ok, ListJSON(moves.map { OrderTransitionJSON($0) }))
    }

    @Sendable func stream(_ request: Request, _ context: CallerContext) async throws -> Response {
        let order = try await order(request, context)
        // A head has no body that anybody would follow.
        guard request.method != .head else { return .serverSentEvents(AsyncStream { $0.finish() }) }
        return .serverSentEvents(try api.watch.follow(order))
    }

    @Sendable func cancel(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.ordersWrite, secretKeyTo: "cancel an order")
        let body = try await JSONBody(request)
        _ = try body.fields([])
        let call = CancelOrder(
            id: try context.orderID, caller: caller, stripe: api.stripe(for: caller, context.logger), keys: api.keys,
            requestID: context.requestID, logger: context.logger)
        return try await api.runner.run(call, for: .read(request, body, from: caller))
    }

    @Sendable func capture(_ request: Request, _ context: CallerContext) async throws -> Reply {
        let caller = try context.caller
        try caller.require(.ordersWrite, secretKeyTo: "capture an order")
        let body = try await JSONBody(request)
        let fields = try body.fields(["amount_to_capture"])
        let amount = try fields.integer("amount_to_capture", orTooLarge: .amountTooLarge("amount_to_capture"))
        guard amount ?? 1 > 0 else { throw APIError.notPositive("amount_to_capture") }
        let call = CaptureOrder(
            id: try context.orderID, amount: amount, caller: caller, stripe: api.stripe(for: caller, context.logger),
            requestID: context.requestID)
        return try await api.runner.run(call, for: .read(request, body, from: caller))
    }

    /// The order that the path names, if the caller may read it: with a publishable key, the one whose client secret
    /// it presents.
    private func order(_ request: Request, _ context: CallerContext) async throws -> Order {
        let caller = try context.caller
        try caller.require(.ordersRead)
        let query = try QueryFields(request.uri, allowed: ["client_secret"])
        let presented = try query.string("client_secret").map { Secret($0) }
        guard presented != nil || !caller.isPublishable else {
            throw APIError.permission(
                "A publishable key may read only the order whose client_secret it presents.",
                code: "client_secret_required")
        }
        let id = try context.orderID
        let order = try await api.database.read { try OrderStore.get(id, for: caller.scope, in: $0) }
        // A wrong secret tells no more than an order that does not exist.
        guard let order, try presented.map({ try order.isOpened(by: $0, api.keys) }) ?? true else {
            throw APIError.noSuchOrder
        }
        return order
    }
}

extension CallerContext {
    /// The order that the path names.
    /// - Throws: 404 for what cannot be one, without asking the database.
    var orderID: OrderID {
        get throws(APIError) {
            guard let id = OrderID(inPath: parameters.get("id")) else { throw .noSuchOrder }
            return id
        }
    }
}

extension OrderID {
    /// nil for what cannot be one.
    init?(inPath text: String?) {
        guard let text, text.hasPrefix(Self.prefix), text.utf8.count <= 64,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.init(rawValue: text)
    }
}
