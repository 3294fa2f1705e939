import AsyncHTTPClient
import Commerce
import Database
import Foundation
import NIOCore
import NIOHTTP1
import Security
import Testing

/// What the API answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: String

    subscript(header name: String) -> String? { headers.first(name: name) }

    /// The value at a path of names and indices: `answer["error", "code"]`.
    subscript(path: any Sendable...) -> String? {
        var value = try? JSONSerialization.jsonObject(with: Data(body.utf8))
        for step in path {
            if let name = step as? String { value = (value as? [String: Any])?[name] }
            if let index = step as? Int, let list = value as? [Any] {
                value = list.indices.contains(index) ? list[index] : nil
            }
        }
        switch value {
        case let text as String: return text
        case let number as NSNumber: return number.stringValue
        default: return nil
        }
    }

    var ids: [String] {
        let list = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
        return (list?["data"] as? [[String: Any]])?.compactMap { $0["id"] as? String } ?? []
    }

    var failure: Failure { Failure(status, self["error", "type"] ?? "", self["error", "code"] ?? "") }
}

/// What an error is known by.
struct Failure: Equatable, Sendable, CustomStringConvertible {
    let status: Int
    let type: String
    let code: String

    init(_ status: Int, _ type: String, _ code: String) {
        self.status = status
        self.type = type
        self.code = code
    }

    var description: String { "\(status) \(type) \(code)" }
}

extension RunningAPI {
    func request(
        _ method: HTTPMethod, _ path: String, key: Secret?, headers: [(String, String)] = []
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "http://\(address)\(path)")
        request.method = method
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key.exposed)") }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        return request
    }

    func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        // All tests of a run count in the same metrics.
        let body = try await response.body.collect(upTo: 1 << 24)
        let answer = Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: body))
        #expect(answer[header: "X-Request-Id"]?.hasPrefix("req_") == true)
        if answer.status >= 400, answer[header: "Content-Type"] == "application/json" {
            #expect(answer["error", "request_id"] != nil)
        }
        return answer
    }

    func get(_ path: String, key: Secret? = nil, headers: [(String, String)] = []) async throws -> Answer {
        try await send(request(.GET, path, key: key ?? secretKey, headers: headers))
    }

    func delete(_ path: String, key: Secret? = nil) async throws -> Answer {
        try await send(request(.DELETE, path, key: key ?? secretKey))
    }

    func post(
        _ path: String, _ json: String = "", key: Secret? = nil, once idempotencyKey: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = request(.POST, path, key: key ?? secretKey)
        if !json.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json))
        }
        if let idempotencyKey { request.headers.add(name: "Idempotency-Key", value: idempotencyKey) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        return try await send(request)
    }

    func pay(
        _ json: String = #"{"amount":1999,"currency":"eur"}"#, once idempotencyKey: String? = nil
    ) async throws -> Answer {
        try await post("/v1/payment_intents", json, once: idempotencyKey)
    }

    func addTea(unitAmount: Int = 850) async throws {
        let answer = try await post(
            "/v1/catalog_items", #"{"sku":"tea","name":"Green tea","unit_amount":\#(unitAmount),"currency":"eur"}"#)
        try #require(answer.status < 300)
    }

    /// All orders of the tenant, the oldest first.
    func orders() async throws -> [Order] {
        try await database.read { connection in
            try OrderStore.list(OrderFilter(), PageRequest(limit: 100), for: tenant.tenant.scope, in: connection)
                .data.reversed()
        }
    }

    /// Makes it longer ago that an order was made and changed.
    func age(_ order: OrderID, by time: Duration) async throws {
        let changed = try await database.write { connection in
            try connection.execute(
                "UPDATE orders SET created_at = created_at - $2, updated_at = updated_at - $2 WHERE id = $1", order,
                time.components.seconds * 1_000_000)
        }
        try #require(changed == 1)
    }

    /// Something happens to an order as an event of Stripe's would tell.
    func move(_ order: Order, by event: OrderEvent) async throws {
        try await database.write { connection in
            _ = try OrderStore.move(order.id, for: order.scope, by: event, cause: OrderCause("test"), in: connection)
        }
    }
}
