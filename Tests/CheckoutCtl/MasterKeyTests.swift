import Database
import Messaging
import Security
import TestSupport
import Testing

@testable import CheckoutCtl
@testable import Commerce

@Suite struct MasterKeyTests {
    private let old = "k1:" + String(repeating: "A", count: 43) + "="
    private static let secrets = ["whsec_oneoneoneone", "whsec_twotwotwotwo", "whsec_threethree"]
    private let new = "k2:" + String(repeating: "B", count: 42) + "A="

    /// A shop whose secrets are all sealed under the old key: its Stripe key, its fulfillment secret, `endpoints` webhook
    /// secrets.
    private func withShop(
        on engine: Engine, _ body: (TestDatabase, Tenant) async throws -> Void
    ) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            var shop = NewTenant(
                name: "Shop", stripeSecretKey: Secret("sk_test_abcdefgh"), stripePublishableKey: "pk_test_abcdefgh")
            shop.webhookSecrets = Self.secrets.map { Secret($0) }
            let made = try await TenantStore(database: place.database, keys: try KeyRing(parsing: old)).create(shop)
            try await body(place, made.tenant)
        }
    }

    private func rotation(_ place: TestDatabase, _ keys: String, step: Int = 200) throws -> MasterKeyRotation {
        MasterKeyRotation(database: place.database, keys: try KeyRing(parsing: keys), step: step)
    }

    @Test(arguments: Engine.all, [1, 2, 200])
    func `after a rotation the new key alone opens everything`(on engine: Engine, step: Int) async throws {
        try await withShop(on: engine) { place, shop in
            let rotation = try rotation(place, "\(new),\(old)", step: step)
            #expect(try await rotation.outdated() == 5)
            let tally = try await rotation.run { _ in true }
            #expect((tally.resealed, tally.unreadable.count) == (5, 0))
            let alone = try KeyRing(parsing: new)
            let tenants = TenantStore(database: place.database, keys: alone)
            #expect(try await tenants.stripeCredentials(of: shop.id).key.exposed == "sk_test_abcdefgh")
            _ = try await tenants.fulfillmentSecret(of: shop.id)
            let store = WebhookEndpointStore(database: place.database, keys: alone)
            let endpoint = try #require(try await store.list(of: shop.id).first)
            let secrets = try #require(try await store.endpoint(endpoint.id)).secrets.map(\.exposed)
            #expect(Set(secrets) == Set(Self.secrets))
            let usage = try await rotation.usage()
            #expect(usage.map(\.id) == ["k2", "k1"])
            #expect(usage.map(\.sealed) == [5, 0])
        }
    }

    @Test(arguments: Engine.all)
    func `one that was stopped goes on where it was`(on engine: Engine) async throws {
        try await withShop(on: engine) { place, _ in
            let rotation = try rotation(place, "\(new),\(old)", step: 1)
            let stopped = try await rotation.run { $0.resealed < 2 }
            #expect(stopped.resealed == 2)
            #expect(try await rotation.outdated() == 3)
            let rest = try await rotation.run { _ in true }
            #expect(rest.resealed == 3)
        }
    }

    @Test(arguments: Engine.all)
    func `what cannot be opened is left, counted, and does not hold up the rest`(on engine: Engine) async throws {
        try await withShop(on: engine) { place, _ in
            try await place.database.write { connection in
                try connection.execute(
                    "UPDATE tenants SET stripe_secret_key_sealed = 'k0.AAAA', fulfillment_secret_sealed = 'k1.AAAA'")
            }
            let rotation = try rotation(place, "\(new),\(old)")
            let tally = try await rotation.run { _ in true }
            #expect(tally.resealed == 3)
            #expect(tally.unreadable.values.sorted() == [1, 1])
            #expect(tally.unreadable.keys.contains { $0.contains("\"k0\"") })
            #expect(try await rotation.usage().map(\.id) == ["k2", "k1", "k0"])
        }
    }

    @Test(arguments: Engine.all)
    func `what a service writes meanwhile is not overwritten`(on engine: Engine) async throws {
        try await withShop(on: engine) { place, _ in
            let column = try #require(SealedColumn.all.first { $0.column == "stripe_secret_key_sealed" })
            let row = try await place.database.read { connection in
                try column.outdated(after: nil, unless: "k2.", limit: 9, in: connection)
            }
            let read = try #require(row.first)
            try await place.database.write { connection in
                try connection.execute("UPDATE tenants SET stripe_secret_key_sealed = 'k1.newer'")
            }
            let isReplaced = try await place.database.write { connection in
                try column.replace(read, by: "k2.older", in: connection)
            }
            #expect(!isReplaced)
            let held = try await place.database.read { connection in
                try connection.row("SELECT stripe_secret_key_sealed AS sealed FROM tenants")?.get("sealed") ?? ""
            }
            #expect(held == "k1.newer")
        }
    }

    @Test(arguments: Engine.all)
    func `every sealed column is known, with its table's key`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let tables = try await place.database.read { try DatabaseCatalog(reading: $0).tables }
            let found = tables.flatMap { table in
                table.columns.filter { $0.name.hasSuffix("_sealed") }.map { "\(table.name).\($0.name) \(table.key)" }
            }
            #expect(Set(found) == Set(SealedColumn.all.map { "\($0.table).\($0.column) \($0.key)" }))
        }
    }

    @Test(arguments: Engine.all)
    func `an older key stays needed while an API key is hashed under it`(on engine: Engine) async throws {
        try await withShop(on: engine) { place, shop in
            let rotation = try rotation(place, "\(new),\(old)")
            let tally = try await rotation.run { _ in true }
            func view() async throws -> RotationView {
                RotationView(tally: tally, usages: try await rotation.usage(), ring: ["k2", "k1"], isStopped: false)
            }
            let needed = try await view()
            #expect(needed.isDone)
            #expect(needed.unused.isEmpty)
            #expect(needed.text.contains("still needed"))
            try await place.database.write { try $0.execute("UPDATE api_keys SET revoked_at = 1") }
            let unused = try await view()
            #expect(unused.unused == ["k1"])
            #expect(unused.text.hasSuffix("can be dropped from CHECKOUT_MASTER_KEYS: k1."))
        }
    }
}
