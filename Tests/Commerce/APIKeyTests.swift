import Commerce
import Database
import Foundation
import Logging
import Messaging
import Security
import TestSupport
import Testing

@Suite struct APIKeyTests {
    @Test(arguments: Engine.all, [false, true])
    func `a key has its form, its scopes and opens its tenant`(on engine: Engine, livemode: Bool) async throws {
        try await withShop(on: engine, livemode: livemode) { shop in
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            for (kind, start) in [(APIKeyKind.secret, "ck_"), (.publishable, "cpk_")] {
                let issued = try await store.create(for: shop.tenant.id, kind: kind, note: "server")
                let text = issued.secret.exposed
                let prefix = start + (livemode ? "live_" : "test_")
                #expect(text.hasPrefix(prefix) && text.utf8.count == prefix.utf8.count + 43)
                #expect(text.dropFirst(prefix.count).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
                #expect(issued.key.prefix == String(text.prefix(prefix.count + 4)) && issued.key.note == "server")
                let authenticated = try #require(await store.authenticate(text))
                #expect(authenticated.id == issued.key.id && authenticated.tenant == shop.tenant)
                #expect(authenticated.kind == kind && authenticated.livemode == livemode)
                #expect(authenticated.scopes == (kind == .secret ? Set(APIScope.allCases) : APIScope.publishable))
            }
        }
    }

    @Test(arguments: Engine.all)
    func `scopes are what was asked for`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            let issued = try await store.create(for: shop.tenant.id, kind: .secret, scopes: [.ordersRead])
            let key = try #require(await store.authenticate(issued.secret.exposed))
            #expect(key.allows(.ordersRead) && !key.allows(.paymentsWrite) && !key.allows(.dashboardRead))
            for scopes in [[], [APIScope.ordersWrite]] as [Set<APIScope>] {
                let error = await refusal {
                    _ = try await store.create(for: shop.tenant.id, kind: .publishable, scopes: scopes)
                }
                #expect(error?.param == "scopes")
            }
        }
    }

    @Test func `what is no key opens nothing`() async throws {
        let texts = [
            "", "ck_test_", "ck_test_short", "sk_test_secretsecret1234",
            "ck_test_" + String(repeating: "é", count: 43), "ck_test_" + String(repeating: "a", count: 44),
            " ck_test_" + String(repeating: "a", count: 43), "ck_test_" + String(repeating: "a", count: 43),
            String(repeating: "ck_test_", count: 10_000), "ck_test_\0",
        ]
        try await withShop(on: .sqlite) { shop async throws in
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            for text in texts { #expect(try await store.authenticate(text) == nil, "\(text.prefix(60))") }
        }
    }

    @Test(arguments: Engine.all)
    func `an expired key opens nothing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            let expiries: [KeyExpiry] = [.after(.seconds(60)), .at(TestClock.start + 60_000_000)]
            for expiry in expiries {
                let issued = try await store.create(for: shop.tenant.id, kind: .publishable, expiresAt: expiry)
                #expect(issued.key.expiresAt == TestClock.start + 60_000_000)
                #expect(try await store.authenticate(issued.secret.exposed) != nil)
            }
            let issued = try await store.create(for: shop.tenant.id, kind: .secret, expiresAt: .after(.seconds(60)))
            try await shop.test.advance(by: .seconds(60))
            #expect(try await store.authenticate(issued.secret.exposed) == nil)
            let past = await refusal {
                _ = try await store.create(for: shop.tenant.id, kind: .secret, expiresAt: .at(TestClock.start))
            }
            #expect(past?.param == "expires_at")
            let forever = await refusal {
                _ = try await store.create(
                    for: shop.tenant.id, kind: .secret, expiresAt: .after(.seconds(Int64.max)))
            }
            #expect(forever?.param == "expires_in")
        }
    }

    @Test(arguments: Engine.all)
    func `a revocation counts at once, in every process`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let other = try shop.test.openAgain()
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            let elsewhere = APIKeyStore(database: other, keys: shop.keys)
            let issued = shop.created.secretKey
            #expect(try await elsewhere.authenticate(issued.secret.exposed) != nil)
            let revoked = try await store.revoke(issued.key.id, of: shop.tenant.id)
            #expect(revoked.revokedAt == TestClock.start)
            #expect(try await elsewhere.authenticate(issued.secret.exposed) == nil)
            await other.close()
            try await shop.test.advance(by: .seconds(1))
            #expect(try await store.revoke(issued.key.id, of: shop.tenant.id).revokedAt == TestClock.start)
            let error = await refusal { _ = try await store.roll(issued.key.id, of: shop.tenant.id, overlap: .zero) }
            #expect(error?.kind == .conflict)
        }
    }

    @Test(arguments: Engine.all)
    func `a rolled key works until its overlap ends, its successor from the start`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            let old = try await store.create(
                for: shop.tenant.id, kind: .secret, scopes: [.ordersRead, .catalogRead], note: "till")
            let new = try await store.roll(old.key.id, of: shop.tenant.id, overlap: .seconds(3600))
            #expect(new.key.scopes == old.key.scopes && new.key.note == "till" && new.key.expiresAt == nil)
            try await shop.test.advance(by: .seconds(3599))
            #expect(try await store.authenticate(old.secret.exposed) != nil)
            try await shop.test.advance(by: .seconds(1))
            #expect(try await store.authenticate(old.secret.exposed) == nil)
            #expect(try await store.authenticate(new.secret.exposed)?.id == new.key.id)
            let again = await refusal { _ = try await store.roll(old.key.id, of: shop.tenant.id, overlap: .zero) }
            #expect(again?.kind == .conflict)
            let long = await refusal {
                _ = try await store.roll(new.key.id, of: shop.tenant.id, overlap: .seconds(400 * 86_400))
            }
            #expect(long?.param == "overlap")
        }
    }

    @Test(arguments: Engine.all)
    func `an overlap never lengthens a key's life`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            let old = try await store.create(for: shop.tenant.id, kind: .secret, expiresAt: .after(.seconds(60)))
            _ = try await store.roll(old.key.id, of: shop.tenant.id, overlap: .seconds(3600))
            try await shop.test.advance(by: .seconds(60))
            #expect(try await store.authenticate(old.secret.exposed) == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `a key that is used while the master key changes outlives the old one`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let before = APIKeyStore(database: shop.database, keys: shop.keys)
            let unused = try await before.create(for: shop.tenant.id, kind: .secret).secret.exposed
            let used = shop.created.secretKey.secret.exposed
            // Its last use is no older than a minute, and it is carried over all the same.
            _ = try await before.authenticate(used)
            #expect(try await before.writeLastUses() == 1)

            let both = APIKeyStore(
                database: shop.database, keys: try MasterKeys.ring(MasterKeys.new, MasterKeys.old))
            for _ in 0..<2 { #expect(try await both.authenticate(used)?.id == shop.created.secretKey.key.id) }
            let fresh = try await both.create(for: shop.tenant.id, kind: .secret).secret.exposed
            #expect(try await both.writeLastUses() == 1)
            #expect(try await both.authenticate(used) != nil)
            #expect(try await both.writeLastUses() == 0)

            let rotated = APIKeyStore(database: shop.database, keys: try MasterKeys.ring(MasterKeys.new))
            #expect(try await rotated.authenticate(used)?.id == shop.created.secretKey.key.id)
            #expect(try await rotated.authenticate(fresh) != nil)
            #expect(try await rotated.authenticate(unused) == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `last uses are written at most once a minute, and not by the request`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            let key = shop.created.secretKey
            for _ in 0..<5 { _ = try await store.authenticate(key.secret.exposed) }
            #expect(try await lastUse(store, key, shop) == nil)
            #expect(try await store.writeLastUses() == 1)
            #expect(try await lastUse(store, key, shop) == TestClock.start)

            try await shop.test.advance(by: .seconds(59))
            _ = try await store.authenticate(key.secret.exposed)
            #expect(try await store.writeLastUses() == 0)
            try await shop.test.advance(by: .seconds(1))
            _ = try await store.authenticate(key.secret.exposed)
            #expect(try await store.writeLastUses() == 1)
            #expect(try await lastUse(store, key, shop) == TestClock.start + 60_000_000)
        }
    }

    @Test func `the writer writes once more when the program stops`() async throws {
        try await withShop(on: .sqlite) { shop in
            let store = APIKeyStore(database: shop.database, keys: shop.keys)
            let key = shop.created.secretKey
            _ = try await store.authenticate(key.secret.exposed)
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let writer = KeyUseWriter(store: store, interval: .seconds(3600), logger: logger)
            await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await writer.run() }
                tasks.cancelAll()
            }
            #expect(try await lastUse(store, key, shop) == TestClock.start)
        }
    }

    private func lastUse(_ store: APIKeyStore, _ key: IssuedAPIKey, _ shop: Shop) async throws -> Int64? {
        try #require(await store.list(of: shop.tenant.id).first { $0.id == key.key.id }).lastUsedAt
    }
}
