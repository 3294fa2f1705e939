import HTTPTypes
import Hummingbird
import NIOCore
import StripeModels
import Synchronization

/// Objects of Stripe's by their paths, strict about what it is asked and by whom.
final class FakeStripe: Sendable {
    enum Mood: Sendable {
        case well
        case failing(status: Int)
        case rateLimiting(retryAfter: Int)
    }

    struct Post: Sendable, Hashable {
        let path: String
        let key: String?
        let form: String
    }

    private struct State {
        /// The account that a secret key opens, and what is in it: JSON by path.
        var accounts: [String: [String: String]] = [:]
        var lists: [String: [String: [String]]] = [:]
        var mood = Mood.well
        /// Statuses to fail with, by path.
        var refusals: [String: Int] = [:]
        var reads: [String] = []
        var posts: [Post] = []
        var before: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    /// The last parts of the paths that were read, in order, whatever the answer was.
    var reads: [String] { state.withLock { $0.reads } }
    var posts: [Post] { state.withLock { $0.posts } }

    func set(_ mood: Mood) { state.withLock { $0.mood = mood } }

    /// Puts a PaymentIntent, or its new state, into the account of `key`.
    func put(_ intent: IntentJSON, in key: String) { put(intent.text, at: "/v1/payment_intents/\(intent.id)", in: key) }

    /// What is asked at `path` fails; nil: no more.
    func refuse(_ path: String, with status: Int?) { state.withLock { $0.refusals[path] = status } }

    /// Puts what is answered at `path`; a POST's begins with `POST `.
    func put(_ json: String, at path: String, in key: String = Shop.stripeKey) {
        state.withLock { $0.accounts[key, default: [:]][path] = json }
    }

    func put(list elements: [String], at path: String, in key: String = Shop.stripeKey) {
        state.withLock { $0.lists[key, default: [:]][path] = elements }
    }

    /// Runs `action` before the next answer, once.
    func beforeAnswering(_ action: @escaping @Sendable () async -> Void) { state.withLock { $0.before = action } }

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/v1/**") { request, _ in
            let action = self.state.withLock { state in
                defer { state.before = nil }
                return state.before
            }
            await action?()
            self.state.withLock { $0.reads.append(String(request.uri.path.split(separator: "/").last ?? "")) }
            return self.answer(request, request.uri.path)
        }
        router.post("/v1/**") { request, _ in
            let form = String(buffer: try await request.body.collect(upTo: 1 << 16))
            let key = HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
            let isRepeated = self.state.withLock { state in
                defer { state.posts.append(Post(path: request.uri.path, key: key, form: form)) }
                return state.posts.contains { $0.key == key }
            }
            guard key != nil else { return Self.error(.badRequest, "invalid_request_error") }
            var response = self.answer(request, "POST \(request.uri.path)")
            // A gateway's 502 or 504 is none of Stripe's, and is kept by nobody.
            if isRepeated, response.status != .badGateway, let name = HTTPField.Name("Idempotent-Replayed") {
                response.headers[name] = "true"
            }
            return response
        }
        return router
    }

    private func answer(_ request: Request, _ path: String) -> Response {
        let key = request.headers[.authorization]?.split(separator: " ").last.map(String.init) ?? ""
        let version = HTTPField.Name("Stripe-Version").flatMap { request.headers[$0] }
        let (mood, refusal, account) = state.withLock { ($0.mood, $0.refusals[path], $0.accounts[key]) }
        if let refusal {
            return Self.error(.init(code: refusal), refusal < 500 ? "invalid_request_error" : "api_error")
        }
        switch mood {
        case .well: break
        case .failing(let status): return Self.error(.init(code: status), "api_error")
        case .rateLimiting(let seconds): return Self.error(.tooManyRequests, "rate_limit", retryAfter: seconds)
        }
        guard version == StripeAPI.version else { return Self.error(.badRequest, "invalid_request_error") }
        guard let account else { return Self.error(.unauthorized, "invalid_request_error") }
        if let elements = state.withLock({ $0.lists[key]?[path] }) {
            return Self.json(.ok, Self.list(elements, at: path, since: request.uri.queryParameters["created[gte]"]))
        }
        guard let object = account[path] else { return Self.error(.notFound, "invalid_request_error") }
        return Self.json(.ok, object)
    }

    /// Those of `elements` that were created at `since` or later.
    private static func list(_ elements: [String], at path: String, since: Substring?) -> String {
        let listed = elements.filter { element in
            guard let since = since.flatMap({ Int64($0) }),
                let created = element.firstMatch(of: #/"created":(\d+)/#).flatMap({ Int64($0.1) })
            else { return true }
            return created >= since
        }
        return #"{"object":"list","url":"\#(path)","has_more":false,"data":[\#(listed.joined(separator: ","))]}"#
    }

    private static func error(_ status: HTTPResponse.Status, _ type: String, retryAfter: Int? = nil) -> Response {
        var response = json(status, #"{"error":{"type":"\#(type)","message":"No."}}"#)
        if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        return response
    }

    private static func json(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// A PaymentIntent as Stripe writes it.
struct IntentJSON: Sendable {
    var id = "pi_1"
    var status = "succeeded"
    var amount = 1999
    var received: Int?
    var currency = "eur"
    var livemode = false
    var order: String?
    /// The last attempt's decline code.
    var declined: String?

    var text: String {
        let error = declined.map {
            #"{"type":"card_error","code":"card_declined","decline_code":"\#($0)","message":"Your card was declined."}"#
        }
        let metadata = order.map { #"{"checkout_order":"\#($0)"}"# }
        return """
            {"id":"\(id)","object":"payment_intent","amount":\(amount),"amount_capturable":0,
            "amount_received":\(received ?? (status == "succeeded" ? amount : 0)),"capture_method":"automatic_async",
            "client_secret":"\(id)_secret_abc","created":1795305590,"currency":"\(currency)",
            "last_payment_error":\(error ?? "null"),"latest_charge":null,"livemode":\(livemode),
            "metadata":\(metadata ?? "{}"),"next_action":null,"status":"\(status)"}
            """
    }
}
