import Commerce
import Database
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

/// Whose eyes look at the shop's data.
private enum Stranger: CaseIterable {
    case otherTenant
    case otherMode

    func scope(_ shop: Shop) async throws -> TenantScope {
        switch self {
        case .otherTenant: try await shop.neighbour().tenant.scope
        case .otherMode: TenantScope(tenant: shop.tenant.id, livemode: true)
        }
    }
}

@Suite struct IsolationTests {
    @Test(arguments: Engine.all, Stranger.allCases)
    fileprivate func `a stranger neither sees nor moves an order`(
        on engine: Engine, stranger: Stranger
    ) async throws {
        try await withShop(on: engine) { shop in
            let scope = try await stranger.scope(shop)
            let order = try await shop.order()
            try await shop.database.write {
                _ = try OrderStore.attachPaymentIntent(
                    "pi_1", clientSecret: nil, to: order.id, for: order.scope, keys: shop.keys, in: $0)
            }
            let before = try await shop.reload(order)
            try await shop.database.read { connection throws in
                #expect(try OrderStore.get(order.id, for: scope, in: connection) == nil)
                #expect(try OrderStore.byPaymentIntent("pi_1", for: scope, in: connection) == nil)
                #expect(try OrderStore.list(OrderFilter(), PageRequest(), for: scope, in: connection).data.isEmpty)
                #expect(try OrderStore.history(of: order.id, for: scope, in: connection).isEmpty)
            }
            let attempts: [@Sendable (Connection) throws -> Void] = [
                {
                    _ = try OrderStore.move(
                        order.id, for: scope, by: .paymentSucceeded, cause: OrderCause("x"), in: $0)
                },
                {
                    _ = try OrderStore.apply(
                        intent("succeeded"), .read, to: order.id, for: scope, cause: OrderCause("x"), in: $0)
                },
                {
                    _ = try OrderStore.attachPaymentIntent(
                        "pi_9", clientSecret: nil, to: order.id, for: scope, keys: shop.keys, in: $0)
                },
            ]
            for attempt in attempts {
                let error = await refusal { try await shop.database.write { try attempt($0) } }
                #expect(error?.kind == .notFound)
            }
            #expect(try await shop.reload(order) == before)
            #expect(try await shop.history(order).count == 1)
        }
    }

    @Test(arguments: Engine.all, Stranger.allCases)
    fileprivate func `a stranger neither sees nor changes the catalog`(
        on engine: Engine, stranger: Stranger
    ) async throws {
        try await withShop(on: engine) { shop in
            let scope = try await stranger.scope(shop)
            let item = try await put(shop, "tea", 500)
            try await shop.database.write { connection throws in
                #expect(try CatalogStore.get("tea", for: scope, in: connection) == nil)
                #expect(try CatalogStore.list(PageRequest(), for: scope, in: connection).data.isEmpty)
                #expect(try CatalogStore.delete("tea", for: scope, in: connection) == false)
                #expect(throws: CommerceError.self) {
                    try CatalogStore.price([CartItem(sku: "tea")], for: scope, in: connection)
                }
                // The same sku at another price is another item.
                let theirs = try NewCatalogItem(sku: "tea", name: "Theirs", unitAmount: 900, currency: "usd")
                _ = try CatalogStore.upsert(theirs, for: scope, in: connection)
            }
            #expect(try await shop.database.read { try CatalogStore.get("tea", for: shop.scope, in: $0) } == item)
        }
    }

    @Test(arguments: Engine.all)
    func `a stranger neither sees nor ends a key or an endpoint`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let neighbour = try await shop.neighbour()
            let keys = APIKeyStore(database: shop.database, keys: shop.keys)
            let mine = shop.created.secretKey
            #expect(try await !keys.list(of: neighbour.tenant.id).map(\.id).contains(mine.key.id))
            #expect(
                await refusal { _ = try await keys.revoke(mine.key.id, of: neighbour.tenant.id) }?.kind == .notFound)
            let roll = await refusal { _ = try await keys.roll(mine.key.id, of: neighbour.tenant.id, overlap: .zero) }
            #expect(roll?.kind == .notFound)
            #expect(try await keys.authenticate(mine.secret.exposed)?.tenant.id == shop.tenant.id)

            let endpoints = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            let secret = Secret("whsec_first_secret_AAAA")
            _ = try await endpoints.addSecret(secret, of: shop.tenant.id)
            let strange = neighbour.tenant.id
            let endpoint = shop.created.endpoint
            #expect(try await endpoints.list(of: strange).map(\.id) == [neighbour.endpoint])
            let attempts: [() async throws -> Void] = [
                { _ = try await endpoints.removeSecret(ending: "AAAA", from: endpoint, of: strange) },
                { _ = try await endpoints.removeSecret(ending: "AAAA", of: strange) },
                { _ = try await endpoints.addSecret(secret, to: endpoint, of: strange) },
                { try await endpoints.setStripeID("we_x", of: endpoint, tenant: strange) },
            ]
            for attempt in attempts { #expect(await refusal(attempt)?.kind == .notFound) }
            #expect(try await endpoints.endpoint(endpoint)?.secrets == [secret])
        }
    }

    @Test(arguments: Engine.all)
    func `a key whose tenant is in the other mode opens nothing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let keys = APIKeyStore(database: shop.database, keys: shop.keys)
            let text = shop.created.secretKey.secret.exposed
            #expect(try await keys.authenticate(text) != nil)
            // What no program does, a hand in the database might.
            try await shop.database.write {
                try $0.execute("UPDATE api_keys SET livemode = $2 WHERE id = $1", shop.created.secretKey.key.id, true)
            }
            #expect(try await keys.authenticate(text) == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `a sealed value copied elsewhere does not open there`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let neighbour = try await shop.neighbour().tenant.id
            try await shop.database.write { connection in
                try connection.execute(
                    """
                    UPDATE tenants SET fulfillment_secret_sealed = stripe_secret_key_sealed, stripe_secret_key_sealed =
                        (SELECT stripe_secret_key_sealed FROM tenants WHERE id = $2) WHERE id = $1
                    """, neighbour, shop.tenant.id)
            }
            // Another tenant's value, and one of the same tenant for another purpose.
            #expect(await refusal { _ = try await shop.tenants.stripeCredentials(of: neighbour) }?.kind == .unreadable)
            #expect(await refusal { _ = try await shop.tenants.fulfillmentSecret(of: neighbour) }?.kind == .unreadable)
        }
    }
}
