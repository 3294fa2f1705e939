import Commerce
import Database
import Security
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct PaymentTests {
    @Test(arguments: Engine.all)
    func `an amount becomes an order and its PaymentIntent`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let answer = try await api.pay(
                #"""
                {"amount":1999,"currency":"eur","description":"Order 7","metadata":{"cart":"7"},"customer":"cus_1",
                "customer_email":"jenny@example.com","setup_future_usage":"off_session","capture_method":"manual"}
                """#)
            #expect(answer.status == 201)
            let order = try #require(try await api.orders().first)
            #expect(answer["id"] == order.id.rawValue)
            #expect(answer["object"] == "order")
            #expect(answer["status"] == "pending")
            #expect(answer["amount"] == "1999")
            #expect(answer["currency"] == "eur")
            #expect(answer["livemode"] == "0")
            #expect(answer["metadata", "cart"] == "7")
            #expect(answer["payment_intent"] == "pi_1")
            #expect(answer["client_secret"] == FakeStripe.secret(of: "pi_1"))
            #expect(answer["publishable_key"] == "pk_test_Acme12345678")
            #expect(answer["failure"] == nil)

            let call = try #require(api.stripe.posts.first)
            #expect(api.stripe.posts.count == 1)
            #expect(call.idempotencyKey == "\(order.id):create:1")
            #expect(call.key == "sk_test_AcmeHIDDEN")
            #expect(
                call.form == [
                    "amount": "1999", "currency": "eur", "automatic_payment_methods[enabled]": "true",
                    "description": "Order 7", "metadata[cart]": "7", "metadata[checkout_order]": order.id.rawValue,
                    "customer": "cus_1", "receipt_email": "jenny@example.com", "setup_future_usage": "off_session",
                    "capture_method": "manual",
                ])
        }
    }

    @Test(arguments: Engine.all)
    func `items are priced by the catalog, for pages too`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            try await api.addTea()
            for key in [api.secretKey, api.publishableKey] {
                let answer = try await api.post(
                    "/v1/payment_intents",
                    #"{"items":[{"sku":"tea","quantity":2},{"sku":"tea"}],"customer_email":"a@b.example"}"#, key: key)
                #expect(answer.status == 201)
                #expect(answer["amount"] == "2550")
                #expect(answer["currency"] == "eur")
            }
            #expect(api.stripe.calls.map { $0.form["amount"] } == ["2550", "2550"])
        }
    }

    @Test(arguments: Engine.all)
    func `the order is on disk before Stripe is asked`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            api.stripe.meet(
                .first {
                    let orders = try await api.orders()
                    #expect(orders.map(\.status) == [.pending])
                    #expect(orders.first?.paymentIntent == nil)
                })
            let answer = try await api.pay()
            #expect(answer.status == 201)
        }
    }

    @Test func `each tenant's payments go out with its own keys`() async throws {
        try await withAPI { api in
            let body = #"{"amount":1999,"currency":"eur"}"#
            let first = try await api.post("/v1/payment_intents", body)
            let second = try await api.post("/v1/payment_intents", body, key: api.other.secretKey.secret)
            #expect(first["tenant"] == api.tenant.tenant.id.description)
            #expect(second["tenant"] == api.other.tenant.id.description)
            #expect(second["publishable_key"] == "pk_test_Other12345678")
            #expect(api.stripe.calls.map(\.key) == ["sk_test_AcmeHIDDEN", "sk_test_OtherHIDDEN"])
        }
    }

    @Test func `a body may come with a charset, and null is the same as nothing`() async throws {
        try await withAPI { api in
            let answer = try await api.post(
                "/v1/payment_intents", #"{"amount":1999,"currency":"eur","description":null,"items":null}"#,
                headers: [("Content-Type", "application/json; charset=UTF-8")])
            #expect(answer.status == 201)
        }
    }
}
