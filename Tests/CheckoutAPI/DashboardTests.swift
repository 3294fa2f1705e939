import Commerce
import Database
import Messaging
import Security
import TenantStripe
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct DashboardTests {
    /// A job in a state; one that is not ready has waited for 90 s.
    private static func addJob(
        _ api: RunningAPI, _ kind: JobKind, state: String, of tenant: TenantID
    ) async throws {
        try await api.database.write { connection in
            _ = try JobQueue.enqueue(try NewJob(kind, tenant: tenant, payload: "x", subject: "s"), in: connection)
            guard state != "ready" else { return }
            try connection.execute(
                """
                UPDATE jobs SET state = $1, run_at = now_us() - 90000000,
                    finished_at = CASE WHEN $1 = 'dead' THEN now_us() END
                WHERE id = (SELECT MAX(id) FROM jobs)
                """, state)
        }
    }

    @Test(arguments: Engine.all)
    func `it shows how the business stands, in each currency's own decimals`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let order = try await RefundTests.paid(api)
            _ = try await api.pay()
            api.stripe.setBalance(
                """
                "available":[{"amount":123456,"currency":"eur"},{"amount":500,"currency":"jpy"}],
                "pending":[{"amount":-250,"currency":"eur"},{"amount":12340,"currency":"kwd"}]
                """)
            api.stripe.addCharge(
                "ch_1", #""payment_intent":"pi_1","description":"Two mugs","metadata":{"checkout_order":"\#(order)"}"#)
            api.stripe.addCharge("ch_2", amount: 700, currency: "jpy")
            let answer = try await api.get("/v1/dashboard")
            #expect(answer.status == 200)
            #expect(answer["object"] == "dashboard")
            #expect(answer["tenant"] == api.tenant.tenant.id.rawValue)
            #expect(answer["balance", "available", 0, "amount"] == "123456")
            #expect(answer["balance", "available", 0, "text"] == "1234.56 EUR")
            #expect(answer["balance", "available", 1, "text"] == "500 JPY")
            #expect(answer["balance", "pending", 0, "text"] == "-2.50 EUR")
            #expect(answer["balance", "pending", 1, "text"] == "12.340 KWD")
            #expect(answer["charges", "data", 0, "text"] == "700 JPY")
            #expect(answer["charges", "data", 1, "id"] == "ch_1")
            #expect(answer["charges", "data", 1, "order"] == order)
            #expect(answer["charges", "data", 1, "text"] == "19.99 EUR")
            #expect(answer["orders", "active", "count"] == "1")
            #expect(answer["orders", "pending", "count"] == "1")
            #expect(answer["orders", "refunded", "count"] == "0")
            #expect(answer["orders", "active", "capped"] == "0")
            #expect(answer["active_subscriptions", "count"] == "0")
            #expect(answer["missed_webhooks", "count"] == "0")
            #expect(answer["missed_webhooks", "checked_at"] == nil)
            #expect(answer["missing", 0, "part"] == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `queue, dead letters and missed webhooks are this tenant's`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let (own, other) = (api.tenant.tenant, api.other.tenant)
            for tenant in [own.id, other.id, other.id] {
                try await Self.addJob(api, .sendEmail, state: "ready", of: tenant)
                try await Self.addJob(api, .deliverToStorefront, state: "blocked", of: tenant)
                try await Self.addJob(api, .deliverToStorefront, state: "dead", of: tenant)
                try await Self.addJob(api, .sendEmail, state: "scheduled", of: tenant)
            }
            try await api.database.write { connection in
                for (scope, missed) in [(own.scope, Int64(3)), (other.scope, Int64(50))] {
                    try ReconcileStore.began(scope, in: connection)
                    try ReconcileStore.advance(to: 1_795_305_600, missed: missed, for: scope, in: connection)
                    try ReconcileStore.finished(scope, in: connection)
                }
            }
            let answer = try await api.get("/v1/dashboard")
            #expect(answer["queue", "depth"] == "2")
            #expect(answer["queue", "scheduled"] == "1")
            #expect(answer["queue", "by_kind", "deliver_to_storefront"] == "1")
            #expect(answer["queue", "oldest_age"].flatMap { Int($0) } ?? 0 >= 90)
            #expect(answer["dead_letters", "count"] == "1")
            #expect(answer["dead_letters", "by_kind", "deliver_to_storefront"] == "1")
            #expect(answer["missed_webhooks", "count"] == "3")
            #expect(answer["missed_webhooks", "checked_at"] != nil)
            let others = try await api.get("/v1/dashboard", key: api.other.secretKey.secret)
            #expect(others["dead_letters", "count"] == "2")
            #expect(others["missed_webhooks", "count"] == "50")
            #expect(others["orders", "active", "count"] == "0")
        }
    }

    @Test(arguments: Engine.all)
    func `only active subscriptions count`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let states = ["active", "active", "trialing", "canceled", "past_due"]
            for (number, status) in states.enumerated() {
                api.stripe.addSubscription("sub_\(number)", .init(status: status))
                _ = try await api.get("/v1/subscriptions/sub_\(number)")
            }
            let answer = try await api.get("/v1/dashboard")
            #expect(answer["active_subscriptions", "count"] == "2")
            #expect(answer["active_subscriptions", "capped"] == "0")
        }
    }

    @Test(arguments: [(0, 0, false), (10_000, 10_000, false), (10_001, 10_000, true)] as [(Int64, Int64, Bool)])
    func `a count says when there are more`(found: Int64, number: Int64, isCapped: Bool) {
        let count = LocalDashboard.Count(of: found)
        #expect(count.number == number)
        #expect(count.isCapped == isCapped)
    }

    @Test func `charges of other tenants in the same account are not shown`() async throws {
        try await withAPI { api in
            let order = try await api.post(
                "/v1/payment_intents", #"{"amount":1999,"currency":"eur"}"#, key: api.other.secretKey.secret)
            let foreign = order["id"] ?? ""
            try await api.database.write { connection in
                try CustomerStore.note("cus_other", email: nil, for: api.other.tenant.scope, in: connection)
            }
            for number in 1...12 { api.stripe.addCharge("ch_own\(number)") }
            for number in 1...9 {
                api.stripe.addCharge("ch_a\(number)", #""metadata":{"checkout_order":"\#(foreign)"}"#)
                api.stripe.addCharge("ch_b\(number)", #""customer":"cus_other""#)
                api.stripe.addCharge(
                    "ch_c\(number)", #""metadata":{"checkout_tenant":"\#(api.other.tenant.id)"}"#)
            }
            let answer = try await api.get("/v1/dashboard")
            #expect(answer["charges", "data", 0, "id"] == "ch_own12")
            #expect(answer["charges", "data", 9, "id"] == "ch_own3")
            #expect(answer["charges", "data", 10, "id"] == nil)
            for letter in ["a", "b", "c"] { #expect(!answer.body.contains("\"ch_\(letter)")) }

            // Those that say nothing are nobody's where both have one account.
            try await api.database.write { connection in
                try connection.execute(
                    "UPDATE tenants SET stripe_publishable_key = $1 WHERE livemode = $2", "pk_test_one12345", false)
            }
            #expect(try await api.get("/v1/dashboard")["charges", "data", 0, "id"] == nil)
        }
    }

    @Test func `what Stripe does not tell is named, and the rest is there`() async throws {
        try await withAPI(retries: 0) { api in
            _ = try await RefundTests.paid(api)
            api.stripe.addCharge("ch_1")
            api.stripe.meet(at: "GET /v1/balance", .answer(500, "{}"))
            let half = try await api.get("/v1/dashboard")
            #expect(half.status == 200)
            #expect(half["balance"] == nil)
            #expect(half["missing", 0, "part"] == "balance")
            #expect(half["missing", 0, "code"] == "stripe_unavailable")
            #expect(half["charges", "data", 0, "id"] == "ch_1")
            #expect(half["orders", "active", "count"] == "1")
            let refusal = FakeStripe.error(401, "invalid_request_error", nil, "Invalid API Key")
            for call in ["GET /v1/balance", "GET /v1/charges"] {
                api.stripe.meet(at: call, .answer(refusal.status, refusal.body))
            }
            let refused = try await api.get("/v1/dashboard")
            #expect(refused["missing", 0, "code"] == "stripe_authentication")
            #expect(refused["missing", 1, "part"] == "charges")
            #expect(refused["orders", "active", "count"] == "1")
        }
    }
}
