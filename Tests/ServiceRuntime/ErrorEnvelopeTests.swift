import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ServiceRuntime

private struct Order: Decodable {
    let amount: Int
}

/// The envelope of an answer, checked for its form.
func envelope(_ response: TestResponse) throws -> [String: String?] {
    #expect(response.headers[.contentType] == "application/json")
    let root = try #require(
        JSONSerialization.jsonObject(with: Data(String(buffer: response.body).utf8)) as? [String: Any])
    #expect(Set(root.keys) == ["error"])
    let error = try #require(root["error"] as? [String: Any])
    #expect(Set(error.keys) == ["type", "code", "message", "param", "request_id"])
    let requestID = try #require(error["request_id"] as? String)
    #expect(requestID.wholeMatch(of: /req_[0-9A-Za-z]{20}/) != nil)
    #expect(ServiceResponder.requestIDHeader.flatMap { response.headers[$0] } == requestID)
    return error.mapValues { $0 as? String }
}

@Suite struct ErrorEnvelopeTests {
    private struct Unexpected: Error, CustomStringConvertible {
        let description = "connection to 10.0.0.7 as user app failed"
    }

    private let log = LogCapture()

    private var app: Application<ServiceResponder> {
        application(bodyLimit: 100, log: log) { router in
            router.get("/orders/{id}") { _, _ in "order" }
            router.put("/orders/{id}") { _, _ in "order" }
            router.post("/orders") { request, context in
                let order = try await request.decode(as: Order.self, context: context)
                return "\(order.amount)"
            }
            router.post("/orders/search") { _, _ in "found" }
            router.post("/collect") { request, _ in
                "\(try await request.body.collect(upTo: .max).readableBytes)"
            }
            router.get("/unexpected") { _, _ -> String in throw Unexpected() }
            router.get("/hummingbird") { _, _ -> String in throw HTTPError(.conflict, message: "internal detail") }
            router.get("/gone") { _, context -> String in
                context.responseHeaders.set(.accessControlAllowOrigin, "https://shop.example")
                throw APIError.notFound("No such order: 'ord_1'.", param: "order")
            }
            router.get("/down") { _, _ -> String in throw APIError.stripeUnavailable(cause: Unexpected()) }
        }
    }

    @Test func `an API error is answered in the envelope with all its members`() async throws {
        try await app.test(.router) { client in
            let response = try await client.send(uri: "/gone", method: .get)
            #expect(response.status == .notFound)
            let error = try envelope(response)
            #expect(error["type"] == "invalid_request_error")
            #expect(error["code"] == "resource_missing")
            #expect(error["param"] == "order")
            #expect(error["message"] == "No such order: 'ord_1'.")
            #expect(response.headers[.accessControlAllowOrigin] == "https://shop.example")
        }
    }

    @Test func `an unknown error is a 500 whose cause only the log knows`() async throws {
        try await app.test(.router) { client in
            let response = try await client.send(uri: "/unexpected", method: .get)
            #expect(response.status == .internalServerError)
            let error = try envelope(response)
            #expect(error["type"] == "api_error" && error["code"] == "internal_error")
            #expect(!String(buffer: response.body).contains("10.0.0.7"))
            let event = try #require(log.events("Request failed").first)
            #expect(event["error.cause"] == "connection to 10.0.0.7 as user app failed")
            #expect(event["request.id"] == error["request_id"])
            #expect(event["level"] == "error")
        }
    }

    @Test func `an error of the framework loses its text`() async throws {
        try await app.test(.router) { client in
            let response = try await client.send(uri: "/hummingbird", method: .get)
            #expect(response.status == .conflict)
            #expect(try envelope(response)["type"] == "invalid_request_error")
            #expect(!String(buffer: response.body).contains("internal detail"))
        }
    }

    @Test func `an outage of Stripe says when to come back and hides its cause`() async throws {
        try await app.test(.router) { client in
            let response = try await client.send(uri: "/down", method: .get)
            #expect(response.status == .badGateway)
            #expect(response.headers[.retryAfter] == "1")
            #expect(try envelope(response)["code"] == "stripe_unavailable")
            #expect(!String(buffer: response.body).contains("10.0.0.7"))
        }
    }

    @Test(arguments: ["/", "/nothing", "/orders/1/2", "/Orders", "/healthz/x", "/%2e%2e/etc", "/orders/1/%00"])
    func `an unknown path is a 404`(path: String) async throws {
        try await app.test(.router) { client in
            let response = try await client.send(uri: path, method: .get)
            #expect(response.status == .notFound)
            #expect(try envelope(response)["code"] == "unknown_route")
        }
    }

    @Test(arguments: [
        ("/orders/1", HTTPRequest.Method.delete, "GET, HEAD, PUT"), ("/orders/1", .post, "GET, HEAD, PUT"),
        ("/orders", .get, "POST"), ("/orders/search", .put, "POST"), ("/healthz", .post, "GET, HEAD"),
        ("/orders/", .patch, "POST"), ("/orders", .options, "POST"), ("/orders?a=b", .get, "POST"),
    ])
    func `a known path with another method is a 405 that names the methods`(
        path: String, method: HTTPRequest.Method, allow: String
    ) async throws {
        try await app.test(.router) { client in
            let response = try await client.send(uri: path, method: method)
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers[.allow] == allow)
            let error = try envelope(response)
            #expect(error["code"] == "method_not_allowed" && error["type"] == "invalid_request_error")
        }
    }

    @Test func `HEAD is answered wherever GET is`() async throws {
        try await app.test(.router) { client in
            let response = try await client.send(uri: "/orders/1", method: .head)
            #expect(response.status == .ok && response.body.readableBytes == 0)
        }
    }

    @Test(arguments: ["", "{", "[]", "{}", "{\"amount\":\"1\"}", "\u{FEFF}nope"])
    func `a body that Hummingbird cannot decode is a 400`(body: String) async throws {
        try await app.test(.router) { client in
            let response = try await client.send(uri: "/orders", method: .post, body: ByteBuffer(string: body))
            #expect(response.status == .badRequest)
            #expect(try envelope(response)["code"] == "request_invalid")
        }
    }

    @Test(arguments: [(0, true), (99, true), (100, true), (101, false), (5000, false)])
    func `a body beyond the limit is a 413`(length: Int, isRead: Bool) async throws {
        try await app.test(.router) { client in
            let response = try await client.send(
                uri: "/collect", method: .post, body: ByteBuffer(repeating: 65, count: length))
            #expect(response.status == (isRead ? .ok : .contentTooLarge))
            if isRead { #expect(String(buffer: response.body) == "\(length)") }
            if !isRead {
                let error = try envelope(response)
                #expect(error["code"] == "request_too_large" && error["type"] == "invalid_request_error")
                #expect((error["message"] ?? nil)?.contains("100 bytes") == true)
            }
        }
    }

    @Test func `a request id from outside is not taken over, and no two are alike`() async throws {
        try await app.test(.router) { client in
            let name = try #require(ServiceResponder.requestIDHeader)
            var ids: Set<String> = []
            for _ in 0..<20 {
                let response = try await client.send(
                    uri: "/orders/1", method: .get, headers: [name: "req_forged\u{22}"])
                ids.insert(try #require(response.headers[name]))
            }
            #expect(ids.count == 20 && ids.allSatisfy { $0.hasPrefix("req_") && !$0.contains("forged") })
        }
    }

    @Test(arguments: [
        (APIError.unauthenticated(), 401, "authentication_error"), (.permission("no"), 403, "permission_error"),
        (.idempotencyMismatch, 400, "idempotency_error"), (.idempotencyKeyInUse, 409, "idempotency_error"),
        (.card(code: "card_declined", message: "m"), 402, "card_error"),
        (.rateLimited(retryAfter: 3), 429, "rate_limit_error"),
        (.unavailable(), 503, "api_error"), (.unprocessable(code: "c", message: "m"), 422, "invalid_request_error"),
        (.missing("amount"), 400, "invalid_request_error"), (.unsupportedMediaType, 415, "invalid_request_error"),
    ])
    func `every kind has the contract's type and status`(error: APIError, status: Int, type: String) {
        #expect(error.status.code == status)
        #expect(error.type.rawValue == type)
        #expect(error.status.code != 429 || error.headers[.retryAfter] == "3")
        #expect(error.code != "idempotency_key_in_use" || error.status.code == 409)
    }

    @Test func `the envelope's members come in the contract's order, null where there is nothing`() {
        let error = APIError(.badRequest, .invalidRequest, code: nil, "say \"x\"")
        #expect(
            error.body(requestID: "req_1")
                == #"{"error":{"type":"invalid_request_error","code":null,"message":"say \"x\"","param":null,"#
                + #""request_id":"req_1"}}"#)
    }
}
