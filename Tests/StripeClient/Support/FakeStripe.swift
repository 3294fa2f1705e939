import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP server on a free port of 127.0.0.1 that answers what the test tells it to, and looks at every request as
/// closely as Stripe does.
final class FakeStripe: Sendable {
    struct Request: Sendable {
        /// Counted from 1.
        let number: Int
        let method: HTTPMethod
        let uri: String
        let headers: HTTPHeaders
        let body: String

        func header(_ name: String) -> String? { headers.first(name: name) }
    }

    enum Reply: Sendable {
        case answer(Int, headers: [String: String] = [:], _ body: String = "{}")
        /// The connection closes without an answer.
        case drop
        /// The connection closes in the middle of the body.
        case dropInBody
        case hang
        case hangInBody
        /// A body that never ends.
        case endless
        /// A head that promises a body of this many bytes.
        case huge(Int)
    }

    private struct State {
        var requests: [Request] = []
        /// What was wrong with requests; empty at the end of every test.
        var faults: [String] = []
    }

    let script: @Sendable (Request) -> Reply
    private let state = Mutex(State())

    init(script: @escaping @Sendable (Request) -> Reply) {
        self.script = script
    }

    var requests: [Request] { state.withLock { $0.requests } }
    var faults: [String] { state.withLock { $0.faults } }

    /// Listens until the test is done with it; with `certificate`, by TLS.
    func listen(certificate: NIOSSLContext? = nil) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let certificate { try pipeline.addHandler(NIOSSLServerHandler(context: certificate)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(FakeStripeConnection(server: self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func receive(_ head: HTTPRequestHead, body: String) -> Reply {
        let request = state.withLock { state in
            let request = Request(
                number: state.requests.count + 1, method: head.method, uri: head.uri, headers: head.headers, body: body)
            state.requests.append(request)
            state.faults += Self.faults(of: request)
            return request
        }
        return script(request)
    }

    private static func faults(of request: Request) -> [String] {
        var faults: [String] = []
        for name in Set(request.headers.map { $0.name.lowercased() }) where request.headers[name].count != 1 {
            faults.append("\(name) is there more than once")
        }
        if request.header("Stripe-Version") != "2026-10-28.endive" { faults.append("the version is not pinned") }
        if !request.uri.hasPrefix("/v1/"), !request.uri.hasPrefix("/v2/") {
            faults.append("no path of Stripe's: \(request.uri)")
        }
        if (request.method == .POST) != (request.header("Idempotency-Key") != nil) {
            faults.append("\(request.method) with idempotency key \(request.header("Idempotency-Key") ?? "none")")
        }
        if request.method != .POST, !request.body.isEmpty { faults.append("\(request.method) with a body") }
        if (request.uri + request.body).contains("payment_method_types") { faults.append("payment_method_types") }
        if !request.body.isEmpty, request.header("Content-Type") != "application/x-www-form-urlencoded" {
            faults.append("body of type \(request.header("Content-Type") ?? "none")")
        }
        if request.method == .POST, request.header("Content-Length") != String(request.body.utf8.count) {
            faults.append("content length \(request.header("Content-Length") ?? "none")")
        }
        return faults
    }
}
