import Crypto
import Foundation
import Hummingbird
import NIOCore
import Synchronization

/// A tenant's storefront: keeps what it is sent and answers as it is told.
final class Storefront: Sendable {
    struct Delivery: Sendable {
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
    }

    private let state = Mutex(State())

    var deliveries: [Delivery] { state.withLock { $0.deliveries } }

    /// The next answers, in order; the last one is repeated.
    func answer(_ answers: Answer...) { state.withLock { $0.answers = answers } }

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/hook") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let answer = self.state.withLock { state in
                state.deliveries.append(Delivery(headers: request.headers, body: Array(body.readableBytesView)))
                if !state.answers.isEmpty { state.last = state.answers.removeFirst() }
                return state.last
            }
            return Response(
                status: answer.status, headers: answer.headers,
                body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
        }
        return router
    }
}
