import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import StripeModels
import Synchronization

/// Stripe as far as stories go: their objects as they are now, by their paths. Answers what the real one would, with
/// what was asked for and no more, and remembers what it had to refuse.
final class StoryStripe: Sendable {
    private struct State {
        var objects: [String: (thing: StripeThing, telling: Telling)] = [:]
        /// Paths of refunds by their PaymentIntent.
        var refunds: [String: Set<String>] = [:]
        var refused: [String] = []
    }

    private let state = Mutex(State())

    var refused: [String] { state.withLock { $0.refused } }

    /// What the objects of a step are from then on.
    func happens(_ step: Step, _ telling: Telling) {
        state.withLock { state in
            for thing in [step.object] + step.along {
                let path = thing.path(telling)
                state.objects[path] = (thing, telling)
                if let intent = thing.refunded(telling) { state.refunds[intent, default: []].insert(path) }
            }
        }
    }

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/v1/**") { request, _ in self.answer(request) }
        router.post("/v1/**") { request, _ in self.refuse(request, .badRequest) }
        return router
    }

    private func answer(_ request: Request) -> Response {
        let version = HTTPField.Name("Stripe-Version").flatMap { request.headers[$0] }
        guard request.headers[.authorization] == "Bearer \(Shop.stripeKey)", version == StripeAPI.version else {
            return refuse(request, .unauthorized)
        }
        var query = Dictionary(
            request.uri.queryParameters.map { ($0.key.removingPercentEncoding ?? "", String($0.value)) },
            uniquingKeysWith: { $1 })
        let json = request.uri.path == "/v1/refunds" ? refunds(&query) : object(at: request.uri.path, &query)
        guard let json, query.isEmpty else { return refuse(request, json == nil ? .notFound : .badRequest) }
        return Self.json(.ok, json)
    }

    private func object(at path: String, _ query: inout [String: String]) -> String? {
        guard let (thing, telling) = state.withLock({ $0.objects[path] }) else { return nil }
        let json = thing.json(telling)
        guard query["expand[0]"] == "payments", let payments = thing.payments(telling) else { return json }
        query["expand[0]"] = nil
        return #"\#(json.dropLast()),"payments":\#(payments)}"#
    }

    private func refunds(_ query: inout [String: String]) -> String? {
        guard query.removeValue(forKey: "limit") != nil, let intent = query.removeValue(forKey: "payment_intent") else {
            return nil
        }
        let found = state.withLock { state in
            state.refunds[intent, default: []].compactMap { state.objects[$0] }
        }
        let data = found.map { $0.thing.json($0.telling) }.joined(separator: ",")
        return #"{"object":"list","url":"/v1/refunds","has_more":false,"data":[\#(data)]}"#
    }

    private func refuse(_ request: Request, _ status: HTTPResponse.Status) -> Response {
        state.withLock { $0.refused.append("\(request.method) \(request.uri): \(status.code)") }
        return Self.json(status, #"{"error":{"type":"invalid_request_error","message":"No."}}"#)
    }

    private static func json(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
