import Commerce
import Database
import Messaging
import Security
import StripeModels
import TenantStripe
import TestSupport
import Testing

@testable import CheckoutCtl

@Suite struct DashboardTests {
    @Test func `a frame overwrites the one before and what stood below it`() {
        #expect(Screen.frame("a\nb", rows: 10) == "\u{1B}[Ha\u{1B}[K\r\nb\u{1B}[K\u{1B}[J")
        #expect(Screen.frame("a\nb", rows: nil) == Screen.frame("a\nb", rows: 2))
    }

    @Test func `a frame is never higher than the terminal`() {
        let frame = Screen.frame("1\n2\n3\n4\n5", rows: 3)
        #expect(frame == Screen.frame("1\n2\n… 3 more lines", rows: nil))
    }

    @Test(arguments: Engine.all)
    func `figures are shown even where Stripe does not answer`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: Schema.migrations) { place in
            let keys = try KeyRing(parsing: "k1:" + String(repeating: "A", count: 43) + "=")
            let made = try await TenantStore(database: place.database, keys: keys).create(
                NewTenant(
                    name: "Shop", stripeSecretKey: Secret("sk_test_abcdefgh"),
                    stripePublishableKey: "pk_test_abcdefgh"))
            let local = try await place.database.read { try LocalDashboard(of: made.tenant.scope, in: $0) }
            let away = "Stripe: away\u{1B}[2J"
            let dashboard = Dashboard(
                tenant: made.tenant, local: local, balance: nil, charges: nil,
                missing: [.init(part: "balance", message: away), .init(part: "charges", message: away)])
            #expect(
                dashboard.text == """
                    Tenant           Shop, \(made.tenant.id), test mode
                    Balance          not known. Stripe: away\u{FFFD}[2J
                    Charges          not known. Stripe: away\u{FFFD}[2J
                    Orders           none
                    Subscriptions    0 active
                    Queue            0 due; 0 scheduled
                    Dead letters     0
                    Missed webhooks  not searched yet
                    """)
            let json = try JSON.resource(DashboardJSON(dashboard)).text()
            #expect(json.contains(#""balance":null"#) && json.contains(#""charges":null"#))
            #expect(json.contains(#""missing":[{"#))
        }
    }

    @Test(arguments: [
        ("", "1970-01-01T00:00:02Z  12.34 EUR  succeeded  ch_1"),
        (#","captured":false"#, "1970-01-01T00:00:02Z  12.34 EUR  authorized  ch_1"),
        (#","amount_refunded":34"#, "1970-01-01T00:00:02Z  12.34 EUR  0.34 EUR refunded  ch_1"),
        (#","disputed":true"#, "1970-01-01T00:00:02Z  12.34 EUR  disputed  ch_1"),
    ])
    func `a charge is a line`(more: String, line: String) async throws {
        try await withDatabase(on: .sqlite, migrations: Schema.migrations) { place in
            let keys = try KeyRing(parsing: "k1:" + String(repeating: "A", count: 43) + "=")
            let made = try await TenantStore(database: place.database, keys: keys).create(
                NewTenant(
                    name: "Shop", stripeSecretKey: Secret("sk_test_abcdefgh"),
                    stripePublishableKey: "pk_test_abcdefgh"))
            let charge = try StripeJSON.decode(
                Charge.self,
                from: Array(
                    #"{"id":"ch_1","object":"charge","amount":1234,"currency":"eur","status":"succeeded","created":2,"livemode":false\#(more.contains("captured") ? "" : #","captured":true"#)\#(more)}"#
                        .utf8))
            let dashboard = Dashboard(
                tenant: made.tenant,
                local: try await place.database.read { try LocalDashboard(of: made.tenant.scope, in: $0) },
                balance: nil, charges: [RecentCharge(charge: charge, order: nil)], missing: [])
            #expect(dashboard.text.contains("Charges          \(line)\n"))
        }
    }
}
