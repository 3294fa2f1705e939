import HTTPTypes
import Hummingbird
import NIOCore
import ServiceRuntime

/// An answer whose body is JSON, as it is sent and as an idempotency key keeps it.
struct Reply: Sendable, Equatable, ResponseGenerator {
    let status: Int
    let body: String
    /// Whether it was stored by an earlier request with the same key.
    private(set) var isReplayed = false

    init(status: Int, body: String, isReplayed: Bool = false) {
        self.status = status
        self.body = body
        self.isReplayed = isReplayed
    }

    init(_ status: HTTPResponse.Status, _ value: some Encodable) throws {
        self.init(status: status.code, body: try JSON.text(value))
    }

    /// An error that is final, and kept as any other answer.
    init(_ error: APIError, requestID: String) {
        self.init(status: error.status.code, body: error.body(requestID: requestID))
    }

    func response(from request: Request, context: some RequestContext) -> Response {
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if isReplayed { headers[named: "Idempotent-Replayed"] = "true" }
        return Response(
            status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
