import Hummingbird
import Synchronization

extension FakeStripe {
    struct Customer: Sendable {
        var email: String?
        var name: String?
        var metadata: [String: String] = [:]
        var isDeleted = false
    }

    struct Method: Sendable {
        var customer: String?
        /// With more of the card than may ever be shown.
        var last4 = "4242"
    }

    var customers: [String: Customer] { state.withLock { $0.customers } }

    func add(_ id: String, _ customer: Customer) { state.withLock { $0.customers[id] = customer } }

    func save(_ id: String, of customer: String) { state.withLock { $0.methods[id] = Method(customer: customer) } }

    func addCustomers(to router: Router<BasicRequestContext>) {
        router.post("v1/customers") { request, _ in
            try await self.answer(request, allowed: ["description", "email", "metadata", "name", "phone"]) {
                self.createCustomer($0)
            }
        }
        router.get("v1/customers/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in
                self.customers[id].map { (200, Self.json($0, id)) } ?? Self.missing("customer", id)
            }
        }
        router.get("v1/customers/:id/payment_methods") { request, context in
            let id = context.parameters.get("id") ?? ""
            let query = request.uri.queryParameters
            let (limit, after) = (query["limit"].flatMap { Int($0) } ?? 10, query["starting_after"].map(String.init))
            return try await self.answer(request, allowed: []) { _ in self.methods(of: id, limit, after) }
        }
        router.get("v1/payment_methods/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in
                self.state.withLock { $0.methods[id] }.map { (200, Self.json($0, id)) }
                    ?? Self.missing("PaymentMethod", id)
            }
        }
        router.post("v1/payment_methods/:id/detach") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in
                self.state.withLock { state in
                    state.methods[id]?.customer = nil
                    return state.methods[id].map { (200, Self.json($0, id)) } ?? Self.missing("PaymentMethod", id)
                }
            }
        }
    }

    private func createCustomer(_ call: Call) -> Outcome {
        let metadata = call.form.filter { $0.key.hasPrefix("metadata[") }
        let customer = Customer(
            email: call.form["email"], name: call.form["name"],
            metadata: Dictionary(
                uniqueKeysWithValues: metadata.map { (String($0.key.dropFirst(9).dropLast()), $0.value) }))
        return state.withLock { state in
            let id = "cus_new\(state.customers.count)"
            state.customers[id] = customer
            return (200, Self.json(customer, id))
        }
    }

    private func methods(of customer: String, _ limit: Int, _ after: String?) -> Outcome {
        let all = state.withLock { $0.methods.filter { $0.value.customer == customer }.sorted { $0.key < $1.key } }
        let rest = after.map { after in Array(all.drop { $0.key <= after }) } ?? all
        let page = rest.prefix(limit).map { Self.json($0.value, $0.key) }.joined(separator: ",")
        return (200, "{\"object\":\"list\",\"data\":[\(page)],\"has_more\":\(rest.count > limit)}")
    }

    private static func json(_ customer: Customer, _ id: String) -> String {
        guard !customer.isDeleted else { return "{\"id\":\"\(id)\",\"object\":\"customer\",\"deleted\":true}" }
        let metadata = customer.metadata.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        func text(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "null" }
        return """
            {"id":"\(id)","object":"customer","email":\(text(customer.email)),"name":\(text(customer.name)),"phone":null,
            "description":null,"metadata":{\(metadata)},"livemode":false,"created":1795305600,"balance":0}
            """
    }

    private static func json(_ method: Method, _ id: String) -> String {
        """
        {"id":"\(id)","object":"payment_method","type":"card","livemode":false,"created":1795305600,"metadata":{},
        "customer":\(method.customer.map { "\"\($0)\"" } ?? "null"),
        "billing_details":{"name":"Jenny Rosen","email":"jenny@example.com"},
        "card":{"brand":"visa","last4":"\(method.last4)","exp_month":12,"exp_year":2034,"fingerprint":"FINGERPRINT",
        "country":"US","funding":"credit"}}
        """
    }
}
