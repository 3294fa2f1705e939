import Commerce
import Database
import Messaging
import Security
import TestSupport
import Testing

@testable import WebhookRouter

/// One endpoint of a platform, which Stripe tells of all its connected accounts.
@Suite(.timeLimit(.minutes(2))) struct PlatformEndpointTests {
    /// Connected tenants in both modes beside the router's own, and the platform's endpoint in test mode.
    private func withPlatform(
        on engine: Engine,
        _ body: @escaping @Sendable (RunningRouter, _ path: String, [String: TenantID]) async throws -> Void
    ) async throws {
        try await withRouter(on: engine) { router in
            var tenants: [String: TenantID] = [:]
            for (account, livemode) in [("acct_a", false), ("acct_b", false), ("acct_live", true)] {
                let mode = livemode ? "live" : "test"
                var new = NewTenant(
                    name: account, livemode: livemode, stripeSecretKey: Secret("sk_\(mode)_platform1"),
                    stripePublishableKey: "pk_\(mode)_platform1", stripeAccount: account)
                new.platformAccount = "acct_platform"
                tenants[account] = try await router.stores.tenants.create(new).tenant.id
            }
            let owner = try #require(tenants["acct_a"])
            let endpoint = try await router.stores.endpoints.createPlatformEndpoint(of: "acct_platform", for: owner)
            _ = try await router.stores.endpoints.addSecret(Secret(router.secret), to: endpoint.id, of: owner)
            try await body(router, "/webhooks/stripe/\(endpoint.id)", tenants)
        }
    }

    @Test(arguments: Engine.all, ["acct_a", "acct_b"])
    func `an event goes to the tenant whose account it names`(on engine: Engine, account: String) async throws {
        try await withPlatform(on: engine) { router, path, tenants in
            #expect(try await router.post(event(account: account), to: path).body == #"{"received":true}"#)
            let rows = try await router.events()
            #expect(rows.map(\.tenant) == [tenants[account]])
            #expect(rows.map(\.state) == ["pending"])
            #expect(try await router.jobs().map(\.tenant) == [tenants[account]])
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
            #expect(rows.map(\.tenant) == [tenants["acct_a"]])
            #expect(try await router.jobs().isEmpty)
        }
    }
}
