import Commerce
import Database
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

/// A request as the API makes it: begin and the order's insert in one transaction.
private func start(
    _ request: IdempotentRequest, _ shop: Shop, database: Database? = nil, amount: Int64 = 1000
) async throws -> (begin: IdempotencyBegin, order: OrderID?) {
    let store = IdempotencyStore(keys: shop.keys)
    let new = try NewOrder(amount: amount, currency: Currency(rawValue: "usd"))
    return try await (database ?? shop.database).write { connection in
        let begin = try store.begin(request, in: connection)
        guard case .proceed(let lock, let resume) = begin else { return (begin, nil) }
        if let resume { return (begin, resume) }
        let order = try OrderStore.insert(new, for: shop.scope, cause: OrderCause("created"), in: connection)
        try store.link(lock, to: order.id, in: connection)
        return (begin, order.id)
    }
}

private func request(
    _ shop: Shop, _ key: String = "key-1", scope: TenantScope? = nil, credential: APIKeyKind = .secret,
    method: String = "POST", path: String = "/v1/payment_intents", body: String = #"{"amount":1000}"#
) throws -> IdempotentRequest {
    try IdempotentRequest(
        scope: scope ?? shop.scope, key: key, credential: credential, method: method, path: path,
        body: Array(body.utf8))
}

extension IdempotencyBegin {
    fileprivate var lock: IdempotencyLock? { if case .proceed(let lock, _) = self { lock } else { nil } }
}

@Suite struct IdempotencyTests {
    @Test(arguments: Engine.all)
    func `of twenty identical requests at once one proceeds, and there is one order`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let same = try request(shop)
            let other = try shop.test.openAgain()
            let begins = try await withThrowingTaskGroup(of: IdempotencyBegin.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await start(same, shop, database: number.isMultiple(of: 2) ? nil : other).begin
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            await other.close()
            #expect(begins.compactMap(\.lock).count == 1)
            #expect(begins.filter { $0 == .inFlight }.count == 19)
            #expect(try await orders(shop) == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a stored answer is said again, and only to the same request`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = IdempotencyStore(keys: shop.keys)
            let lock = try #require(await start(request(shop), shop).begin.lock)
            let body = #"{"client_secret":"pi_1_secret_x"}"#
            try await shop.database.write { try store.finish(lock, status: 201, body: body, in: $0) }
            for _ in 0..<2 {
                #expect(try await start(request(shop), shop).begin == .replay(status: 201, body: body))
            }
            #expect(try await start(request(shop, body: "{}"), shop).begin == .mismatch)
            #expect(try await start(request(shop, path: "/v1/refunds"), shop).begin == .mismatch)
            #expect(try await start(request(shop, method: "PUT"), shop).begin == .mismatch)
            #expect(try await orders(shop) == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `while the first is under way the same waits and another is a mistake`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            _ = try await start(request(shop), shop)
            #expect(try await start(request(shop), shop).begin == .inFlight)
            #expect(try await start(request(shop, body: "{}"), shop).begin == .mismatch)
        }
    }

    @Test(arguments: Engine.all)
    func `after a crash the same key resumes the same order`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let first = try await start(request(shop), shop)
            try await shop.test.advance(by: .seconds(89))
            #expect(try await start(request(shop), shop).begin == .inFlight)
            try await shop.test.advance(by: .seconds(1))
            let second = try await start(request(shop), shop)
            guard case .proceed(let lock, let resumed) = second.begin else {
                Issue.record("\(second.begin)")
                return
            }
            #expect(resumed == first.order && resumed != nil)
            #expect(try await orders(shop) == 1)

            // The first was not dead but slow: it changes nothing any more.
            let slow = try #require(first.begin.lock)
            let store = IdempotencyStore(keys: shop.keys)
            let attempts: [@Sendable (Connection) throws -> Void] = [
                { try store.finish(slow, status: 201, body: "slow", in: $0) }, { try store.renew(slow, in: $0) },
                { try store.link(slow, to: OrderID.new(), in: $0) },
            ]
            for attempt in attempts {
                let error = await refusal { try await shop.database.write { try attempt($0) } }
                #expect(error?.code == .idempotencyLockLost && error?.isRetryable == true)
            }
            try await shop.database.write { try store.release(slow, in: $0) }
            #expect(try await start(request(shop), shop).begin == .inFlight)
            try await shop.database.write { try store.finish(lock, status: 201, body: "ok", in: $0) }
            #expect(try await start(request(shop), shop).begin == .replay(status: 201, body: "ok"))
        }
    }

    @Test(arguments: Engine.all)
    func `a crash before the first commit leaves nothing`(on engine: Engine) async throws {
        struct Crash: Error {}
        try await withShop(on: engine) { shop in
            let same = try request(shop)
            let store = IdempotencyStore(keys: shop.keys)
            await #expect(throws: Crash.self) {
                try await shop.database.write { connection in
                    _ = try store.begin(same, in: connection)
                    throw Crash()
                }
            }
            #expect(try await start(same, shop).begin.lock != nil)
        }
    }

    @Test(arguments: Engine.all)
    func `a 5xx is no answer, the same key goes on at once with the same order`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = IdempotencyStore(keys: shop.keys)
            for status in [500, 502, 503] {
                let first = try await start(request(shop, "key-\(status)"), shop)
                let lock = try #require(first.begin.lock)
                try await shop.database.write { try store.finish(lock, status: status, body: "down", in: $0) }
                let second = try await start(request(shop, "key-\(status)"), shop)
                #expect(second.begin.lock != nil && second.order == first.order)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a key given back without an order is as new`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = IdempotencyStore(keys: shop.keys)
            let same = try request(shop)
            let begin = try await shop.database.write { try store.begin(same, in: $0) }
            let lock = try #require(begin.lock)
            try await shop.database.write { try store.release(lock, in: $0) }
            #expect(try await start(request(shop, body: "{}"), shop).begin.lock != nil)
        }
    }

    @Test(arguments: Engine.all)
    func `a key never makes a second order`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = IdempotencyStore(keys: shop.keys)
            let first = try await start(request(shop), shop)
            let (lock, order) = (try #require(first.begin.lock), try #require(first.order))
            let error = await refusal {
                try await shop.database.write { try store.link(lock, to: OrderID.new(), in: $0) }
            }
            #expect(error?.code == .stateConflict)
            // Who resumes may say again what it is about.
            try await shop.database.write { try store.link(lock, to: order, in: $0) }
        }
    }

    @Test(arguments: Engine.all)
    func `a renewed lock lives on`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = IdempotencyStore(keys: shop.keys)
            let lock = try #require(await start(request(shop), shop).begin.lock)
            try await shop.test.advance(by: .seconds(60))
            try await shop.database.write { try store.renew(lock, in: $0) }
            try await shop.test.advance(by: .seconds(60))
            #expect(try await start(request(shop), shop).begin == .inFlight)
        }
    }

    @Test(arguments: Engine.all)
    func `after a day a key is new, and old rows go in small batches`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = IdempotencyStore(keys: shop.keys)
            for number in 0..<5 {
                let lock = try #require(await start(request(shop, "key-\(number)"), shop).begin.lock)
                try await shop.database.write { try store.finish(lock, status: 201, body: "\(number)", in: $0) }
            }
            try await shop.test.advance(by: .seconds(86_399))
            #expect(try await remove(shop, limit: 10) == 0)
            #expect(try await start(request(shop, "key-0"), shop).begin == .replay(status: 201, body: "0"))
            try await shop.test.advance(by: .seconds(1))
            let anew = try await start(request(shop, "key-0", body: "{}"), shop)
            #expect(anew.begin.lock != nil)
            #expect(try await remove(shop, limit: 3) == 3)
            #expect(try await remove(shop, limit: 3) == 1)
            #expect(try await remove(shop, limit: 3) == 0)
            #expect(try await start(request(shop, "key-0", body: "{}"), shop).begin == .inFlight)
        }
    }

    @Test(arguments: Engine.all)
    func `tenants do not share keys`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = IdempotencyStore(keys: shop.keys)
            let lock = try #require(await start(request(shop), shop).begin.lock)
            try await shop.database.write { try store.finish(lock, status: 201, body: "mine", in: $0) }
            let neighbour = try await shop.neighbour().tenant.scope
            for scope in [neighbour, TenantScope(tenant: shop.tenant.id, livemode: true)] {
                let theirs = try request(shop, scope: scope)
                let begin = try await shop.database.write { try store.begin(theirs, in: $0) }
                #expect(begin.lock != nil, "\(scope)")
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a page neither uses up a server's key nor is told its answer`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = IdempotencyStore(keys: shop.keys)
            // Anyone may do this with the key that is in the page.
            for key in ["order-1", "secret:order-1"] {
                _ = try await start(request(shop, key, credential: .publishable, body: "{}"), shop)
            }
            let lock = try #require(await start(request(shop, "order-1"), shop).begin.lock)
            try await shop.database.write { try store.finish(lock, status: 201, body: "server's", in: $0) }
            let again = try request(shop, "order-1", credential: .publishable, body: "{}")
            #expect(try await start(again, shop).begin == .inFlight)
            #expect(
                try await start(request(shop, "order-1"), shop).begin == .replay(status: 201, body: "server's"))
        }
    }

    @Test(arguments: ["", String(repeating: "k", count: 256), "tab\there", "nul\0"])
    func `a key that is none is refused`(_ key: String) async throws {
        try await withShop(on: .sqlite) { shop in
            let error = #expect(throws: CommerceError.self) { try request(shop, key) }
            #expect(error?.param == "Idempotency-Key")
        }
    }

    private func orders(_ shop: Shop) async throws -> Int {
        try await shop.database.read {
            try OrderStore.list(OrderFilter(), PageRequest(limit: 100), for: shop.scope, in: $0).data.count
        }
    }

    private func remove(_ shop: Shop, limit: Int) async throws -> Int {
        try await shop.database.write { try IdempotencyStore.removeExpired(limit: limit, in: $0) }
    }
}
