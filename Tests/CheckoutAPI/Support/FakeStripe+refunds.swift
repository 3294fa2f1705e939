import Hummingbird
import Synchronization

extension FakeStripe {
    struct Refund: Sendable {
        let id: String
        let intent: String
        let amount: Int64
        let metadata: [String: String]
        var status = "succeeded"
    }

    var refunds: [Refund] { state.withLock { $0.refunds } }

    func addRefunds(to router: Router<BasicRequestContext>) {
        router.post("v1/refunds") { request, _ in
            try await self.answer(request, allowed: ["amount", "metadata", "payment_intent", "reason"]) {
                self.refund($0)
            }
        }
        router.get("v1/refunds") { request, _ in
            let intent = request.uri.queryParameters["payment_intent"].map(String.init)
            return try await self.answer(request, allowed: []) { _ in
                let found = self.refunds.filter { $0.intent == intent }.map(Self.json).joined(separator: ",")
                return (200, "{\"object\":\"list\",\"data\":[\(found)],\"has_more\":false}")
            }
        }
        router.get("v1/charges") { request, _ in
            let query = request.uri.queryParameters
            let (limit, after) = (query["limit"].flatMap { Int($0) } ?? 10, query["starting_after"].map(String.init))
            return try await self.answer(request, allowed: []) { _ in
                let all = self.state.withLock { $0.charges }
                let rest = after.map { after in Array(all.drop { !$0.contains("\"\(after)\"") }.dropFirst()) } ?? all
                let page = rest.prefix(limit).joined(separator: ",")
                return (200, "{\"object\":\"list\",\"data\":[\(page)],\"has_more\":\(rest.count > limit)}")
            }
        }
        router.get("v1/balance") { request, _ in
            try await self.answer(request, allowed: []) { _ in
                (200, "{\"object\":\"balance\",\"livemode\":false,\(self.state.withLock { $0.balance })}")
            }
        }
    }

    /// - Parameter members: `"available":[…],"pending":[…]`
    func setBalance(_ members: String) { state.withLock { $0.balance = members } }

    func addCharge(_ id: String, amount: Int64 = 1999, currency: String = "eur", _ more: String = "") {
        state.withLock {
            $0.charges.insert(
                """
                {"id":"\(id)","object":"charge","amount":\(amount),"amount_captured":\(amount),"amount_refunded":0,
                "currency":"\(currency)","status":"succeeded","paid":true,"captured":true,"refunded":false,
                "livemode":false,"created":1795305600\(more.isEmpty ? "" : ",")\(more)}
                """, at: 0)
        }
    }

    /// Stripe: never beyond what was captured.
    private func refund(_ call: Call) -> Outcome {
        let intent = call.form["payment_intent"] ?? ""
        let amount = Int64(call.form["amount"] ?? "") ?? 0
        return state.withLock { state in
            let captured = state.intents[intent]?.received ?? 0
            let gone = state.refunds.filter { $0.intent == intent }.reduce(0) { $0 + $1.amount }
            guard gone + amount <= captured else {
                return Self.error(
                    400, "invalid_request_error", nil, "Refund amount is greater than unrefunded amount on charge")
            }
            let refund = Refund(
                id: "re_\(state.refunds.count + 1)", intent: intent, amount: amount, metadata: Self.metadata(call))
            state.refunds.append(refund)
            return (200, Self.json(refund))
        }
    }

    static func json(_ refund: Refund) -> String {
        let metadata = refund.metadata.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        return """
            {"id":"\(refund.id)","object":"refund","amount":\(refund.amount),"currency":"eur",
            "payment_intent":"\(refund.intent)","charge":"ch_\(refund.intent.dropFirst(3))","status":"\(refund.status)",
            "metadata":{\(metadata)},"created":1795305600}
            """
    }
}
