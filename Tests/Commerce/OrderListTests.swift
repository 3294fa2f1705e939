import Commerce
import Database
import Messaging
import StripeModels
import TestSupport
import Testing

@Suite struct OrderListTests {
    @Test(arguments: Engine.all)
    func `pages hold every order once, the newest first, while new ones come in`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            var made: [OrderID] = []
            for number in 0..<7 {
                // Two at a time in the same microsecond.
                if number.isMultiple(of: 2) { try await shop.test.advance(by: .seconds(1)) }
                made.append(try await shop.order().id)
            }
            var seen: [Order] = []
            var cursor: String?
            while true {
                let page = try await list(shop, limit: 3, after: cursor)
                seen += page.data
                guard page.hasMore, let last = page.data.last else { break }
                cursor = last.id.rawValue
                try await shop.test.advance(by: .seconds(1))
                _ = try await shop.order()
            }
            #expect(Set(seen.map(\.id)) == Set(made) && seen.count == made.count)
            #expect(seen.map(\.createdAt) == seen.map(\.createdAt).sorted(by: >))
        }
    }

    @Test(arguments: Engine.all)
    func `a list that ends with its page has no more`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            for _ in 0..<3 { _ = try await shop.order() }
            #expect(try await list(shop, limit: 3).hasMore == false)
            #expect(try await list(shop, limit: 2).hasMore == true)
        }
    }

    @Test(arguments: Engine.all)
    func `created bounds count whole seconds`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            // Half a second into the second after the start.
            try await shop.test.advance(by: .milliseconds(1500))
            _ = try await shop.order()
            let second = TestClock.start / 1_000_000 + 1
            let ranges: [(CreatedRange, Int)] = [
                (CreatedRange(gt: second), 0), (CreatedRange(gt: second - 1), 1), (CreatedRange(gte: second), 1),
                (CreatedRange(gte: second + 1), 0), (CreatedRange(lt: second), 0), (CreatedRange(lt: second + 1), 1),
                (CreatedRange(lte: second), 1), (CreatedRange(lte: second - 1), 0),
                (CreatedRange(gte: second, lte: second), 1), (CreatedRange(gt: .min, lt: .max), 1),
                (CreatedRange(gt: .max), 0), (CreatedRange(gte: .min, lte: .max), 1),
            ]
            for (range, count) in ranges {
                let filter = try OrderFilter(created: range)
                #expect(try await list(shop, filter).data.count == count, "\(range)")
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a status filters`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let paid = try await shop.order()
            _ = try await shop.order()
            try await shop.move(paid, .paymentSucceeded)
            #expect(try await list(shop, OrderFilter(status: "paid")).data.map(\.id) == [paid.id])
            #expect(try await list(shop, OrderFilter(status: "past_due")).data.isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a cursor must be an order of the same shop`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let neighbour = try await shop.neighbour().tenant.scope
            let foreign = try await shop.order()
            let error = await refusal {
                let page = try PageRequest(startingAfter: foreign.id.rawValue)
                _ = try await shop.database.read { try OrderStore.list(OrderFilter(), page, for: neighbour, in: $0) }
            }
            #expect(error?.kind == .notFound && error?.param == "starting_after")
        }
    }

    @Test(arguments: Engine.all)
    func `the operator sees all tenants' orders, or one's`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let neighbour = try await shop.neighbour().tenant
            let mine = try await shop.order()
            let new = try NewOrder(amount: 500, currency: Currency(rawValue: "usd"))
            let theirs = try await shop.database.write {
                try OrderStore.insert(new, for: neighbour.scope, cause: OrderCause("x"), in: $0)
            }
            let page = try PageRequest(limit: 1000, maximum: 1000)
            let (all, one, found, history) = try await shop.database.read {
                (
                    try OperatorOrders.list(OrderFilter(), page, in: $0).data,
                    try OperatorOrders.list(OrderFilter(), tenant: neighbour.id, page, in: $0).data,
                    try OperatorOrders.get(mine.id, in: $0), try OperatorOrders.history(of: mine.id, in: $0)
                )
            }
            #expect(Set(all.map(\.id)) == [mine.id, theirs.id])
            #expect(one.map(\.id) == [theirs.id])
            #expect(found == mine && history.count == 1)
        }
    }

    @Test(arguments: [0, -1, 101, Int.max])
    func `a limit out of bounds is refused`(_ limit: Int) {
        let error = #expect(throws: CommerceError.self) { try PageRequest(limit: limit) }
        #expect(error?.param == "limit")
    }

    @Test func `an unknown status is refused with the known ones`() {
        let error = #expect(throws: CommerceError.self) { try OrderFilter(status: "payed") }
        #expect(error?.param == "status" && error?.message.contains("requires_action") == true)
    }

    private func list(
        _ shop: Shop, _ filter: OrderFilter? = nil, limit: Int = 100, after: String? = nil
    ) async throws -> Page<Order> {
        let page = try PageRequest(limit: limit, startingAfter: after)
        let filter = try filter ?? OrderFilter()
        return try await shop.database.read { try OrderStore.list(filter, page, for: shop.scope, in: $0) }
    }
}
