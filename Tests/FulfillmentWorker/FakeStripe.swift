import HTTPTypes
import Hummingbird
import NIOCore
import StripeModels
import Synchronization

/// Stripe's `GET /v1/payment_intents/{id}`, strict about what it is asked and by whom.
final class FakeStripe: Sendable {
    enum Mood: Sendable {
        case well
        case failing(status: Int)
        case rateLimiting(retryAfter: Int)
    }

    private struct State {
        /// The account that a secret key opens, and what is in it: each PaymentIntent's JSON by its id.
        var accounts: [String: [String: String]] = [:]
        var mood = Mood.well
        var reads: [String] = []
        var before: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    /// The PaymentIntents that were read, in order, whatever the answer was.
    var reads: [String] { state.withLock { $0.reads } }

    func set(_ mood: Mood) { state.withLock { $0.mood = mood } }

    /// Puts a PaymentIntent, or its new state, into the account of `key`.
    func put(_ intent: IntentJSON, in key: String) {
        state.withLock { $0.accounts[key, default: [:]][intent.id] = intent.text }
    }

    /// Runs `action` before the next answer, once.
    func beforeAnswering(_ action: @escaping @Sendable () async -> Void) { state.withLock { $0.before = action } }

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/v1/payment_intents/{id}") { request, context in
            let action = self.state.withLock { state in
                defer { state.before = nil }
                return state.before
            }
            await action?()
            return self.answer(request, context.parameters.get("id") ?? "")
        }
        return router
    }

    private func answer(_ request: Request, _ id: String) -> Response {
        let key = request.headers[.authorization]?.split(separator: " ").last.map(String.init) ?? ""
        let version = HTTPField.Name("Stripe-Version").flatMap { request.headers[$0] }
        let (mood, account) = state.withLock { state in
            state.reads.append(id)
            return (state.mood, state.accounts[key])
        }
        switch mood {
        case .well: break
        case .failing(let status): return Self.error(.init(code: status), "api_error")
        case .rateLimiting(let seconds): return Self.error(.tooManyRequests, "rate_limit", retryAfter: seconds)
        }
        guard version == StripeAPI.version, request.uri.queryParameters.isEmpty else {
            return Self.error(.badRequest, "invalid_request_error")
        }
        guard let account else { return Self.error(.unauthorized, "invalid_request_error") }
        guard let intent = account[id] else { return Self.error(.notFound, "invalid_request_error") }
        return Self.json(.ok, intent)
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
