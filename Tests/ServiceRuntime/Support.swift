import Glibc
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import ServiceRuntime

/// The settings of a service under test: any free port.
func commonSettings(_ flags: [String] = []) -> CommonSettings {
    var reader = SettingsReader(arguments: ["test"] + flags, environment: [:])
    let settings = CommonSettings(reading: &reader, listenSetting: "TEST_LISTEN", listen: ListenAddress(port: 0))
    #expect(reader.faultLines == [])
    return settings
}

/// A service under test that really listens.
struct LiveService: Sendable {
    let address: ListenAddress
    let readiness: Readiness
    let registry: PrometheusRegistry
    let log: LogCapture
    let signals: ShutdownSignals
    private let isTerminated = Locked(false)

    init(
        address: ListenAddress, readiness: Readiness, registry: PrometheusRegistry, log: LogCapture,
        signals: ShutdownSignals
    ) {
        self.address = address
        self.readiness = readiness
        self.registry = registry
        self.log = log
        self.signals = signals
    }

    /// What SIGTERM does; only the first call counts.
    func terminate() {
        let isFirst = isTerminated.withLock { done in
            defer { done = true }
            return !done
        }
        if isFirst { signals.received(SIGTERM) }
    }
}

/// Runs a service around `body`, then shuts it down; returns what the run ended with. A service that does not come to
/// listen never gets to `body`.
@discardableResult
func withService(
    _ parts: ServiceParts, flags: [String] = [], notice: Duration = .zero,
    end: @escaping @Sendable (ShutdownSignals.Ending) -> Void = { _ in },
    _ body: @escaping @Sendable (LiveService) async throws -> Void
) async throws -> (any Error)? {
    let log = LogCapture()
    let environment = ServiceEnvironment(
        name: "test", logger: log.logger(), readiness: Readiness(), registry: PrometheusRegistry(),
        common: commonSettings(flags))
    let signals = ShutdownSignals([], end: end)
    let (addresses, found) = AsyncStream<ListenAddress>.makeStream()
    let run = ServiceRun(
        environment: environment, parts: parts, signals: signals, notice: notice, onListening: { found.yield($0) })
    async let failure = {
        defer { found.finish() }
        return await run.run()
    }()
    if let address = await addresses.first(where: { _ in true }) {
        let service = LiveService(
            address: address, readiness: environment.readiness, registry: environment.registry, log: log,
            signals: signals)
        do {
            try await body(service)
        } catch {
            service.terminate()
            _ = await failure
            throw error
        }
        service.terminate()
    }
    return await failure
}

/// A bare TCP connection: says exactly what it is told to.
enum Connection {
    /// Connects, and disconnects when `body` is done.
    static func with<T: Sendable>(
        _ address: ListenAddress, _ body: (inout Lines, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> T
    ) async throws -> T {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var lines = Lines(inbound.makeAsyncIterator())
            return try await body(&lines, outbound)
        }
    }

    /// What comes in.
    struct Lines {
        private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private var buffered = ""

        init(_ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) {
            self.iterator = iterator
        }

        /// Everything up to and including `end`; what there is if the connection closes before.
        mutating func read(to end: String) async throws -> String {
            while true {
                if let range = buffered.firstRange(of: end) {
                    defer { buffered = String(buffered[range.upperBound...]) }
                    return String(buffered[..<range.upperBound])
                }
                guard let chunk = try await iterator.next() else {
                    defer { buffered = "" }
                    return buffered
                }
                buffered += String(buffer: chunk)
            }
        }

        /// Everything until the other side closes.
        mutating func readToEnd() async throws -> String {
            do {
                while let chunk = try await iterator.next() { buffered += String(buffer: chunk) }
            } catch is IOError {
                buffered += "<reset>"
            }
            return buffered
        }

        /// One answer with a Content-Length.
        mutating func response() async throws -> String {
            let head = try await read(to: "\r\n\r\n")
            guard let length = head.firstMatch(of: /(?i)content-length: (\d+)/).flatMap({ Int($0.1) }) else {
                return head
            }
            while buffered.utf8.count < length, let chunk = try await iterator.next() {
                buffered += String(buffer: chunk)
            }
            let body = String(decoding: buffered.utf8.prefix(length), as: UTF8.self)
            buffered = String(buffered.dropFirst(body.count))
            return head + body
        }
    }
}

extension NIOAsyncChannelOutboundWriter<ByteBuffer> {
    func send(_ text: String) async throws {
        try await write(ByteBuffer(string: text))
    }
}

/// An application for requests in the same process, without a socket.
func application(
    bodyLimit: Int = 1 << 20, readiness: Readiness = Readiness(), registry: PrometheusRegistry = PrometheusRegistry(),
    log: LogCapture = LogCapture(), _ routes: @escaping @Sendable (Router<AppRequestContext>) -> Void
) -> Application<ServiceResponder> {
    HTTPServer(bodyLimit: bodyLimit, routes: routes).application(
        listen: ListenAddress(port: 0), readiness: readiness, registry: registry, logger: log.logger())
}

extension TestClientProtocol {
    /// One request.
    func send(
        uri: String, method: HTTPRequest.Method, headers: HTTPFields = [:], body: ByteBuffer? = nil
    ) async throws -> TestResponse {
        try await executeRequest(uri: uri, method: method, headers: headers, body: body)
    }
}

/// The text of a request.
func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }
