import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import StripeModels
import Synchronization

/// Stripe's API in memory, as far as the checkout API calls it, and as strict as Stripe's: version, key, idempotency and parameters are checked, and what
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
        /// Does what is asked, and answers this, now and whenever the key comes again.
        case storedAfterActing(Int, String)
        /// Neither acts nor answers until the test is over.
        case hang
        /// Waits for `release`, then goes on.
        case wait
        /// Runs this before acting.
        case first(@Sendable () async throws -> Void)
    }

    struct State {
        var calls: [Call] = []
        /// Each for a call of its method and path; nil for any.
        var troubles: [(at: String?, trouble: Trouble)] = []
        var faults: [String] = []
        var answers: [String: (form: [String: String], status: Int, body: String)] = [:]
        var intents: [String: Intent] = [:]
        var customers: [String: Customer] = ["cus_1": Customer()]
        var methods: [String: Method] = [:]
        var prices: [String: Price] = [:]
        var sessions: [String: Session] = [:]
        var refunds: [Refund] = []
        var subscriptions: [String: Subscription] = [:]
        var products: [String: Product] = [:]
        /// As JSON, the newest first.
        var charges: [String] = []
        var balance = #""available":[],"pending":[]"#
    }

    typealias Outcome = (status: Int, body: String)

    let state = Mutex(State())
    private let gate = Gate()

    var calls: [Call] { state.withLock { $0.calls } }
    var posts: [Call] { calls.filter { $0.method == "POST" } }
    var faults: [String] { state.withLock { $0.faults } }
    var intents: [Intent] { state.withLock { $0.intents.values.sorted { $0.id < $1.id } } }
    var sessions: [Session] { state.withLock { $0.sessions.values.sorted { $0.id < $1.id } } }

    /// Meets the next calls, one each.
    func meet(_ troubles: Trouble...) { state.withLock { $0.troubles += troubles.map { (nil, $0) } } }

    /// Meets the next call of this method and path: `POST /v1/payment_intents`.
    func meet(at call: String, _ trouble: Trouble) { state.withLock { $0.troubles.append((call, trouble)) } }

    func forgetTroubles() { state.withLock { $0.troubles = [] } }

    func set(_ id: String, status: String) { state.withLock { $0.intents[id]?.status = status } }

    /// Lets those that `wait` go on.
    func release() async { await gate.open() }

    func add(to router: Router<BasicRequestContext>) {
        addPaymentIntents(to: router)
        addCustomers(to: router)
        addCheckout(to: router)
        addRefunds(to: router)
        addSubscriptions(to: router)
        addProducts(to: router)
    }
}

extension FakeStripe {
    func answer(
        _ request: Request, allowed: Set<String>, _ act: @Sendable (Call) -> Outcome
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
            let place = state.troubles.firstIndex { $0.at == nil || $0.at == "\(call.method) \(call.path)" }
            return place.map { state.troubles.remove(at: $0).trouble }
        }
        switch trouble {
        case .answer(let status, let body, let headers):
            return Self.response(status, body, headers)
        case .stored(let status, let body):
            return once(call) { _ in (status, body) }
        case .dropAfterActing:
            _ = once(call, act)
            return Response(status: .ok, body: ResponseBody(contentLength: 10) { _ in throw CancellationError() })
        case .storedAfterActing(let status, let body):
            return once(call) { call in
                _ = act(call)
                return (status, body)
            }
        case .hang:
            try await Task.sleep(for: .seconds(600))
        case .wait:
            await gate.wait()
        case .first(let body):
            try await body()
        case nil:
            break
        }
        return once(call, act)
    }

    /// Stripe: "Idempotent requests": the same key is answered the same, or refused with other parameters.
    private func once(_ call: Call, _ act: (Call) -> Outcome) -> Response {
        guard let key = call.idempotencyKey else {
            let result = act(call)
            return Self.response(result.status, result.body)
        }
        let slot = "\(call.key) \(key)"
        if let kept = state.withLock({ $0.answers[slot] }) {
            guard kept.form == call.form else {
                let result = Self.error(
                    400, "idempotency_error", nil, "Keys can only be used with the same parameters.")
                return Self.response(result.status, result.body)
            }
            return Self.response(kept.status, kept.body, Self.replayed)
        }
        let result = act(call)
        state.withLock { $0.answers[slot] = (call.form, result.status, result.body) }
        return Self.response(result.status, result.body)
    }

    private static let replayed: HTTPFields = {
        var fields = HTTPFields()
        if let name = HTTPField.Name("Idempotent-Replayed") { fields[name] = "true" }
        return fields
    }()

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

    static func error(
        _ status: Int, _ type: String, _ code: String?, _ message: String, param: String? = nil
    ) -> Outcome {
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
