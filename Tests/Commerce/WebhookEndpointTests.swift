import Commerce
import Database
import Messaging
import Security
import Synchronization
import TestSupport
import Testing

@Suite struct WebhookEndpointTests {
    private static let first = Secret("whsec_first_secret_AAAA")
    private static let second = Secret("whsec_second_secret_BBBB")

    @Test func `its id is random, long and of one form`() {
        let ids = (0..<100).map { _ in WebhookEndpointID.new() }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.rawValue.hasPrefix("we_") && $0.rawValue.utf8.count == 35 && $0.isWellFormed })
        // Ids made in one moment share no beginning that would tell of the next.
        #expect(Set(ids.map { $0.rawValue.prefix(8) }).count > 90)
        for text in [
            "", "we_", "we_1", "whe_" + String(repeating: "a", count: 32), "we_" + String(repeating: "/", count: 32),
        ] {
            #expect(!WebhookEndpointID(rawValue: text).isWellFormed, "\(text)")
        }
    }

    @Test(arguments: Engine.all)
    func `several secrets count at once, and each can go`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            let id = shop.created.endpoint
            #expect(try await store.endpoint(id)?.secrets == [])
            _ = try await store.addSecret(Self.first, of: shop.tenant.id)
            let both = try await store.addSecret(Self.second, to: id, of: shop.tenant.id)
            #expect(both.secrets.map(\.ending).sorted() == ["AAAA", "BBBB"])
            #expect(try await store.addSecret(Self.second, of: shop.tenant.id).secrets.count == 2)
            let signing = try #require(await store.endpoint(id))
            #expect(Set(signing.secrets) == [Self.first, Self.second])
            #expect(signing.tenant == shop.tenant.id && signing.scope == shop.scope)

            let left = try await store.removeSecret(ending: "AAAA", of: shop.tenant.id)
            #expect(left.secrets.map(\.ending) == ["BBBB"])
            #expect(try await store.endpoint(id)?.secrets == [Self.second])
            let none = await refusal { _ = try await store.removeSecret(ending: "AAAA", of: shop.tenant.id) }
            #expect(none?.kind == .notFound)
            let short = await refusal { _ = try await store.removeSecret(ending: "BB", of: shop.tenant.id) }
            #expect(short?.param == "ending")
        }
    }

    @Test(arguments: Engine.all)
    func `an ending that fits two secrets removes neither`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            for text in ["whsec_one_xxxx_ZZZZ", "whsec_two_yyyy_ZZZZ"] {
                _ = try await store.addSecret(Secret(text), of: shop.tenant.id)
            }
            let error = await refusal { _ = try await store.removeSecret(ending: "ZZZZ", of: shop.tenant.id) }
            #expect(error?.kind == .conflict)
            #expect(try await store.removeSecret(ending: "x_ZZZZ", of: shop.tenant.id).secrets.count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a rolled secret counts until its overlap ends`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            let id = shop.created.endpoint
            _ = try await store.addSecret(Self.first, of: shop.tenant.id)
            let rolled = try await store.addSecret(
                Self.second, of: shop.tenant.id, othersExpireAfter: .seconds(86_400))
            #expect(
                rolled.secrets.map(\.expiresAt).compactMap(\.self) == [TestClock.start + 86_400_000_000])
            #expect(try await store.endpoint(id)?.secrets.count == 2)
            try await shop.test.advance(by: .seconds(86_400))
            #expect(try await store.endpoint(id)?.secrets == [Self.second])
        }
    }

    @Test(arguments: Engine.all)
    func `what does not exist is nil, and another tenant's is not there`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            #expect(try await store.endpoint(WebhookEndpointID.new()) == nil)
            #expect(try await store.endpoint(WebhookEndpointID(rawValue: "we_' OR 1=1 --")) == nil)
            let neighbour = try await shop.neighbour().tenant.id
            let error = await refusal {
                _ = try await store.addSecret(Self.first, to: shop.created.endpoint, of: neighbour)
            }
            #expect(error?.kind == .notFound)
        }
    }

    @Test(arguments: Engine.all)
    func `a tenant may have more endpoints, and Stripe's id is kept`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            try await shop.test.advance(by: .seconds(1))
            let further = try await store.create(for: shop.tenant.id)
            try await store.setStripeID("we_stripe1", of: further.id, tenant: shop.tenant.id)
            let list = try await store.list(of: shop.tenant.id)
            #expect(list.map(\.id) == [shop.created.endpoint, further.id])
            #expect(list.map(\.stripeID) == [nil, "we_stripe1"])
        }
    }

    @Test func `the cache serves a moment, and a refusal looks again`() async throws {
        try await withShop(on: .sqlite) { shop in
            let store = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            let start = ContinuousClock.now
            let offset = Mutex(Duration.zero)
            let cache = WebhookEndpointCache(store: store, lifetime: .seconds(5)) {
                start + offset.withLock { $0 }
            }
            let id = shop.created.endpoint
            #expect(try await cache.endpoint(id)?.secrets == [])
            _ = try await store.addSecret(Self.first, of: shop.tenant.id)
            #expect(try await cache.endpoint(id)?.secrets == [])
            #expect(try await cache.refreshed(id)?.secrets == [], "read 0 ms ago")
            offset.withLock { $0 = .milliseconds(100) }
            #expect(try await cache.refreshed(id)?.secrets == [Self.first])
            #expect(try await cache.endpoint(id)?.secrets == [Self.first])

            _ = try await store.removeSecret(ending: "AAAA", of: shop.tenant.id)
            offset.withLock { $0 = .milliseconds(5099) }
            #expect(try await cache.endpoint(id)?.secrets == [Self.first])
            offset.withLock { $0 = .milliseconds(5100) }
            #expect(try await cache.endpoint(id)?.secrets == [])
        }
    }

    @Test func `the cache forgets rather than grow, and keeps nothing that is not there`() async throws {
        try await withShop(on: .sqlite) { shop in
            let store = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            let cache = WebhookEndpointCache(store: store, capacity: 1)
            let further = try await store.create(for: shop.tenant.id)
            for _ in 0..<3 {
                #expect(try await cache.endpoint(shop.created.endpoint)?.id == shop.created.endpoint)
                #expect(try await cache.endpoint(further.id)?.id == further.id)
                #expect(try await cache.endpoint(WebhookEndpointID.new()) == nil)
            }
        }
    }
}
