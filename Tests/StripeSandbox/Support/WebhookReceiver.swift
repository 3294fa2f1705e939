import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import StripeModels
import Synchronization

@testable import StripeSandbox

/// A server that takes webhooks and answers as it is told.
final class WebhookReceiver: Sendable {
    struct Delivery: Sendable {
        let body: [UInt8]
        let signature: String
        let event: JSON

        var type: String { event["type"].string ?? "" }
    }

    let url: String
    private let deliveries: AsyncStream<Delivery>

    private init(url: String, deliveries: AsyncStream<Delivery>) {
        self.url = url
        self.deliveries = deliveries
    }

    /// Receives while `body` runs.
    /// - Parameter statuses: what to answer, in order; 200 once they are used up.
    static func receive(
        answering statuses: [Int] = [], _ body: @Sendable (WebhookReceiver) async throws -> Void
    ) async throws {
        let (deliveries, received) = AsyncStream.makeStream(of: Delivery.self)
        let answers = Mutex(statuses[...])
        let router = Router()
        router.post("/hook") { request, _ -> HTTPResponse.Status in
            let signature = HTTPField.Name("Stripe-Signature").flatMap { request.headers[$0] } ?? ""
            let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 20))
            let event = try JSON(reading: String(decoding: bytes, as: UTF8.self))
            received.yield(Delivery(body: bytes, signature: signature, event: event))
            return HTTPResponse.Status(code: answers.withLock { $0.popFirst() } ?? 200)
        }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "webhook-receiver") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(services: [application], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
            }
            for await port in ports {
                try await body(WebhookReceiver(url: "http://127.0.0.1:\(port)/hook", deliveries: deliveries))
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// The next deliveries, once there are so many.
    func next(_ count: Int) async -> [Delivery] {
        var all: [Delivery] = []
        guard count > 0 else { return all }
        for await delivery in deliveries {
            all.append(delivery)
            if all.count == count { break }
        }
        return all
    }
}
