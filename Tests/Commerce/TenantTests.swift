import Commerce
import Database
import Messaging
import Security
import TestSupport
import Testing

@Suite struct TenantTests {
    @Test(arguments: Engine.all)
    func `a tenant is made with all that it needs`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example/hooks") { shop in
            let tenant = try #require(await shop.tenants.get(shop.tenant.id))
            #expect(tenant == shop.tenant)
            #expect(tenant.name == "Shop" && tenant.livemode == false && tenant.stripeKeyEnding == "1234")
            #expect(tenant.fulfillmentURL == "https://shop.example/hooks")
            #expect(tenant.createdAt == TestClock.start)

            let credentials = try await shop.tenants.stripeCredentials(of: tenant.id)
            #expect(credentials.key == Secret("sk_test_secretsecret1234") && credentials.account == nil)
            let secret = try await shop.tenants.fulfillmentSecret(of: tenant.id)
            #expect(secret == shop.created.fulfillmentSecret)
            _ = try StandardWebhook(secret: secret)

            let keys = APIKeyStore(database: shop.database, keys: shop.keys)
            #expect(try await keys.authenticate(shop.created.secretKey.secret.exposed)?.kind == .secret)
            #expect(try await keys.authenticate(shop.created.publishableKey.secret.exposed)?.kind == .publishable)
            let endpoints = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            #expect(try await endpoints.endpoint(shop.created.endpoint)?.tenant == tenant.id)
        }
    }

    static let badTenants: [(String, @Sendable (inout NewTenant) -> Void)] = [
        ("name", { $0.name = "" }),
        ("name", { $0.name = String(repeating: "n", count: 201) }),
        ("stripe_secret_key", { $0.stripeSecretKey = Secret("sk_live_secretsecret") }),
        ("stripe_secret_key", { $0.livemode = true }),
        ("stripe_secret_key", { $0.stripeSecretKey = Secret("pk_test_account1") }),
        ("stripe_secret_key", { $0.stripeSecretKey = Secret("sk_test_") }),
        ("stripe_secret_key", { $0.stripeSecretKey = Secret("rk_live_secretsecret") }),
        ("stripe_secret_key", { $0.stripeSecretKey = Secret("sk_test_a b") }),
        ("stripe_publishable_key", { $0.stripePublishableKey = "pk_live_account1" }),
        ("stripe_publishable_key", { $0.stripePublishableKey = "sk_test_account1" }),
        ("stripe_account", { $0.stripeAccount = "1234" }),
        ("fulfillment_url", { $0.fulfillmentURL = "ftp://shop.example" }),
        ("fulfillment_url", { $0.fulfillmentURL = "https://user:pass@shop.example" }),
        ("fulfillment_url", { $0.fulfillmentURL = "https://" }),
        ("fulfillment_url", { $0.fulfillmentURL = "https://shop.example:99999/" }),
        ("fulfillment_url", { $0.fulfillmentURL = "https://shop.example\\@evil.example/" }),
        ("origins[1]", { $0.origins = ["https://shop.example", "https://shop.example/path"] }),
        ("origins[0]", { $0.origins = ["*"] }),
        ("origins[0]", { $0.origins = ["null"] }),
        ("webhook_secret", { $0.webhookSecrets = [Secret("secret")] }),
    ]

    @Test func `a wrong setting is refused by name, without its value`() async throws {
        try await withShop(on: .sqlite) { shop async throws in
            for (index, (param, spoil)) in Self.badTenants.enumerated() {
                var new = newTenant()
                spoil(&new)
                let error = await refusal { _ = try await shop.tenants.create(new) }
                #expect(error?.param == param && error?.kind == .invalid, "case \(index)")
                #expect(error?.message.contains("secretsecret") == false, "case \(index)")
            }
            #expect(try await shop.tenants.list(PageRequest()).data.count == 1)
        }
    }

    @Test func `a key of the other mode names the mend`() async throws {
        try await withShop(on: .sqlite) { shop async throws in
            var new = newTenant()
            new.stripeSecretKey = Secret("sk_live_secretsecret")
            let error = await refusal { _ = try await shop.tenants.create(new) }
            #expect(error?.code == .modeMismatch)
            #expect(error?.message.contains("give sk_test_… or rk_test_…") == true)
        }
    }

    @Test(arguments: ["sk_test_secretsecret", "rk_test_secretsecret"])
    func `secret and restricted keys are taken`(_ key: String) async throws {
        try await withShop(on: .sqlite) { shop async throws in
            var new = newTenant()
            new.stripeSecretKey = Secret(key)
            let made = try await shop.tenants.create(new)
            #expect(try await shop.tenants.stripeCredentials(of: made.tenant.id).key == Secret(key))
        }
    }

    @Test func `origins are kept as browsers send them, once each`() async throws {
        try await withShop(on: .sqlite) { shop async throws in
            var new = newTenant()
            new.origins = [
                "HTTPS://Shop.Example:443/", "https://shop.example", "http://localhost:5173", "http://[::1]:80",
            ]
            #expect(
                try await shop.tenants.create(new).tenant.origins == [
                    "https://shop.example", "http://localhost:5173", "http://[::1]",
                ])
        }
    }

    @Test(arguments: Engine.all)
    func `an update changes what it names and nothing else`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://shop.example/hooks") { shop in
            try await shop.test.advance(by: .seconds(1))
            var update = TenantUpdate()
            update.name = "New name"
            update.stripeSecretKey = Secret("rk_test_another_key_9999")
            let changed = try await shop.tenants.update(shop.tenant.id, update)
            #expect(changed.name == "New name" && changed.stripeKeyEnding == "9999")
            #expect(changed.fulfillmentURL == "https://shop.example/hooks")
            #expect(changed.updatedAt == shop.tenant.updatedAt + 1_000_000)
            #expect(
                try await shop.tenants.stripeCredentials(of: changed.id).key == Secret("rk_test_another_key_9999"))
            #expect(try await shop.tenants.fulfillmentSecret(of: changed.id) == shop.created.fulfillmentSecret)

            var clearing = TenantUpdate()
            clearing.fulfillmentURL = .clear
            clearing.stripeAccount = .set("acct_1")
            let cleared = try await shop.tenants.update(changed.id, clearing)
            #expect(cleared.fulfillmentURL == nil && cleared.stripeAccount == "acct_1")
            #expect(try await shop.tenants.stripeCredentials(of: changed.id).account == "acct_1")

            var wrong = TenantUpdate()
            wrong.stripeSecretKey = Secret("sk_live_x1234567")
            #expect(await refusal { _ = try await shop.tenants.update(changed.id, wrong) }?.code == .modeMismatch)
            let nobody = await refusal { _ = try await shop.tenants.update(TenantID.new(), TenantUpdate()) }
            #expect(nobody?.kind == .notFound)
        }
    }

    @Test(arguments: Engine.all)
    func `a gone destination is disabled until it gets a new URL`(on engine: Engine) async throws {
        try await withShop(on: engine, fulfillmentURL: "https://old.example") { shop in
            let id = shop.tenant.id
            try await shop.tenants.disableDestination(of: id, url: "https://another.example")
            #expect(try await shop.tenants.get(id)?.destinationDisabledAt == nil)
            try await shop.tenants.disableDestination(of: id, url: "https://old.example")
            #expect(try await shop.tenants.get(id)?.destinationDisabledAt == TestClock.start)
            #expect(try await shop.tenants.update(id, TenantUpdate()).destinationDisabledAt == TestClock.start)
            var update = TenantUpdate()
            update.fulfillmentURL = .set("https://new.example")
            #expect(try await shop.tenants.update(id, update).destinationDisabledAt == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `the operator's list pages through all tenants`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            var ids: Set<TenantID> = [shop.tenant.id]
            for _ in 0..<4 { ids.insert(try await shop.neighbour().tenant.id) }
            var seen: [TenantID] = []
            var cursor: String?
            while true {
                let page = try await shop.tenants.list(PageRequest(limit: 2, startingAfter: cursor))
                seen += page.data.map(\.id)
                guard page.hasMore else { break }
                cursor = page.data.last?.id.rawValue
            }
            #expect(seen.count == 5 && Set(seen) == ids)
        }
    }

    @Test func `a missing master key is told to the operator, not guessed around`() async throws {
        try await withShop(on: .sqlite) { shop in
            let stranger = TenantStore(database: shop.database, keys: try MasterKeys.ring(MasterKeys.new))
            let error = await refusal { _ = try await stranger.stripeCredentials(of: shop.tenant.id) }
            #expect(error?.kind == .unreadable && error?.message.contains("\"old\"") == true)
        }
    }
}
