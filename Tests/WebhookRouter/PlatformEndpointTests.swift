import Commerce
import Database
import Messaging
import Security
import TestSupport
import Testing

@testable import WebhookRouter

/// One endpoint of a platform, which Stripe tells of all its connected accounts.
@Suite(.timeLimit(.minutes(2))) struct PlatformEndpointTests {
    /// Connected tenants, by default in both modes, beside the router's own, and the platform's endpoint in test mode,
    /// which is the first one's.
    private func withPlatform(
        on engine: Engine,
        accounts: [(String, livemode: Bool)] = [("acct_a", false), ("acct_b", false), ("acct_live", true)],
        _ body: @escaping @Sendable (RunningRouter, _ path: String, [TenantID]) async throws -> Void
    ) async throws {
        try await withRouter(on: engine) { router in
            var tenants: [TenantID] = []
            for (account, livemode) in accounts {
                let mode = livemode ? "live" : "test"
                var new = NewTenant(
                    name: account, livemode: livemode, stripeSecretKey: Secret("sk_\(mode)_platform1"),
                    stripePublishableKey: "pk_\(mode)_platform1", stripeAccount: account)
                new.platformAccount = "acct_platform"
                tenants.append(try await router.stores.tenants.create(new).tenant.id)
            }
            let owner = try #require(tenants.first)
            let endpoint = try await router.stores.endpoints.createPlatformEndpoint(of: "acct_platform", for: owner)
            _ = try await router.stores.endpoints.addSecret(Secret(router.secret), to: endpoint.id, of: owner)
            try await body(router, "/webhooks/stripe/\(endpoint.id)", tenants)
        }
    }

    @Test(arguments: Engine.all, [0, 1])
    func `an event goes to the tenant whose account it names`(on engine: Engine, number: Int) async throws {
        let account = ["acct_a", "acct_b"][number]
        try await withPlatform(on: engine) { router, path, tenants in
            #expect(try await router.post(event(account: account), to: path).body == #"{"received":true}"#)
            let rows = try await router.events()
            #expect(rows.map(\.tenant) == [tenants[number]])
            #expect(rows.map(\.state) == ["pending"])
            #expect(try await router.jobs().map(\.tenant) == [tenants[number]])
            let again = try await router.post(event(account: account), to: path)
            #expect(again.body == #"{"received":true,"duplicate":true}"#)
        }
    }

    /// A live Connect endpoint is sent test events as well, and an account may be nobody's.
    @Test(arguments: Engine.all, [("acct_live", true), ("acct_a", true), ("acct_stranger", false), (nil, false)])
    func `what is of the other mode, or nobody's, is kept and never applied`(
        on engine: Engine, sent: (account: String?, livemode: Bool)
    ) async throws {
        try await withPlatform(on: engine) { router, path, tenants in
            let body = event(livemode: sent.livemode, account: sent.account)
            #expect(try await router.post(body, to: path).status == 200)
            let rows = try await router.events()
            #expect(rows.map(\.state) == ["kept"])
            #expect(rows.map(\.tenant) == [tenants[0]])
            #expect(try await router.jobs().isEmpty)
        }
    }

    /// Two test tenants have one account: what Stripe tells of it is for both.
    @Test(arguments: Engine.all)
    func `an event that several tenants share is stored for all of them or for none`(on engine: Engine) async throws {
        try await withPlatform(on: engine, accounts: [("acct_a", false), ("acct_a", false)]) { router, path, tenants in
            let second = tenants[1]
            try await router.test.database.write { connection in
                try connection.execute(Self.refusal(of: second)[connection.dialect] ?? "")
            }
            let sent = event(account: "acct_a")
            let refused = try await router.post(sent, to: path)
            #expect(refused.status == 503)
            #expect(refused["Retry-After"] != nil)
            #expect(try await router.events().isEmpty)
            #expect(try await router.jobs().isEmpty)

            try await router.test.database.write { connection in
                try connection.execute(
                    connection.dialect == .sqlite
                        ? "DROP TRIGGER refused" : "ALTER TABLE events DROP CONSTRAINT refused")
            }
            #expect(try await router.post(sent, to: path).body == #"{"received":true}"#)
            #expect(Set(try await router.events().map(\.tenant)) == Set(tenants))
            #expect(Set(try await router.jobs().map(\.tenant)) == Set(tenants))
            #expect(try await router.post(sent, to: path).body == #"{"received":true,"duplicate":true}"#)
            #expect(try await router.jobs().count == 2)
        }
    }

    /// Makes a database that does not take a tenant's events.
    private static func refusal(of tenant: TenantID) -> [Dialect: String] {
        [
            .sqlite: """
            CREATE TRIGGER refused BEFORE INSERT ON events WHEN NEW.tenant_id = '\(tenant)'
            BEGIN SELECT RAISE(ABORT, 'refused'); END
            """,
            .postgres: "ALTER TABLE events ADD CONSTRAINT refused CHECK (tenant_id <> '\(tenant)')",
        ]
    }
}
