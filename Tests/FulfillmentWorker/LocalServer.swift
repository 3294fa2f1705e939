import Hummingbird
import Logging
import NIOCore

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Serves `router` on a free port of 127.0.0.1 beside `body`.
func withServer<Result: Sendable>(
    _ router: Router<BasicRequestContext>, _ body: @escaping @Sendable (_ port: Int) async throws -> Result
) async throws -> Result {
    let (ports, started) = AsyncStream<Int>.makeStream()
    let application = Application(
        responder: router.buildResponder(),
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { started.yield($0.localAddress?.port ?? 0) }, logger: quiet)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
            try await application.run()
            return nil
        }
        group.addTask {
            for await port in ports { return try await body(port) }
            return nil
        }
        let result = try await group.next()
        group.cancelAll()
        // The server ends with the cancellation that was just asked for.
        while let ended = await group.nextResult() { _ = ended }
        guard let result = result ?? nil else { throw ServerEnded() }
        return result
    }
}

struct ServerEnded: Error {}
