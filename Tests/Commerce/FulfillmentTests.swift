import Commerce
import Database
import Foundation
import Messaging
import TestSupport
import Testing

@Suite struct FulfillmentTests {
    @Test(arguments: Engine.all)
    func `without a storefront to tell, a paid order is active at once`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let after = try await follow(shop, order, .paymentSucceeded)
            #expect(after.status == .active && after.activatedAt == TestClock.start)
            #expect(try await shop.history(order).map(\.to) == [.pending, .paid, .active])
            #expect(try await deliveries(shop).isEmpty)
            let failed = try await follow(
                shop, shop.order(), .paymentFailed(OrderFailure(code: "x", message: "y")))
            #expect(failed.status == .failed)
            #expect(try await deliveries(shop).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a paid order is active once its storefront took it in`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await shop.order()
            #expect(try await follow(shop, order, .paymentSucceeded).status == .paid)
            let payload = try #require(await deliveries(shop).first)
            #expect(payload.type == .orderActivated && payload.order == order.id)
            #expect(payload.message.rawValue.hasPrefix("msg_"))

            // An hour and five tries later.
            try await shop.test.advance(by: .seconds(3600))
            let move = try await shop.database.write {
                try Fulfillment.acknowledge(payload, of: shop.tenant.id, in: $0)
            }
            #expect(move?.moved == true && move?.order.status == .active)
            #expect(try await shop.reload(order).activatedAt == payload.created * 1_000_000)

            // What the storefront was shown is what the order is now.
            let body = try #require(JSONSerialization.jsonObject(with: Data(payload.body.utf8)) as? [String: Any])
            #expect(body["id"] as? String == payload.message.rawValue)
            #expect(body["type"] as? String == "order.activated")
            #expect(body["created"] as? Int64 == payload.created)
            let shown = try #require((body["data"] as? [String: Any])?["object"] as? [String: Any])
            let now = try json(OrderJSON(try await shop.reload(order)))
            #expect(NSDictionary(dictionary: shown) == NSDictionary(dictionary: now))
            #expect(shown["client_secret"] == nil)

            let again = try await shop.database.write {
                try Fulfillment.acknowledge(payload, of: shop.tenant.id, in: $0)
            }
            #expect(again?.moved == false && again?.anomaly == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `each move is told once, a repeated event not again`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await shop.order()
            let declined = OrderEvent.paymentFailed(OrderFailure(code: "x", message: "y"))
            for event in [.actionRequired(.read), declined, .processingStarted(.read), .paymentSucceeded]
                as [OrderEvent]
            {
                for _ in 0..<3 {
                    _ = try await follow(shop, order, event)
                    // Delivered: the job's unique key no longer stands in the way of a second one.
                    try await shop.database.write { try $0.execute("UPDATE jobs SET state = 'done', finished_at = 1") }
                }
            }
            #expect(
                try await deliveries(shop).map(\.type) == [.orderRequiresAction, .orderFailed, .orderActivated])
            let canceled = try await shop.order()
            _ = try await follow(shop, canceled, .canceled)
            #expect(try await deliveries(shop).last?.type == .orderCanceled)
        }
    }

    @Test(arguments: Engine.all)
    func `what was paid too little is neither active nor told`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await shop.order()
            let after = try await shop.database.write { connection in
                let move = try OrderStore.apply(
                    intent("succeeded", amount: 1), .read, to: order.id, for: order.scope, cause: OrderCause("x"),
                    in: connection)
                return try Fulfillment.follow(move, in: connection)
            }
            #expect(after.status == .pending)
            #expect(try await deliveries(shop).isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a move and its delivery are stored together or not at all`(on engine: Engine) async throws {
        struct Crash: Error {}
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await shop.order()
            await #expect(throws: Crash.self) {
                try await shop.database.write { connection in
                    let move = try OrderStore.move(
                        order.id, for: order.scope, by: .paymentSucceeded, cause: OrderCause("x"), in: connection)
                    _ = try Fulfillment.follow(move, in: connection)
                    throw Crash()
                }
            }
            #expect(try await deliveries(shop).isEmpty)
            #expect(try await shop.reload(order).status == .pending)
        }
    }

    @Test(arguments: Engine.all)
    func `a failed order's message changes nothing when it arrives`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example") { shop in
            let order = try await shop.order()
            _ = try await follow(shop, order, .paymentFailed(OrderFailure(code: "x", message: "y")))
            let payload = try #require(await deliveries(shop).first)
            let move = try await shop.database.write {
                try Fulfillment.acknowledge(payload, of: shop.tenant.id, in: $0)
            }
            #expect(move == nil)
        }
    }

    private func follow(_ shop: Shop, _ order: Order, _ event: OrderEvent) async throws -> Order {
        try await shop.database.write { connection in
            let move = try OrderStore.move(
                order.id, for: order.scope, by: event, cause: OrderCause(event.name), in: connection)
            return try Fulfillment.follow(move, in: connection)
        }
    }

    private func deliveries(_ shop: Shop) async throws -> [DeliveryPayload] {
        let queue = JobQueue(shop.database)
        var payloads: [DeliveryPayload] = []
        for job in try await queue.jobs(JobFilter(kind: .deliverToStorefront), limit: 100).reversed() {
            let payload = try #require(try await queue.payload(of: job.id))
            payloads.append(try JSONDecoder().decode(DeliveryPayload.self, from: Data(payload.utf8)))
        }
        return payloads
    }
}
