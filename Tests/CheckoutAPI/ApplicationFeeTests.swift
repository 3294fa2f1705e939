import Commerce
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct ApplicationFeeTests {
    private func withPlatform(
        fee: Int64, account: String? = "acct_1", _ body: @escaping @Sendable (RunningAPI) async throws -> Void
    ) async throws {
        try await withAPI { api in
            var update = TenantUpdate()
            if let account { update.stripeAccount = .set(account) }
            update.applicationFeeBps = .set(fee)
            _ = try await api.tenants.update(api.tenant.tenant.id, update)
            try await api.addTea()
            api.stripe.add("price_once", FakeStripe.Price(unitAmount: 333))
            api.stripe.add("price_month", FakeStripe.Price(isRecurring: true))
            api.stripe.save("pm_good", of: "cus_1")
            try await body(api)
        }
    }

    private func checkout(_ content: String) -> String { "{\(content),\(CheckoutSessionTests.success)}" }

    @Test func `the platform keeps its part of whatever a connected account takes`() async throws {
        try await withPlatform(fee: 250) { api in
            let path = CheckoutSessionTests.path
            let cases: [(String, String, String, String)] = [
                ("/v1/payment_intents", #"{"amount":1999,"currency":"eur"}"#, "application_fee_amount", "49"),
                (
                    "/v1/payment_intents/off_session",
                    #"{"amount":2000,"currency":"eur","customer":"cus_1","payment_method":"pm_good"}"#,
                    "application_fee_amount", "50"
                ),
                (
                    path, checkout(#""mode":"payment","items":[{"sku":"tea","quantity":2}]"#),
                    "payment_intent_data[application_fee_amount]", "42"
                ),
                (
                    path, checkout(#""mode":"payment","price":"price_once","quantity":3"#),
                    "payment_intent_data[application_fee_amount]", "24"
                ),
                (
                    path, checkout(#""mode":"subscription","price":"price_month""#),
                    "subscription_data[application_fee_percent]", "2.5"
                ),
            ]
            for (path, body, field, fee) in cases {
                let answer = try await api.post(path, body)
                #expect(answer.status == 201)
                #expect(api.stripe.posts.last?.form[field] == fee, "\(path)")
            }
            #expect(api.stripe.calls.allSatisfy { $0.account == "acct_1" })
        }
    }

    @Test func `of a part that is captured it keeps a part`() async throws {
        try await withPlatform(fee: 1000) { api in
            let id = try await api.pay(#"{"amount":2000,"currency":"eur","capture_method":"manual"}"#)["id"] ?? ""
            api.stripe.set("pi_1", status: "requires_capture")
            let answer = try await api.post("/v1/orders/\(id)/capture", #"{"amount_to_capture":500}"#)
            #expect(answer.status == 200)
            #expect(api.stripe.posts.last?.form == ["amount_to_capture": "500", "application_fee_amount": "50"])
        }
    }

    @Test(arguments: [(Int64(250), String?.none), (0, "acct_1"), (1, "acct_1")])
    func `where there is nothing to keep, nothing is asked for`(fee: Int64, account: String?) async throws {
        try await withPlatform(fee: fee, account: account) { api in
            for body in [
                checkout(#""mode":"payment","items":[{"sku":"tea"}]"#), checkout(#""mode":"setup""#),
            ] {
                let answer = try await api.post(CheckoutSessionTests.path, body)
                #expect(answer.status == 201)
            }
            _ = try await api.pay()
            for call in api.stripe.posts {
                #expect(!call.form.keys.contains { $0.contains("application_fee") })
            }
        }
    }
}
