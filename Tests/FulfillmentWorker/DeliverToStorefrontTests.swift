import Commerce
import Database
import Foundation
import HTTPTypes
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

@testable import FulfillmentWorker

@Suite(.timeLimit(.minutes(2))) struct DeliverToStorefrontTests {
    @Test(arguments: Engine.all)
    func `a delivery is a signed POST of the order as it is once it was taken in`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.paidOrder()
            let delivery = try #require(shop.storefront.deliveries.first)
            #expect(shop.storefront.deliveries.count == 1)
            #expect(delivery.isSigned(by: shop.tenant.fulfillmentSecret.exposed))
            // The database's time, which this host's is not.
            #expect((0..<60).contains(try #require(Int64(delivery["webhook-timestamp"])) - Shop.now))
            #expect(delivery["content-type"] == "application/json")
            #expect(delivery["authorization"] == "" && delivery["cookie"] == "")

            let message = try #require(
                try JSONSerialization.jsonObject(with: Data(delivery.body)) as? [String: Any])
            #expect(message["id"] as? String == delivery["webhook-id"])
            #expect(delivery["webhook-id"].hasPrefix("msg_"))
            #expect(message["type"] as? String == "order.activated")
            let created = try #require(message["created"] as? Int64)
            let object = try #require((message["data"] as? [String: Any])?["object"] as? [String: Any])
            #expect(object["id"] as? String == order.id.rawValue)
            #expect(object["status"] as? String == "active")
            #expect(object["amount"] as? Int64 == 1999)
            #expect(object["activated_at"] as? Int64 == created)
            #expect(object["client_secret"] == nil)
            // What the storefront was shown is what is stored.
            #expect(try await shop.now(order)?.activatedAt == created * 1_000_000)
        }
    }

    @Test(arguments: Engine.all)
    func `every try sends the same bytes under the same id, signed anew, and 2xx ends it`(
        on engine: Engine
    ) async throws {
        try await withShop(on: engine) { shop in
            shop.storefront.answer(.init(status: .internalServerError), .init(status: .tooManyRequests), .init())
            let order = try await shop.paidOrder()
            #expect(try await shop.status(of: order) == .paid)
            for wait in [6, 360] as [Int64] {
                let job = try #require(try await shop.jobs(.deliverToStorefront).first)
                #expect(job.state == "scheduled")
                let nominal = wait == 6 ? 5.0 : 300.0
                let pause = Double(job.runAt - shop.test.clock.now) / 1e6
                #expect((nominal * 0.8...nominal * 1.2).contains(pause))
                try await shop.test.advance(by: .seconds(wait))
                #expect(try await shop.work() == 1)
            }
            #expect(try await shop.status(of: order) == .active)
            let deliveries = shop.storefront.deliveries
            #expect(deliveries.count == 3)
            #expect(Set(deliveries.map(\.body)).count == 1)
            #expect(Set(deliveries.map { $0["webhook-id"] }).count == 1)
            #expect(Set(deliveries.map { $0["webhook-timestamp"] }).count == 3)
            #expect(deliveries.allSatisfy { $0.isSigned(by: shop.tenant.fulfillmentSecret.exposed) })
            #expect(try await shop.jobs(.deliverToStorefront).map(\.state) == ["done"])
        }
    }

    @Test(arguments: Engine.all)
    func `a schedule that is used up ends in the dead letters, and the order stays paid`(
        on engine: Engine
    ) async throws {
        try await withShop(on: engine) { shop in
            shop.storefront.answer(.init(status: .badGateway))
            let order = try await shop.paidOrder()
            for _ in Shop.schedule {
                try await shop.test.advance(by: .seconds(400))
                #expect(try await shop.work() == 1)
            }
            let job = try #require(try await shop.jobs(.deliverToStorefront).first)
            #expect(job.state == "dead" && job.attempt == 3)
            #expect(job.lastError == "The storefront answered 502.")
            #expect(try await shop.status(of: order) == .paid)
        }
    }

    @Test(arguments: [200, 201, 204, 299])
    func `any 2xx is an acknowledgement`(_ status: Int) async throws {
        try await withShop(on: .sqlite) { shop in
            shop.storefront.answer(.init(status: .init(code: status), body: ""))
            let order = try await shop.paidOrder()
            #expect(try await shop.status(of: order) == .active)
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is not followed and is tried again`(_ status: Int) async throws {
        try await withShop(on: .sqlite) { shop in
            shop.storefront.answer(
                .init(status: .init(code: status), headers: [.location: shop.fulfillmentURL]), .init())
            let order = try await shop.paidOrder()
            #expect(shop.storefront.deliveries.count == 1)
            #expect(try await shop.status(of: order) == .paid)
            let job = try #require(try await shop.jobs(.deliverToStorefront).first)
            #expect(job.state == "scheduled")
            #expect(job.lastError?.contains("redirect (\(status))") == true)
        }
    }

    /// What a 503 asks for, and the seconds that may pass until the next try.
    static let waits: [(header: String, seconds: ClosedRange<Double>)] = [
        ("120", 120...144),
        ("0", 4...6), ("1", 4...6), ("soon", 4...6), ("-5", 4...6),
        ("Sun, 22 Nov 2026 00:02:00 GMT", 60...144),
        ("Sat, 21 Nov 2026 00:02:00 GMT", 4...6),
        ("99999999999999999999", 86_400...103_680),
    ]

    @Test(arguments: waits)
    func `Retry-After puts the next try off by up to a fifth more, never closer, and by a day at most`(
        _ wait: (header: String, seconds: ClosedRange<Double>)
    ) async throws {
        try await withShop(on: .sqlite) { shop in
            shop.storefront.answer(.init(status: .serviceUnavailable, headers: [.retryAfter: wait.header]))
            _ = try await shop.paidOrder()
            let job = try #require(try await shop.jobs(.deliverToStorefront).first)
            #expect(wait.seconds.contains(Double(job.runAt - shop.test.clock.now) / 1e6))
        }
    }

    @Test(arguments: Engine.all)
    func `410 disables the destination until its URL is set again`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            shop.storefront.answer(.init(status: .gone), .init())
            let first = try await shop.paidOrder()
            #expect(try await shop.tenants.get(shop.tenant.tenant.id)?.destinationDisabledAt != nil)
            let job = try #require(try await shop.jobs(.deliverToStorefront).first)
            #expect(job.state == "dead")
            #expect(job.lastError?.contains("410") == true)

            // Nothing more is sent there; nothing is lost either.
            let second = try await shop.paidOrder(intent: "pi_2", event: "evt_2")
            #expect(shop.storefront.deliveries.count == 1)
            #expect(try await shop.jobs(.deliverToStorefront).map(\.state) == ["dead", "dead"])
            #expect(try await shop.status(of: second) == .paid)

            var update = TenantUpdate()
            update.fulfillmentURL = .set(shop.fulfillmentURL)
            _ = try await shop.tenants.update(shop.tenant.tenant.id, update)
            let third = try await shop.paidOrder(intent: "pi_3", event: "evt_3")
            #expect(try await shop.status(of: third) == .active)
            #expect(try await shop.status(of: first) == .paid)
        }
    }

    @Test(arguments: ["http://127.0.0.1:9/hook", "https://10.0.0.1/hook", "https://[::1]/", "https://localhost/"])
    func `a private destination is not called, and asked for again later`(_ url: String) async throws {
        try await withShop(on: .sqlite, ShopOptions(fulfillmentURL: url, allowPrivate: false)) { shop in
            let order = try await shop.paidOrder()
            let job = try #require(try await shop.jobs(.deliverToStorefront).first)
            #expect(job.state == "scheduled" && job.attempt == 1)
            #expect((4_000_000...6_000_000).contains(job.runAt - shop.test.clock.now))
            #expect(job.lastError?.hasPrefix("The fulfillment URL is refused: ") == true)
            #expect(try await shop.status(of: order) == .paid)
        }
    }

    @Test(arguments: Engine.all)
    func `a refused URL that is set right heals the deliveries that wait`(on engine: Engine) async throws {
        try await withShop(on: engine, ShopOptions(fulfillmentURL: "http://169.254.1.1/hook")) { shop in
            let order = try await shop.paidOrder()
            #expect(try await shop.status(of: order) == .paid)
            var update = TenantUpdate()
            update.fulfillmentURL = .set(shop.fulfillmentURL)
            _ = try await shop.tenants.update(shop.tenant.tenant.id, update)
            try await shop.test.advance(by: .seconds(6))
            #expect(try await shop.work() == 1)
            #expect(try await shop.status(of: order) == .active)
        }
    }

    @Test func `a name that leads to a private address is not called, and asked for again later`() async throws {
        let options = ShopOptions(
            fulfillmentURL: "https://rebound.example/hook", allowPrivate: false,
            resolve: { host, port in try await DestinationPolicy(allowPrivate: false).resolve("127.0.0.1", port: port) }
        )
        try await withShop(on: .sqlite, options) { shop in
            let order = try await shop.paidOrder()
            let job = try #require(try await shop.jobs(.deliverToStorefront).first)
            #expect(job.state == "scheduled")
            #expect(job.lastError?.contains("private") == true)
            #expect(try await shop.status(of: order) == .paid)
        }
    }

    @Test(arguments: Engine.all)
    func `a tenant that gave up its URL has nobody to be told`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            shop.storefront.answer(.init(status: .badGateway))
            let order = try await shop.paidOrder()
            var update = TenantUpdate()
            update.fulfillmentURL = .clear
            _ = try await shop.tenants.update(shop.tenant.tenant.id, update)
            try await shop.test.advance(by: .seconds(10))
            #expect(try await shop.work() == 1)
            #expect(try await shop.status(of: order) == .active)
            #expect(shop.storefront.deliveries.count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a decline is told and makes nothing active`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let declined = IntentJSON(status: "requires_payment_method", declined: "expired_card")
            shop.stripe.put(declined, in: Shop.stripeKey)
            try await shop.receive(declined, type: "payment_intent.payment_failed")
            try await shop.work()
            let delivery = try #require(shop.storefront.deliveries.first)
            #expect(delivery.text.contains(#""type":"order.failed""#))
            #expect(delivery.text.contains(#""expired_card""#))
            #expect(try await shop.status(of: order) == .failed)
        }
    }

    @Test(arguments: Engine.all, ["payment_intent.payment_failed", "payment_intent.requires_action"])
    func `a message that was overtaken by the payment is not sent any more`(
        on engine: Engine, type: String
    ) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let early =
                type == "payment_intent.requires_action"
                ? IntentJSON(status: "requires_action")
                : IntentJSON(status: "requires_payment_method", declined: "expired_card")
            shop.stripe.put(early, in: Shop.stripeKey)
            shop.storefront.answer(.init(status: .serviceUnavailable), .init())
            try await shop.receive(early, type: type, id: "evt_1")
            try await shop.work()
            try await shop.receive(IntentJSON(), id: "evt_2")
            try await shop.work()
            #expect(try await shop.status(of: order) == .active)

            try await shop.test.advance(by: .seconds(6))
            #expect(try await shop.work() == 1)
            #expect(shop.storefront.deliveries.count == 2)
            #expect(shop.storefront.deliveries.last?.text.contains(#""order.activated""#) == true)
            #expect(try await shop.jobs(.deliverToStorefront).map(\.state) == ["done", "done"])
            #expect(try await shop.status(of: order) == .active)
        }
    }

    @Test(arguments: Engine.all)
    func `a claim that died uses up no step of the schedule`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await shop.order()
            try await shop.receive(IntentJSON())
            #expect(try await shop.work(atMost: 1) == 1)
            for _ in 0...Shop.schedule.count {
                #expect(try await shop.queue.claim([.deliverToStorefront], limit: 1, lease: .seconds(30)).count == 1)
                try await shop.test.advance(by: .seconds(31))
            }
            shop.storefront.answer(.init(status: .serviceUnavailable, headers: [.retryAfter: "120"]))
            #expect(try await shop.work() == 1)
            let job = try #require(try await shop.jobs(.deliverToStorefront).first)
            #expect(job.state == "scheduled")
            #expect((120_000_000...144_000_000).contains(job.runAt - shop.test.clock.now))
        }
    }

    @Test(arguments: Engine.all)
    func `a delivery whose lease was lost is sent again under its id, and the order moves once`(
        on engine: Engine
    ) async throws {
        try await withShop(on: engine) { shop in
            _ = try await shop.order()
            try await shop.receive(IntentJSON())
            #expect(try await shop.work(atMost: 1) == 1)
            shop.storefront.beforeAnswering {
                // The worker hangs after the storefront took it in; the job goes to another one.
                try? await shop.test.advance(by: .seconds(31))
                _ = try? await shop.queue.claim([.deliverToStorefront], limit: 1, lease: .seconds(1))
            }
            #expect(try await shop.work(atMost: 1) == 1)
            try await shop.test.advance(by: .seconds(2))
            #expect(try await shop.work() == 1)
            #expect(shop.storefront.deliveries.count == 2)
            #expect(Set(shop.storefront.deliveries.map { $0["webhook-id"] }).count == 1)
            let orders = try await shop.database.read { try OperatorOrders.list(.init(), .init(), in: $0) }
            let order = try #require(orders.data.first)
            #expect(order.status == .active)
            #expect(try await shop.history(of: order).map(\.to) == [.pending, .paid, .active])
        }
    }
}

extension Shop {
    /// An order whose payment was told and worked off.
    func paidOrder(intent: String = "pi_1", event: String = "evt_1") async throws -> Order {
        let order = try await order(intent: intent)
        try await receive(IntentJSON(id: intent), id: event)
        try await work()
        return order
    }
}
