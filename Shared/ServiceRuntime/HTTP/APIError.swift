package import HTTPTypes
package import Hummingbird
import Logging
import NIOCore

/// An answer that says no, in the envelope of the outside contract:
/// `{"error":{"type","code","message","param","request_id"}}`.
package struct APIError: Error, Sendable {
    /// The families of errors that a caller tells apart (contract: "Errors").
    package enum Kind: String, Sendable {
        case invalidRequest = "invalid_request_error"
        case authentication = "authentication_error"
        case permission = "permission_error"
        case idempotency = "idempotency_error"
        case card = "card_error"
        case rateLimit = "rate_limit_error"
        case api = "api_error"
    }

    package let status: HTTPResponse.Status
    package let type: Kind
    /// Stable, for programs: `resource_missing`.
    package let code: String?
    /// For people: what is wrong, and the mend. Never a cause from inside.
    package let message: String
    /// Which parameter is at fault: `items[0][quantity]`.
    package let param: String?
    package let headers: HTTPFields
    /// What lies behind it: for the log only.
    package let cause: (any Error)?

    package init(
        _ status: HTTPResponse.Status, _ type: Kind, code: String?, _ message: String, param: String? = nil,
        headers: HTTPFields = [:], cause: (any Error)? = nil
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.param = param
        self.headers = headers
        self.cause = cause
    }
}

extension APIError {
    /// The envelope as JSON text; all five members are always there.
    package func body(requestID: String) -> String {
        var json = JSONText()
        json.object { envelope in
            envelope.key("error")
            envelope.object { error in
                error.member("type", type.rawValue)
                error.member("code", code)
                error.member("message", message)
                error.member("param", param)
                error.member("request_id", requestID)
            }
        }
        return json.text
    }

    func response(requestID: String) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        let body = ByteBuffer(string: body(requestID: requestID))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

extension APIError: HTTPResponseError {
    package func response(from request: Request, context: some RequestContext) throws -> Response {
        response(requestID: context.logger[metadataKey: AppRequestContext.requestIDKey].map { "\($0)" } ?? "")
    }
}

extension APIError: CustomStringConvertible {
    package var description: String {
        "\(status.code) \(code ?? type.rawValue): \(message)"
    }
}
