import Commerce
import Database
import Messaging
import Security
import StripeModels
import TestSupport
import Testing

@Suite struct TenantSettingTests {
    @Test(arguments: Engine.all)
    func `a tenant's sender, fee, rate and platform are kept, changed and taken away`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            var new = newTenant("Connected")
            (new.stripeAccount, new.platformAccount) = ("acct_c", "acct_p")
            (new.applicationFeeBps, new.stripeRate) = (250, 80)
            (new.emailFrom, new.emailName) = ("shop@example.com", "The Shop")
            let made = try await shop.tenants.create(new).tenant
            #expect(made.platformAccount == "acct_p" && made.applicationFeeBps == 250 && made.stripeRate == 80)
            #expect(made.emailFrom == "shop@example.com" && made.emailName == "The Shop")
            #expect(made.callsPerSecond == 80 && shop.tenant.callsPerSecond == 25)
            #expect(try await shop.tenants.stripeCredentials(of: made.id).callsPerSecond == 80)
            var update = TenantUpdate()
            (update.applicationFeeBps, update.emailName) = (.set(0), .clear)
            let changed = try await shop.tenants.update(made.id, update)
            #expect(changed.applicationFeeBps == 0 && changed.emailName == nil && changed.emailFrom == made.emailFrom)
            #expect(changed.platformAccount == "acct_p" && changed.stripeRate == 80)
        }
    }

    @Test(arguments: Engine.all)
    func `settings that cannot be are refused by name`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let cases: [(String, @Sendable (inout NewTenant) -> Void)] = [
                ("application_fee_bps", { $0.applicationFeeBps = 10_001 }),
                ("application_fee_bps", { $0.applicationFeeBps = -1 }),
                ("stripe_rate", { $0.stripeRate = 0 }), ("stripe_rate", { $0.stripeRate = 1001 }),
                ("email_from", { $0.emailFrom = "nobody" }), ("email_name", { $0.emailName = "A\r\nBcc: x" }),
                ("platform_account", { $0.platformAccount = "cus_1" }),
            ]
            for (param, change) in cases {
                var new = newTenant()
                change(&new)
                let wrong = new
                #expect(await refusal { _ = try await shop.tenants.create(wrong) }?.param == param)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `an order keeps the fee that was set when it was made`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            #expect(try await shop.order().applicationFeeBps == nil)
            var new = newTenant("Connected")
            (new.stripeAccount, new.applicationFeeBps) = ("acct_c", 250)
            let created = try await shop.tenants.create(new)
            let connected = Shop(test: shop.test, keys: shop.keys, created: created)
            let order = try await connected.order(1999)
            #expect(order.applicationFeeBps == 250 && order.applicationFee(of: order.amount) == 49)
            var update = TenantUpdate()
            update.applicationFeeBps = .set(1000)
            _ = try await shop.tenants.update(created.tenant.id, update)
            #expect(try await connected.reload(order).applicationFee(of: 1999) == 49)
            #expect(try await connected.order(1999).applicationFee(of: 1999) == 199)
            update.applicationFeeBps = .set(100)
            _ = try await shop.tenants.update(created.tenant.id, update)
            #expect(try await connected.order(99).applicationFee(of: 99) == nil, "less than a minor unit is nothing")
            #expect(try await connected.order(100).applicationFee(of: 100) == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a platform has one endpoint a mode, and its events are told apart by account`(on engine: Engine) async throws
    {
        try await withShop(on: engine) { shop in
            var tenants: [Tenant] = []
            for account in ["acct_a", "acct_b", "acct_b"] {
                var new = newTenant(account)
                (new.stripeAccount, new.platformAccount) = (account, "acct_p")
                tenants.append(try await shop.tenants.create(new).tenant)
                try await shop.test.advance(by: .seconds(1))
            }
            let endpoints = WebhookEndpointStore(database: shop.database, keys: shop.keys)
            #expect(try await endpoints.platformEndpoint(of: "acct_p", livemode: false) == nil)
            let made = try await endpoints.createPlatformEndpoint(of: "acct_p", for: tenants[0].id)
            let again = try await endpoints.createPlatformEndpoint(of: "acct_p", for: tenants[1].id)
            #expect(made.id == again.id && again.tenant == tenants[0].id && made.platformAccount == "acct_p")
            _ = try await endpoints.addSecret(Secret("whsec_platform_1"), to: made.id, of: made.tenant)
            let signing = try await endpoints.endpoint(made.id)
            #expect(signing?.connect == true && signing?.secrets == [Secret("whsec_platform_1")])
            #expect(try await endpoints.endpoint(shop.created.endpoint)?.connect == false)
            // A tenant's own endpoint is still what is meant where none is named.
            #expect(try await !endpoints.list(of: tenants[0].id).map(\.id).contains(made.id))
            let added = try await endpoints.addSecret(Secret("whsec_own_secret"), of: tenants[0].id)
            #expect(added.id != made.id)

            func found(
                _ account: String, of platform: String = "acct_p", livemode: Bool = false
            ) async throws -> [TenantID] {
                try await shop.tenants.connected(to: platform, account: account, livemode: livemode).map(\.id)
            }
            #expect(try await found("acct_a") == [tenants[0].id])
            #expect(try await found("acct_b") == [tenants[1].id, tenants[2].id])
            #expect(try await found("acct_a", livemode: true).isEmpty)
            #expect(try await found("acct_a", of: "acct_q").isEmpty)
            #expect(try await found("acct_z").isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `a tenant's own words for an email replace ours, for it alone`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let neighbour = try await shop.neighbour().tenant.id
            let template = try EmailTemplate(
                kind: .receipt, subject: "Thanks", text: "{{amount}}", html: "<b>{{amount}}</b>")
            try await shop.database.write { connection in
                try EmailTemplateStore.put(template, of: shop.tenant.id, in: connection)
                try EmailTemplateStore.put(template, of: shop.tenant.id, in: connection)
                #expect(try EmailTemplateStore.get(.receipt, of: shop.tenant.id, in: connection) == template)
                #expect(try EmailTemplateStore.get(.trialEnding, of: shop.tenant.id, in: connection) == nil)
                #expect(try EmailTemplateStore.list(of: neighbour, in: connection).isEmpty)
                #expect(try EmailTemplateStore.remove(.receipt, of: shop.tenant.id, in: connection))
                #expect(try !EmailTemplateStore.remove(.receipt, of: shop.tenant.id, in: connection))
            }
            #expect(throws: CommerceError.self) {
                try EmailTemplate(kind: .receipt, subject: "", text: "x", html: "x")
            }
        }
    }

    @Test(arguments: Engine.all)
    func `an off-session payment that the bank wants confirmed asks for the buyer`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let new = try NewOrder(
                amount: 1000, currency: usd, customerEmail: "buyer@example.com", paymentMethod: "pm_1")
            let order = try await shop.database.write { [scope = shop.scope] in
                try OrderStore.insert(new, for: scope, cause: OrderCause("test"), in: $0)
            }
            #expect(order.isOffSession && order.paymentMethod == "pm_1")
            let wanted = OrderEvent.paymentFailed(OrderFailure(code: "authentication_required", message: "Confirm."))
            try await shop.database.write { connection in
                let move = try OrderStore.move(
                    order.id, for: order.scope, by: wanted, cause: OrderCause("x"), in: connection)
                let failed = try Fulfillment.follow(move, in: connection)
                // The API, which heard it first, says the same.
                if let notice = EmailNotice.actionRequired(order: failed) {
                    try Emails.enqueue(notice, of: failed, in: connection)
                }
            }
            let mails = try await shop.mails()
            #expect(mails.map(\.kind) == [.actionRequired] && mails.first?.values["amount"] == "10.00 USD")
        }
    }
}
