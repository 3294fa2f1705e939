import Commerce
import Database
import Foundation
import Messaging
import StripeModels
import TestSupport
import Testing

@Suite struct StuckOrderTests {
    private func due(_ shop: Shop, limit: Int = 200) async throws -> Int {
        try await shop.database.write { try StuckOrders.enqueueDue(limit: limit, in: $0) }
    }

    private func checks(_ shop: Shop) async throws -> [CheckOrderPayload] {
        let queue = JobQueue(shop.database)
        var payloads: [CheckOrderPayload] = []
        for job in try await queue.jobs(JobFilter(kind: .checkOrder), limit: 100).reversed() {
            let payload = try #require(try await queue.payload(of: job.id))
            payloads.append(try JSONDecoder().decode(CheckOrderPayload.self, from: Data(payload.utf8)))
        }
        return payloads
    }

    @Test(arguments: Engine.all)
    func `what waits is looked at after five minutes, an hour and a day, and then no more`(
        on engine: Engine
    ) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            for (pause, found) in [(299, 0), (2, 1), (3298, 0), (3, 1), (82_797, 0), (4, 1), (10_000_000, 0)] {
                try await shop.test.advance(by: .seconds(pause))
                #expect(try await due(shop) == found, "after \(pause) s more")
                #expect(try await due(shop) == 0)
                try await shop.sendAll()
            }
            #expect(
                try await checks(shop)
                    == (1...3).map { CheckOrderPayload(order: order.id, livemode: false, check: $0) })
        }
    }

    @Test(arguments: Engine.all)
    func `who starts to wait anew is looked at anew, who is through is not`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let waiting = try await shop.order()
            let paid = try await shop.order()
            let failed = try await shop.order()
            try await shop.test.advance(by: .seconds(200))
            try await shop.apply(intent("processing", id: "pi_1"), to: waiting)
            try await shop.apply(intent("succeeded", id: "pi_2"), to: paid)
            try await shop.apply(intent("requires_payment_method", id: "pi_3", declineCode: "x"), to: failed)
            try await shop.test.advance(by: .seconds(200))
            #expect(try await due(shop) == 0)
            try await shop.test.advance(by: .seconds(101))
            #expect(try await due(shop) == 1)
            #expect(try await checks(shop).map(\.order) == [waiting.id])
            // A reading that changes nothing leaves the plan as it is.
            try await shop.apply(intent("processing", id: "pi_1"), to: waiting)
            try await shop.sendAll()
            try await shop.test.advance(by: .seconds(3301))
            #expect(try await due(shop) == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `many are taken in parts`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            for _ in 0..<5 { _ = try await shop.order() }
            try await shop.test.advance(by: .seconds(400))
            #expect(try await due(shop, limit: 3) == 3)
            #expect(try await due(shop, limit: 3) == 2)
            #expect(Set(try await checks(shop).map(\.order)).count == 5)
        }
    }
}
