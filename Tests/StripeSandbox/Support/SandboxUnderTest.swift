import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import ServiceRuntime

@testable import StripeSandbox

/// A whole sandbox on a port of its own, spoken to over HTTP as anyone would.
struct SandboxUnderTest: Sendable {
    let sandbox: Sandbox
    let base: String
    let drain: @Sendable () async -> Void

    static let key = "sk_test_sandboxtests"
    static let publishableKey = "pk_test_sandboxtests"

    /// Serves while `body` runs.
    static func serve(
        _ settings: SandboxSettings = SandboxSettings(),
        clock: @escaping @Sendable () -> Int64 = Sandbox.systemClock,
        _ body: @Sendable (SandboxUnderTest) async throws -> Void
    ) async throws {
        var settings = settings
        settings.listen = ListenAddress(port: 0)
        let logger = Logger(label: "sandbox-tests") { _ in SwiftLogNoOpLogHandler() }
        let sandbox = try await Sandbox(settings, clock: clock, logger: logger)
        let (addresses, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
        let group = ServiceGroup(
            services: sandbox.services { continuation.yield($0) }, logger: logger)
        let result = await Result {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    defer { continuation.finish() }
                    try await group.run()
                }
                for await address in addresses {
                    let base = "http://\(address)"
                    try await body(
                        SandboxUnderTest(sandbox: sandbox, base: base) { await group.triggerGracefulShutdown() })
                    break
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
        await sandbox.close()
        try result.get()
    }

    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let text: String
        let body: JSON

        var error: JSON { body["error"] }
        var id: String { body["id"].string ?? "" }
        func header(_ name: String) -> String? { headers.first(name: name) }

        var ids: [String] { body["data"].elements.compactMap { $0["id"].string } }
    }

    func get(
        _ path: String, _ query: KeyValuePairs<String, String> = [:], key: String? = key,
        headers: KeyValuePairs<String, String> = [:]
    ) async throws -> Reply {
        try await call(.GET, query.isEmpty ? path : "\(path)?\(Self.form(query))", nil, key, headers)
    }

    func post(
        _ path: String, _ form: KeyValuePairs<String, String> = [:], key: String? = key,
        headers: KeyValuePairs<String, String> = [:]
    ) async throws -> Reply {
        try await call(.POST, path, (Self.form(form), "application/x-www-form-urlencoded"), key, headers)
    }

    func delete(_ path: String, key: String? = key) async throws -> Reply {
        try await call(.DELETE, path, nil, key, [:])
    }

    /// Sets a fault, or whatever else of the control API takes JSON.
    @discardableResult
    func control(_ path: String, _ json: JSON) async throws -> Reply {
        try await call(.POST, path, (json.compact, "application/json"), nil, [:])
    }

    /// A call of the API that takes JSON.
    func postJSON(_ path: String, _ body: JSON, headers: KeyValuePairs<String, String> = [:]) async throws -> Reply {
        try await call(.POST, path, (body.compact, "application/json"), Self.key, headers)
    }

    private func call(
        _ method: HTTPMethod, _ path: String, _ body: (text: String, type: String)?, _ key: String?,
        _ headers: KeyValuePairs<String, String>
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: body.type)
            request.body = .bytes(ByteBuffer(string: body.text))
        }
        let response = try await Self.http.execute(request, timeout: .seconds(60))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        return Reply(
            status: Int(response.status.code), headers: response.headers, text: text,
            body: (try? JSON(reading: text)) ?? nil)
    }

    /// Redirects are looked at, not followed.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(60)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    static func form(_ fields: KeyValuePairs<String, String>) -> String {
        fields.map { "\(escaped($0.key))=\(escaped($0.value))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-_.[]".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension SandboxUnderTest {
    /// What comes later does not come before it is asked for, by `passTime`.
    static func slow() -> SandboxSettings {
        var settings = SandboxSettings()
        settings.asyncDelay = .seconds(3600)
        return settings
    }

    /// Has everything done that would come by itself within these days.
    func passTime(days: Int = 1) async throws {
        try await control("/_sandbox/appointments/hurry?within=\(days * 86400)", [:])
    }

    /// A PaymentIntent of 10.99 USD.
    func intent(_ extra: KeyValuePairs<String, String> = [:], key: String = key) async throws -> Reply {
        let fields: [(String, String)] = [("amount", "1099"), ("currency", "usd")]
        let all = (fields + extra.map { ($0.key, $0.value) }).map { "\($0)=\(Self.escaped($1))" }.joined(separator: "&")
        return try await call(
            .POST, "/v1/payment_intents", (all, "application/x-www-form-urlencoded"), key, [:])
    }

    /// The types of all events, oldest first.
    func eventTypes() async throws -> [String] {
        try await get("/v1/events", ["limit": "100"]).body["data"].elements.reversed().compactMap { $0["type"].string }
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous body came to.
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
