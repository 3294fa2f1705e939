import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// A tenant's storefront: keeps what it is sent and answers as it is told.
final class Storefront: Sendable {
    struct Delivery: Sendable {
        /// The host that it was sent to, as the sender called it.
        let authority: String
        let headers: HTTPFields
        let body: [UInt8]

        subscript(name: String) -> String { HTTPField.Name(name).flatMap { headers[$0] } ?? "" }

        var text: String { String(decoding: body, as: UTF8.self) }

        /// Whether the signature is one by `secret`, computed here from Standard Webhooks' own words.
        func isSigned(by secret: String) -> Bool {
            guard let key = Data(base64Encoded: String(secret.dropFirst("whsec_".count))) else { return false }
            let signed = Data("\(self["webhook-id"]).\(self["webhook-timestamp"]).".utf8) + Data(body)
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
            return self["webhook-signature"] == "v1,\(Data(code).base64EncodedString())"
        }
    }

    struct Answer: Sendable {
        var status: HTTPResponse.Status = .ok
        var headers: HTTPFields = [:]
        var body = "thanks"
    }

    private struct State {
        var deliveries: [Delivery] = []
        var answers: [Answer] = []
        var last = Answer()
        var before: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    var deliveries: [Delivery] { state.withLock { $0.deliveries } }

    /// The next answers, in order; the last one is repeated.
    func answer(_ answers: Answer...) { state.withLock { $0.answers = answers } }

    /// Runs `action` after the next delivery was taken in and before it is answered, once.
    func beforeAnswering(_ action: @escaping @Sendable () async -> Void) { state.withLock { $0.before = action } }

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/hook") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let delivery = Delivery(
                authority: request.head.authority ?? "", headers: request.headers, body: Array(body.readableBytesView))
            let (answer, action) = self.state.withLock { state in
                state.deliveries.append(delivery)
                if !state.answers.isEmpty { state.last = state.answers.removeFirst() }
                defer { state.before = nil }
                return (state.last, state.before)
            }
            await action?()
            return Response(
                status: answer.status, headers: answer.headers,
                body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
        }
        return router
    }
}
