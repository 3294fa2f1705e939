import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import StripeModels
import Synchronization

/// A PaymentIntents API in memory, as strict as Stripe's: version, key, idempotency and parameters are checked, and what
/// is wrong is kept in `faults`, which every test finds empty at its end.
final class FakeStripe: Sendable {
    struct Call: Sendable, Equatable {
        let method: String
        let path: String
        let idempotencyKey: String?
        let form: [String: String]
        let key: String
        let account: String?
    }

    /// What happens to the next call instead of, or after, what it asks for.
    enum Trouble: Sendable {
        case answer(Int, String, headers: HTTPFields = [:])
        /// Answers this, now and whenever the key comes again.
        case stored(Int, String)
        /// Does what is asked; the connection closes before the answer.
        case dropAfterActing
        /// Neither acts nor answers until the test is over.
        case hang
        /// Waits for `release`, then goes on.
        case wait
        /// Runs this before acting.
        case first(@Sendable () async throws -> Void)
    }

    struct Intent: Sendable {
        let id: String
        let amount: Int64
        let currency: String
        let metadata: [String: String]
        var status = "requires_payment_method"
    }

    private struct State {
        var calls: [Call] = []
        var troubles: [Trouble] = []
        var faults: [String] = []
        var intents: [String: Intent] = [:]
        var answers: [String: (form: [String: String], status: Int, body: String)] = [:]
    }

    private let state = Mutex(State())
    private let gate = Gate()

    var calls: [Call] { state.withLock { $0.calls } }
    var faults: [String] { state.withLock { $0.faults } }
    var intents: [Intent] { state.withLock { Array($0.intents.values) } }

    /// Meets the next calls, one each.
    func meet(_ troubles: Trouble...) { state.withLock { $0.troubles += troubles } }

    func forgetTroubles() { state.withLock { $0.troubles = [] } }

    func set(_ id: String, status: String) { state.withLock { $0.intents[id]?.status = status } }

    /// Lets those that `wait` go on.
    func release() async { await gate.open() }

    func add(to router: Router<BasicRequestContext>) {
        router.post("v1/payment_intents") { request, context in
            try await self.answer(request, allowed: Self.createParameters) { call in self.create(call) }
        }
        router.get("v1/payment_intents/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: []) { _ in self.read(id) }
        }
        router.post("v1/payment_intents/:id/cancel") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await self.answer(request, allowed: ["cancellation_reason"]) { _ in self.cancel(id) }
        }
    }

    private static let createParameters: Set<String> = [
        "amount", "currency", "automatic_payment_methods", "capture_method", "customer", "description", "metadata",
        "receipt_email", "setup_future_usage",
    ]
}

extension FakeStripe {
    private typealias Result = (status: Int, body: String)

    private func answer(
        _ request: Request, allowed: Set<String>, _ act: @Sendable (Call) -> (status: Int, body: String)
    ) async throws -> Response {
        let body = String(buffer: try await request.body.collect(upTo: 1 << 20))
        let call = Call(
            method: request.method.rawValue, path: request.uri.path,
            idempotencyKey: request.headers[HTTPField.Name("Idempotency-Key") ?? .accept], form: Self.form(body),
            key: request.headers[.authorization].map { String($0.dropFirst("Bearer ".count)) } ?? "",
            account: request.headers[HTTPField.Name("Stripe-Account") ?? .accept])
        check(call, request, allowed)
        let trouble: Trouble? = state.withLock { state in
            state.calls.append(call)
            return state.troubles.isEmpty ? nil : state.troubles.removeFirst()
        }
        switch trouble {
        case .answer(let status, let body, let headers):
            return Self.response(status, body, headers)
        case .stored(let status, let body):
            let result = once(call) { _ in (status, body) }
            return Self.response(result.status, result.body)
        case .dropAfterActing:
            _ = once(call, act)
            return Response(status: .ok, body: ResponseBody(contentLength: 10) { _ in throw CancellationError() })
        case .hang:
            try await Task.sleep(for: .seconds(600))
        case .wait:
            await gate.wait()
        case .first(let body):
            try await body()
        case nil:
            break
        }
        let result = once(call, act)
        return Self.response(result.status, result.body)
    }

    /// Stripe: "Idempotent requests": the same key is answered the same, or refused with other parameters.
    private func once(_ call: Call, _ act: (Call) -> (status: Int, body: String)) -> (status: Int, body: String) {
        guard let key = call.idempotencyKey else { return act(call) }
        let slot = "\(call.key) \(key)"
        if let kept = state.withLock({ $0.answers[slot] }) {
            guard kept.form == call.form else {
                return Self.error(400, "idempotency_error", nil, "Keys can only be used with the same parameters.")
            }
            return (kept.status, kept.body)
        }
        let result = act(call)
        state.withLock { $0.answers[slot] = (call.form, result.status, result.body) }
        return result
    }

    private func check(_ call: Call, _ request: Request, _ allowed: Set<String>) {
        var faults: [String] = []
        if request.headers[HTTPField.Name("Stripe-Version") ?? .accept] != StripeAPI.version {
            faults.append("\(call.path): wrong Stripe-Version")
        }
        if call.method == "POST", call.idempotencyKey == nil { faults.append("\(call.path): no Idempotency-Key") }
        for name in call.form.keys where !allowed.contains(String(name.prefix { $0 != "[" })) {
            faults.append("\(call.path): unknown parameter \(name)")
        }
        state.withLock { $0.faults += faults }
    }

    private func create(_ call: Call) -> (status: Int, body: String) {
        if call.form["customer"] == "cus_foreign" {
            return Self.error(
                400, "invalid_request_error", "resource_missing", "No such customer: 'cus_foreign'", param: "customer")
        }
        let metadata = call.form.filter { $0.key.hasPrefix("metadata[") }
        let intent = state.withLock { state in
            let intent = Intent(
                id: "pi_\(state.intents.count + 1)", amount: Int64(call.form["amount"] ?? "") ?? 0,
                currency: call.form["currency"] ?? "",
                metadata: Dictionary(
                    uniqueKeysWithValues: metadata.map { (String($0.key.dropFirst(9).dropLast()), $0.value) }))
            state.intents[intent.id] = intent
            return intent
        }
        return (200, Self.json(intent))
    }

    private func read(_ id: String) -> (status: Int, body: String) {
        guard let intent = state.withLock({ $0.intents[id] }) else { return Self.missing(id) }
        return (200, Self.json(intent))
    }

    private func cancel(_ id: String) -> (status: Int, body: String) {
        state.withLock { state in
            guard let intent = state.intents[id] else { return Self.missing(id) }
            guard ["requires_payment_method", "requires_action", "requires_capture"].contains(intent.status) else {
                return Self.error(
                    400, "invalid_request_error", "payment_intent_unexpected_state",
                    "You cannot cancel this PaymentIntent because it has a status of \(intent.status).")
            }
            state.intents[id]?.status = "canceled"
            return (200, Self.json(state.intents[id] ?? intent))
        }
    }

    static func secret(of id: String) -> String { "\(id)_secret_HIDDEN" }

    private static func json(_ intent: Intent) -> String {
        """
        {"id":"\(intent.id)","object":"payment_intent","amount":\(intent.amount),"currency":"\(intent.currency)",
        "status":"\(intent.status)","client_secret":"\(secret(of: intent.id))","livemode":false,"created":1795305600,
        "amount_received":\(intent.status == "succeeded" ? intent.amount : 0)}
        """
    }

    private static func missing(_ id: String) -> (status: Int, body: String) {
        error(404, "invalid_request_error", "resource_missing", "No such payment_intent: '\(id)'", param: "intent")
    }

    static func error(
        _ status: Int, _ type: String, _ code: String?, _ message: String, param: String? = nil
    ) -> (status: Int, body: String) {
        func member(_ name: String, _ value: String?) -> String { value.map { ",\"\(name)\":\"\($0)\"" } ?? "" }
        return (
            status,
            "{\"error\":{\"type\":\"\(type)\",\"message\":\"\(message)\"\(member("code", code))\(member("param", param))}}"
        )
    }

    private static func response(_ status: Int, _ body: String, _ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        if let name = HTTPField.Name("Request-Id") { headers[name] = "req_fake" }
        return Response(
            status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    private static func form(_ body: String) -> [String: String] {
        var form: [String: String] = [:]
        for pair in body.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.replacing("+", with: " ").removingPercentEncoding ?? "" }
            form[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        return form
    }
}

/// Closed until it is opened, once.
actor Gate {
    private var isOpen = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    func open() {
        isOpen = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
