import AsyncHTTPClient
import Commerce
import Database
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import ServiceRuntime
import StripeModels
import Synchronization
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct StreamTests {
    @Test(arguments: Engine.all)
    func `a stream shows the order at once, every change, and its end`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let order = try await api.pay()
            let row = try await api.orders()[0]
            var stream = try await api.follow(row, clientSecret: order["client_secret"])
            #expect(try await stream.next() == .order("pending"))
            let moves: [(OrderEvent, String)] = [
                (.actionRequired(.reported), "requires_action"),
                (.paymentFailed(OrderFailure(code: "card_declined", message: "No.")), "failed"),
                (.paymentSucceeded, "paid"), (.activated, "active"),
            ]
            for (event, status) in moves {
                try await api.move(row, by: event)
                #expect(try await stream.next() == .order(status))
            }
            #expect(try await stream.next() == .end)
            #expect(try await stream.next() == nil)
            try await eventually { api.watch.count == 0 }
        }
    }

    @Test(arguments: [OrderStatus.active, .canceled])
    func `a stream of an order whose checkout is over says so and ends`(status: OrderStatus) async throws {
        try await withAPI { api in
            _ = try await api.pay()
            let row = try await api.orders()[0]
            for event in status == .canceled ? [OrderEvent.canceled] : [.paymentSucceeded, .activated] {
                try await api.move(row, by: event)
            }
            var stream = try await api.follow(row)
            #expect(try await stream.next() == .order(status.rawValue))
            #expect(try await stream.next() == .end)
            #expect(try await stream.next() == nil)
        }
    }

    @Test func `many streams see the same change`() async throws {
        try await withAPI { api in
            _ = try await api.pay()
            let row = try await api.orders()[0]
            var streams: [EventReader] = []
            for _ in 0..<5 { streams.append(try await api.follow(row)) }
            for index in streams.indices { #expect(try await streams[index].next() == .order("pending")) }
            try await api.move(row, by: .canceled)
            for index in streams.indices {
                #expect(try await streams[index].next() == .order("canceled"))
                #expect(try await streams[index].next() == .end)
            }
        }
    }

    @Test func `a shutdown ends the stream without an end, and in good order`() async throws {
        try await withAPI { api in
            _ = try await api.pay()
            var stream = try await api.follow(try await api.orders()[0])
            #expect(try await stream.next() == .order("pending"))
            await api.group.triggerGracefulShutdown()
            #expect(try await stream.next() == nil)
        }
    }

    @Test func `a change in another process is seen as well`() async throws {
        try await withAPI { api in
            _ = try await api.pay()
            let row = try await api.orders()[0]
            var stream = try await api.follow(row)
            #expect(try await stream.next() == .order("pending"))
            let other = try api.test.openAgain()
            _ = try await other.write { connection in
                try OrderStore.move(
                    row.id, for: row.scope, by: .paymentSucceeded, cause: OrderCause("test"), in: connection)
            }
            await other.close()
            #expect(try await stream.next() == .order("paid"))
        }
    }

    @Test func `a stream is cut off in the end, and then opened again`() async throws {
        try await withAPI { api in
            _ = try await api.pay()
            let row = try await api.orders()[0]
            let watch = OrderWatch(
                database: api.database, poll: .milliseconds(1), longest: .milliseconds(50), logger: api.log.logger())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                var seen: [String?] = []
                for await event in try watch.follow(row) { seen.append(event.event) }
                #expect(seen == ["order"])
                #expect(watch.count == 0)
                group.cancelAll()
            }
        }
    }

    @Test func `there are only so many streams, and one that nobody reads is none`() async throws {
        try await withAPI { api in
            _ = try await api.pay()
            let row = try await api.orders()[0]
            let watch = OrderWatch(database: api.database, capacity: 1, logger: api.log.logger())
            func open() throws -> Bool {
                let events = try watch.follow(row)
                #expect(throws: APIError.self) { try watch.follow(row) }
                return withExtendedLifetime(events) { watch.count == 1 }
            }
            #expect(try open())
            #expect(watch.count == 0)
            #expect(try open())
        }
    }

    @Test func `asking for the head alone takes no place`() async throws {
        try await withAPI { api in
            let id = try await api.pay()["id"] ?? ""
            for _ in 0..<3 {
                let answer = try await api.send(api.request(.HEAD, "/v1/orders/\(id)/stream", key: api.secretKey))
                #expect(answer.status == 200)
                #expect(answer[header: "Content-Type"] == "text/event-stream; charset=utf-8")
            }
            #expect(api.watch.count == 0)
        }
    }

    @Test func `one order has only so many streams, and leaves room for the others`() async throws {
        try await withAPI { api in
            for _ in 0..<2 { _ = try await api.pay() }
            let rows = try await api.orders()
            let watch = OrderWatch(database: api.database, perOrder: 3, logger: api.log.logger())
            var streams = try (0..<3).map { _ in try watch.follow(rows[0]) }
            let refusal = #expect(throws: APIError.self) { try watch.follow(rows[0]) }
            #expect(refusal?.status == .tooManyRequests)
            #expect(refusal?.code == "too_many_streams")
            streams.append(try watch.follow(rows[1]))
            #expect(watch.count == 4)
            streams.removeFirst()
            streams.append(try watch.follow(rows[0]))
            #expect(watch.count == 4)
            streams = []
            #expect(watch.count == 0)
        }
    }

    @Test func `changes in quick succession are read in one pass`() async throws {
        try await withAPI { api in
            _ = try await api.pay()
            let row = try await api.orders()[0]
            let gate = Gate()
            let pauses = Mutex(0)
            let watch = OrderWatch(database: api.database, poll: .milliseconds(1), logger: api.log.logger()) { _ in
                pauses.withLock { $0 += 1 }
                await gate.wait()
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                var events = try watch.follow(row).makeAsyncIterator()
                #expect(await events.next()?.event == "order")
                try await eventually { pauses.withLock { $0 } == 1 }
                for event in [OrderEvent.actionRequired(.read), .processingStarted(.read), .paymentSucceeded] {
                    try await api.move(row, by: event)
                }
                await gate.open()
                #expect(await events.next()?.data.contains("\"status\":\"paid\"") == true)
                group.cancelAll()
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a change of one among many orders is found`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let new = try NewOrder(amount: 1999, currency: Currency(validating: "eur"))
            let rows = try await api.database.write { connection in
                try (0..<150).map { _ in
                    try OrderStore.insert(
                        new, for: api.tenant.tenant.scope, cause: OrderCause("test"), in: connection)
                }
            }
            let watch = OrderWatch(database: api.database, poll: .milliseconds(1), logger: api.log.logger())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                var streams = try rows.map { try watch.follow($0).makeAsyncIterator() }
                for index in streams.indices { #expect(await streams[index].next()?.event == "order") }
                for index in [0, 99, 100, 149] {
                    try await api.move(rows[index], by: .canceled)
                    #expect(await streams[index].next()?.data.contains("\"status\":\"canceled\"") == true)
                    #expect(await streams[index].next()?.event == "end")
                }
                group.cancelAll()
            }
        }
    }

    @Test func `a reader too slow for every change gets the newest, and the end`() async throws {
        try await withAPI { api in
            _ = try await api.pay()
            let row = try await api.orders()[0]
            let (watcher, events) = OrderWatcher.open(row, closing: .now + .seconds(60))
            try watcher.observe(row)
            for event in [OrderEvent.processingStarted(.read), .paymentSucceeded, .activated] {
                try await api.move(row, by: event)
                try watcher.observe(try await api.orders()[0])
                try watcher.observe(row)
            }
            var seen: [String] = []
            for await event in events { seen.append(event.event ?? "") }
            #expect(seen == ["order", "end"])
        }
    }
}

/// Something that a stream sent.
enum Sent: Equatable {
    case order(String)
    case end
    case other(String)
}

/// Reads server-sent events as a browser does.
struct EventReader {
    private var body: HTTPClientResponse.Body.AsyncIterator
    private var text = ""

    init(_ response: HTTPClientResponse) {
        body = response.body.makeAsyncIterator()
    }

    /// The next event; nil once the stream ended as it should.
    mutating func next() async throws -> Sent? {
        while true {
            while let end = text.firstRange(of: "\n\n") {
                let block = text[..<end.lowerBound].split(separator: "\n")
                text.removeSubrange(..<end.upperBound)
                let event = block.first { $0.hasPrefix("event: ") }?.dropFirst(7)
                guard let data = block.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6) else { continue }
                guard event == "order" else { return event == "end" ? .end : .other(String(event ?? "")) }
                let object = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
                guard object?["client_secret"] == nil else { return .other("a client secret") }
                return .order(object?["status"] as? String ?? "")
            }
            guard let chunk = try await body.next() else { return nil }
            text += String(buffer: chunk)
        }
    }
}

extension RunningAPI {
    /// - Parameter clientSecret: follows as a page does, with the publishable key.
    func follow(_ order: Order, clientSecret: String? = nil) async throws -> EventReader {
        let query = clientSecret.map { "?client_secret=\($0)" } ?? ""
        let request = request(
            .GET, "/v1/orders/\(order.id)/stream\(query)", key: clientSecret == nil ? secretKey : publishableKey)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status == .ok)
        #expect(response.headers.first(name: "Content-Type") == "text/event-stream; charset=utf-8")
        #expect(response.headers.first(name: "Cache-Control") == "no-store")
        return EventReader(response)
    }
}
