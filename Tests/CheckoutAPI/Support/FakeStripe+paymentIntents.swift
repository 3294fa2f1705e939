import Hummingbird
import Synchronization

extension FakeStripe {
    struct Intent: Sendable {
        let id: String
        let amount: Int64
        let currency: String
        let metadata: [String: String]
        let customer: String?
        let isManual: Bool
        var status = "requires_payment_method"
        var received: Int64 = 0
        /// The `last_payment_error`, as JSON.
        var failure: String?
    }

    private static let createParameters: Set<String> = [
        "amount", "application_fee_amount", "automatic_payment_methods", "capture_method", "confirm", "currency",
        "customer", "description", "metadata", "off_session", "payment_method", "receipt_email", "setup_future_usage",
    ]

    func addPaymentIntents(to router: Router<BasicRequestContext>) {
        router.post("v1/payment_intents") { request, _ in
            try await self.answer(request, allowed: Self.createParameters) { self.create($0) }
        }
        router.get("v1/payment_intents") { request, _ in
            let customer = request.uri.queryParameters["customer"].map(String.init)
            return try await self.answer(request, allowed: []) { _ in self.list(of: customer) }
        }
        router.get("v1/payment_intents/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in self.read(id) }
        }
        router.post("v1/payment_intents/:id/cancel") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: ["cancellation_reason"]) { _ in self.cancel(id) }
        }
        router.post("v1/payment_intents/:id/capture") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: ["amount_to_capture", "application_fee_amount"]) {
                self.capture(id, $0)
            }
        }
    }

    private func create(_ call: Call) -> Outcome {
        let metadata = call.form.filter { $0.key.hasPrefix("metadata[") }
        let intent = state.withLock { state in
            var intent = Intent(
                id: "pi_\(state.intents.count + 1)", amount: Int64(call.form["amount"] ?? "") ?? 0,
                currency: call.form["currency"] ?? "",
                metadata: Dictionary(
                    uniqueKeysWithValues: metadata.map { (String($0.key.dropFirst(9).dropLast()), $0.value) }),
                customer: call.form["customer"], isManual: call.form["capture_method"] == "manual")
            if call.form["confirm"] == "true" { Self.confirm(&intent, with: call.form["payment_method"] ?? "") }
            state.intents[intent.id] = intent
            return intent
        }
        guard let failure = intent.failure else { return (200, Self.json(intent)) }
        let error = failure.dropLast() + #","payment_intent":"# + Self.json(intent) + "}"
        return (402, "{\"error\":\(error)}")
    }

    /// Stripe: "Testing", as far as tests need it. An off-session charge that its bank stops stays open for its buyer.
    private static func confirm(_ intent: inout Intent, with method: String) {
        func fail(_ code: String, _ declineCode: String?, _ message: String) {
            let decline = declineCode.map { ",\"decline_code\":\"\($0)\"" } ?? ""
            intent.failure = """
                {"type":"card_error","code":"\(code)"\(decline),"message":"\(message)",
                "payment_method":{"id":"\(method)","object":"payment_method","type":"card","livemode":false,"created":1}}
                """
        }
        switch method {
        case "pm_demanding":
            fail("authentication_required", "authentication_required", "Your card was declined. It needs its owner.")
        case "pm_poor": fail("card_declined", "insufficient_funds", "Your card has insufficient funds.")
        case "pm_slow": intent.status = "processing"
        default:
            intent.status = intent.isManual ? "requires_capture" : "succeeded"
            if !intent.isManual { intent.received = intent.amount }
        }
    }

    private func list(of customer: String?) -> Outcome {
        let found = intents.filter { customer == nil || $0.customer == customer }.map { Self.json($0) }
        return (200, "{\"object\":\"list\",\"data\":[\(found.joined(separator: ","))],\"has_more\":false}")
    }

    private func read(_ id: String) -> Outcome {
        guard let intent = state.withLock({ $0.intents[id] }) else { return Self.missing("payment_intent", id) }
        return (200, Self.json(intent))
    }

    private func cancel(_ id: String) -> Outcome {
        change(id, "cancel", from: ["requires_payment_method", "requires_action", "requires_capture"]) { intent in
            intent.status = "canceled"
        }
    }

    private func capture(_ id: String, _ call: Call) -> Outcome {
        let amount = call.form["amount_to_capture"].flatMap { Int64($0) }
        if let amount, let intent = state.withLock({ $0.intents[id] }), amount > intent.amount {
            return Self.error(
                400, "invalid_request_error", "amount_too_large", "The amount is more than is authorized.",
                param: "amount_to_capture")
        }
        return change(id, "capture", from: ["requires_capture"]) { intent in
            intent.status = "succeeded"
            intent.received = amount ?? intent.amount
        }
    }

    private func change(
        _ id: String, _ what: String, from states: Set<String>, _ body: (inout Intent) -> Void
    ) -> Outcome {
        state.withLock { state in
            guard var intent = state.intents[id] else { return Self.missing("payment_intent", id) }
            guard states.contains(intent.status) else {
                return Self.error(
                    400, "invalid_request_error", "payment_intent_unexpected_state",
                    "You cannot \(what) this PaymentIntent because it has a status of \(intent.status).")
            }
            body(&intent)
            state.intents[id] = intent
            return (200, Self.json(intent))
        }
    }

    static func secret(of id: String) -> String { "\(id)_secret_HIDDEN" }

    static func json(_ intent: Intent) -> String {
        let metadata = intent.metadata.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let received = intent.status == "succeeded" && intent.received == 0 ? intent.amount : intent.received
        return """
            {"id":"\(intent.id)","object":"payment_intent","amount":\(intent.amount),"currency":"\(intent.currency)",
            "status":"\(intent.status)","client_secret":"\(secret(of: intent.id))","livemode":false,"created":1795305600,
            "amount_received":\(received),"capture_method":"\(intent.isManual ? "manual" : "automatic")",
            "customer":\(intent.customer.map { "\"\($0)\"" } ?? "null"),"metadata":{\(metadata)},
            "last_payment_error":\(intent.failure ?? "null")}
            """
    }

    static func missing(_ what: String, _ id: String) -> Outcome {
        error(404, "invalid_request_error", "resource_missing", "No such \(what): '\(id)'", param: "id")
    }
}
