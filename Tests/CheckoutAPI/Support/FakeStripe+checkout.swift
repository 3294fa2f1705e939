import Hummingbird
import Synchronization

extension FakeStripe {
    struct Price: Sendable {
        var unitAmount: Int64 = 2000
        var isRecurring = false
        var isActive = true
        var metadata: [String: String] = [:]
    }

    struct Session: Sendable {
        let id: String
        let mode: String
        let amount: Int64?
        let metadata: [String: String]
        var status = "open"
        var paymentStatus = "unpaid"
        var paymentIntent: String?
    }

    func add(_ id: String, _ price: Price) { state.withLock { $0.prices[id] = price } }

    func change(_ id: String, _ body: @Sendable (inout Session) -> Void) {
        state.withLock { state in
            guard var session = state.sessions[id] else { return }
            body(&session)
            state.sessions[id] = session
        }
    }

    /// An authorized payment, of a buyer who is through with a page.
    func authorize(_ id: String, amount: Int64, order: String) {
        state.withLock { state in
            var intent = Intent(
                id: id, amount: amount, currency: "eur", metadata: ["checkout_order": order], customer: nil,
                isManual: true)
            intent.status = "requires_capture"
            state.intents[id] = intent
        }
    }

    private static let parameters: Set<String> = [
        "allow_promotion_codes", "automatic_tax", "cancel_url", "client_reference_id", "currency", "customer",
        "customer_creation", "customer_email", "customer_update", "expires_at", "line_items", "metadata", "mode",
        "payment_intent_data", "setup_intent_data", "subscription_data", "success_url", "ui_mode",
    ]

    func addCheckout(to router: Router<BasicRequestContext>) {
        router.post("v1/checkout/sessions") { request, _ in
            try await self.answer(request, allowed: Self.parameters) { self.createSession($0) }
        }
        router.get("v1/checkout/sessions/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in
                self.state.withLock { $0.sessions[id] }.map { (200, Self.json($0)) }
                    ?? Self.missing("checkout.session", id)
            }
        }
        router.post("v1/checkout/sessions/:id/expire") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in self.expire(id) }
        }
        router.get("v1/prices/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in
                self.state.withLock { $0.prices[id] }.map { (200, Self.json($0, id)) } ?? Self.missing("price", id)
            }
        }
        router.get("v1/account") { request, _ in
            try await self.answer(request, allowed: []) { _ in
                (200, #"{"id":"acct_1","object":"account","country":"DE","default_currency":"eur"}"#)
            }
        }
    }

    private func createSession(_ call: Call) -> Outcome {
        let metadata = call.form.filter { $0.key.hasPrefix("metadata[") }
        return state.withLock { state in
            let items = (0..<100).compactMap { index -> Int64? in
                guard let quantity = call.form["line_items[\(index)][quantity]"].flatMap({ Int64($0) }) else {
                    return nil
                }
                let named = call.form["line_items[\(index)][price]"].flatMap { state.prices[$0] }?.unitAmount
                let own = call.form["line_items[\(index)][price_data][unit_amount]"].flatMap { Int64($0) }
                return (named ?? own ?? 0) * quantity
            }
            let session = Session(
                id: "cs_test_\(state.sessions.count + 1)", mode: call.form["mode"] ?? "",
                amount: items.isEmpty ? nil : items.reduce(0, +),
                metadata: Dictionary(
                    uniqueKeysWithValues: metadata.map { (String($0.key.dropFirst(9).dropLast()), $0.value) }))
            state.sessions[session.id] = session
            return (200, Self.json(session))
        }
    }

    private func expire(_ id: String) -> Outcome {
        state.withLock { state in
            guard let session = state.sessions[id] else { return Self.missing("checkout.session", id) }
            guard session.status == "open" else {
                return Self.error(
                    400, "invalid_request_error", nil,
                    "Only Checkout Sessions with a status in [open] can be expired. This has \(session.status).")
            }
            state.sessions[id]?.status = "expired"
            return (200, Self.json(state.sessions[id] ?? session))
        }
    }

    private static func json(_ session: Session) -> String {
        let metadata = session.metadata.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let address = "\"https://checkout.stripe.example/c/pay/\(session.id)\""
        return """
            {"id":"\(session.id)","object":"checkout.session","mode":"\(session.mode)","status":"\(session.status)",
            "payment_status":"\(session.mode == "setup" ? "no_payment_required" : session.paymentStatus)",
            "url":\(session.status == "open" ? address : "null"),"amount_total":\(session.amount.map { "\($0)" } ?? "null"),
            "currency":\(session.mode == "setup" ? "null" : "\"eur\""),"metadata":{\(metadata)},"livemode":false,
            "payment_intent":\(session.paymentIntent.map { "\"\($0)\"" } ?? "null"),"created":1795305600,
            "expires_at":1795392000}
            """
    }

    static func json(_ price: Price, _ id: String) -> String {
        let metadata = price.metadata.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let recurring = price.isRecurring ? #"{"interval":"month","interval_count":1}"# : "null"
        return """
            {"id":"\(id)","object":"price","active":\(price.isActive),"currency":"eur","unit_amount":\(price.unitAmount),
            "recurring":\(recurring),"product":"prod_1","metadata":{\(metadata)},"livemode":false,"created":1795305600}
            """
    }
}
