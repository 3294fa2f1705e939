import Hummingbird
import Synchronization

extension FakeStripe {
    struct Subscription: Sendable {
        var customer = "cus_1"
        var price = "price_1"
        var quantity = 1
        var items = 1
        var status = "active"
        var atPeriodEnd = false
        var cancelAt: Int?
        var metadata: [String: String] = [:]
    }

    static let periodEnd = 1_797_897_600

    func addSubscription(_ id: String, _ subscription: Subscription = .init()) {
        state.withLock { $0.subscriptions[id] = subscription }
    }

    func subscription(_ id: String) -> Subscription? { state.withLock { $0.subscriptions[id] } }

    func addSubscriptions(to router: Router<BasicRequestContext>) {
        router.get("v1/subscriptions") { request, _ in
            let query = request.uri.queryParameters
            let (limit, after) = (query["limit"].flatMap { Int($0) } ?? 10, query["starting_after"].map(String.init))
            let (status, customer) = (query["status"].map(String.init), query["customer"].map(String.init))
            return try await self.answer(request, allowed: []) { _ in self.list(status, customer, limit, after) }
        }
        router.get("v1/subscriptions/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in self.show(id) }
        }
        router.post("v1/subscriptions/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            let allowed: Set<String> = [
                "cancel_at", "cancel_at_period_end", "items", "payment_behavior", "proration_behavior",
                "proration_date",
            ]
            return try await self.answer(request, allowed: allowed) { self.update(id, $0) }
        }
        router.post("v1/subscriptions/:id/resume") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in self.change(id) { $0.status = "active" } }
        }
        router.delete("v1/subscriptions/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in
                guard self.subscription(id)?.status != "canceled" else { return Self.missing("subscription", id) }
                return self.change(id) { $0.status = "canceled" }
            }
        }
        router.post("v1/invoices/create_preview") { request, _ in
            try await self.answer(request, allowed: ["subscription", "subscription_details"]) { self.preview($0) }
        }
    }

    private func show(_ id: String) -> Outcome {
        subscription(id).map { (200, Self.json($0, id)) } ?? Self.missing("subscription", id)
    }

    private func list(_ status: String?, _ customer: String?, _ limit: Int, _ after: String?) -> Outcome {
        let all = state.withLock { $0.subscriptions }.sorted { $0.key < $1.key }.filter { _, one in
            (status == nil ? one.status != "canceled" : status == "all" || one.status == status)
                && (customer == nil || one.customer == customer)
        }
        let rest = after.map { after in Array(all.drop { $0.key <= after }) } ?? all
        let page = rest.prefix(limit).map { Self.json($0.value, $0.key) }.joined(separator: ",")
        return (200, "{\"object\":\"list\",\"data\":[\(page)],\"has_more\":\(rest.count > limit)}")
    }

    private func change(_ id: String, _ body: (inout Subscription) -> Void) -> Outcome {
        state.withLock { state in
            guard var subscription = state.subscriptions[id] else { return Self.missing("subscription", id) }
            body(&subscription)
            state.subscriptions[id] = subscription
            return (200, Self.json(subscription, id))
        }
    }

    private func update(_ id: String, _ call: Call) -> Outcome {
        change(id) { subscription in
            if let price = call.form["items[0][price]"] { subscription.price = price }
            if let quantity = call.form["items[0][quantity]"].flatMap({ Int($0) }) { subscription.quantity = quantity }
            if let atEnd = call.form["cancel_at_period_end"] {
                subscription.atPeriodEnd = atEnd == "true"
                subscription.cancelAt = atEnd == "true" ? Self.periodEnd : nil
            }
            if call.form["cancel_at"] == "" { subscription.cancelAt = nil }
        }
    }

    private func preview(_ call: Call) -> Outcome {
        let id = call.form["subscription"] ?? ""
        let date = call.form["subscription_details[proration_date]"] ?? "1795400000"
        let price = call.form["subscription_details[items][0][price]"] ?? "price_1"
        func line(_ amount: Int) -> String {
            """
            {"id":"il_tmp","object":"line_item","amount":\(amount),"currency":"eur","description":"Time left","quantity":1,
            "period":{"start":\(date),"end":\(Self.periodEnd)},"pricing":{"price_details":{"price":"\(price)"}},
            "parent":{"subscription_item_details":{"proration":true,"subscription":"\(id)","subscription_item":"si_1"}}}
            """
        }
        return (
            200,
            """
            {"id":"upcoming_in_1","object":"invoice","currency":"eur","total":1234,"subtotal":1234,"amount_due":1234,
            "lines":{"object":"list","data":[\(line(-700)),\(line(1934))],"has_more":false},"livemode":false,
            "created":1795400000,"metadata":{},
            "parent":{"subscription_details":{"subscription":"\(id)","subscription_proration_date":\(date)}}}
            """
        )
    }

    static func json(_ subscription: Subscription, _ id: String) -> String {
        let metadata = subscription.metadata.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let items = (1...subscription.items).map { number in
            """
            {"id":"si_\(number)","object":"subscription_item","quantity":\(subscription.quantity),"metadata":{},
            "current_period_start":1795305600,"current_period_end":\(Self.periodEnd),
            "price":{"id":"\(subscription.price)","object":"price","active":true,"currency":"eur","unit_amount":2000,
            "recurring":{"interval":"month","interval_count":1},"product":"prod_1",
            "metadata":{"checkout_tenant":"ten_x"},"livemode":false,"created":1795305600}}
            """
        }
        return """
            {"id":"\(id)","object":"subscription","status":"\(subscription.status)","customer":"\(subscription.customer)",
            "items":{"object":"list","data":[\(items.joined(separator: ","))],"has_more":false},"currency":"eur",
            "cancel_at_period_end":\(subscription.atPeriodEnd),
            "cancel_at":\(subscription.cancelAt.map { "\($0)" } ?? "null"),"canceled_at":null,
            "ended_at":\(subscription.status == "canceled" ? "1795400000" : "null"),"latest_invoice":"in_1",
            "metadata":{\(metadata)},"livemode":false,"created":1795305600}
            """
    }
}
