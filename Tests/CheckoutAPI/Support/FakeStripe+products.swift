import Hummingbird
import Synchronization

extension FakeStripe {
    struct Product: Sendable {
        var name = "Gold"
        var metadata: [String: String] = [:]
        var isActive = true
        var isDeleted = false
    }

    func addProduct(_ id: String, _ product: Product = .init()) { state.withLock { $0.products[id] = product } }

    func addProducts(to router: Router<BasicRequestContext>) {
        router.get("v1/products") { request, _ in
            let query = request.uri.queryParameters
            let (limit, after) = (query["limit"].flatMap { Int($0) } ?? 10, query["starting_after"].map(String.init))
            let active = query["active"].map { $0 == "true" }
            return try await self.answer(request, allowed: []) { _ in
                let all = self.state.withLock { $0.products }.sorted { $0.key < $1.key }
                    .filter { active == nil || $0.value.isActive == active }
                let rest = after.map { after in Array(all.drop { $0.key <= after }) } ?? all
                let page = rest.prefix(limit).map { Self.json($0.value, $0.key) }.joined(separator: ",")
                return (200, "{\"object\":\"list\",\"data\":[\(page)],\"has_more\":\(rest.count > limit)}")
            }
        }
        router.get("v1/products/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in
                self.state.withLock { $0.products[id] }.map { (200, Self.json($0, id)) } ?? Self.missing("product", id)
            }
        }
        router.post("v1/products") { request, _ in
            try await self.answer(request, allowed: ["description", "metadata", "name"]) { call in
                self.state.withLock { state in
                    let id = "prod_\(state.products.count + 1)"
                    let product = Product(name: call.form["name"] ?? "", metadata: Self.metadata(call))
                    state.products[id] = product
                    return (200, Self.json(product, id))
                }
            }
        }
        router.get("v1/prices") { request, _ in
            try await self.answer(request, allowed: []) { _ in
                let all = self.state.withLock { $0.prices }.sorted { $0.key < $1.key }
                let page = all.map { Self.json($0.value, $0.key) }.joined(separator: ",")
                return (200, "{\"object\":\"list\",\"data\":[\(page)],\"has_more\":false}")
            }
        }
        router.post("v1/prices") { request, _ in
            let allowed: Set<String> = [
                "currency", "lookup_key", "metadata", "nickname", "product", "recurring", "tax_behavior", "unit_amount",
            ]
            return try await self.answer(request, allowed: allowed) { call in
                self.state.withLock { state in
                    let id = "price_new\(state.prices.count + 1)"
                    let price = Price(
                        unitAmount: call.form["unit_amount"].flatMap { Int64($0) } ?? 0,
                        isRecurring: call.form["recurring[interval]"] != nil, metadata: Self.metadata(call))
                    state.prices[id] = price
                    return (200, Self.json(price, id))
                }
            }
        }
    }

    static func metadata(_ call: Call) -> [String: String] {
        let metadata = call.form.filter { $0.key.hasPrefix("metadata[") }
        return Dictionary(uniqueKeysWithValues: metadata.map { (String($0.key.dropFirst(9).dropLast()), $0.value) })
    }

    private static func json(_ product: Product, _ id: String) -> String {
        guard !product.isDeleted else { return "{\"id\":\"\(id)\",\"object\":\"product\",\"deleted\":true}" }
        let metadata = product.metadata.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        return """
            {"id":"\(id)","object":"product","active":\(product.isActive),"name":"\(product.name)","description":null,
            "default_price":null,"metadata":{\(metadata)},"livemode":false,"created":1795305600}
            """
    }
}
