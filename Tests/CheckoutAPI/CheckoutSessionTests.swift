import Commerce
import Database
import Messaging
import Security
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct CheckoutSessionTests {
    static let path = "/v1/checkout_sessions"
    static let success = #""success_url":"https://shop.example/thanks?session={CHECKOUT_SESSION_ID}""#
    static let tea = #"{"mode":"payment","items":[{"sku":"tea","quantity":2}],\#(success)}"#

    @Test(arguments: Engine.all)
    func `items become an order and a page of Stripe's to pay it on`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            try await api.addTea()
            api.stripe.meet(
                at: "POST /v1/checkout/sessions",
                .first {
                    let orders = try await api.orders()
                    #expect(orders.map(\.status) == [.pending])
                    #expect(orders.first?.checkoutSession == nil)
                })
            let answer = try await api.post(
                Self.path,
                #"""
                {"mode":"payment","items":[{"sku":"tea","quantity":2}],"customer":"cus_1",
                "customer_email":"jenny@example.com","description":"Order 7","metadata":{"cart":"7"},\#(Self.success),
                "cancel_url":"https://shop.example/basket","allow_promotion_codes":true,"automatic_tax":true,
                "expires_at":1795309200,"setup_future_usage":"off_session","capture_method":"manual"}
                """#)
            #expect(answer.status == 201)
            let order = try #require(try await api.orders().first)
            #expect(answer["id"] == order.id.rawValue)
            #expect(answer["status"] == "pending")
            #expect(answer["kind"] == "payment")
            #expect(answer["amount"] == "1700")
            #expect(answer["currency"] == "eur")
            #expect(answer["checkout_session"] == "cs_test_1")
            #expect(answer["url"] == "https://checkout.stripe.example/c/pay/cs_test_1")
            #expect(answer["metadata", "cart"] == "7")
            #expect(order.customerEmail == "jenny@example.com")

            let call = try #require(api.stripe.posts.last)
            #expect(call.idempotencyKey == "\(order.id):session:1")
            #expect(
                call.form == [
                    "mode": "payment", "ui_mode": "hosted_page", "customer": "cus_1",
                    "client_reference_id": order.id.rawValue,
                    "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
                    "cancel_url": "https://shop.example/basket", "allow_promotion_codes": "true",
                    "automatic_tax[enabled]": "true", "customer_update[address]": "auto", "expires_at": "1795309200",
                    "line_items[0][quantity]": "2", "line_items[0][price_data][currency]": "eur",
                    "line_items[0][price_data][product_data][name]": "Green tea",
                    "line_items[0][price_data][unit_amount]": "850", "metadata[cart]": "7",
                    "metadata[checkout_order]": order.id.rawValue, "payment_intent_data[description]": "Order 7",
                    "payment_intent_data[metadata][cart]": "7",
                    "payment_intent_data[metadata][checkout_order]": order.id.rawValue,
                    "payment_intent_data[capture_method]": "manual",
                    "payment_intent_data[setup_future_usage]": "off_session",
                ])
        }
    }

    @Test(arguments: Engine.all)
    func `a recurring price starts a subscription`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            api.stripe.add("price_month", .init(unitAmount: 900, isRecurring: true))
            let answer = try await api.post(
                Self.path,
                #"""
                {"mode":"subscription","price":"price_month","quantity":3,"trial_period_days":14,
                "customer_email":"jenny@example.com","metadata":{"cart":"7"},"subscription_metadata":{"plan":"gold"},
                \#(Self.success)}
                """#)
            #expect(answer.status == 201)
            #expect(answer["kind"] == "subscription")
            #expect(answer["amount"] == "2700")
            #expect(answer["currency"] == "eur")
            let id = answer["id"] ?? ""
            #expect(
                api.stripe.posts.last?.form == [
                    "mode": "subscription", "ui_mode": "hosted_page", "client_reference_id": id,
                    "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
                    "customer_email": "jenny@example.com", "line_items[0][price]": "price_month",
                    "line_items[0][quantity]": "3", "metadata[cart]": "7", "metadata[checkout_order]": id,
                    "subscription_data[metadata][plan]": "gold", "subscription_data[metadata][checkout_order]": id,
                    "subscription_data[metadata][checkout_tenant]": api.tenant.tenant.id.rawValue,
                    "subscription_data[trial_period_days]": "14",
                ])
        }
    }

    @Test func `a setup sells nothing, and makes a customer to save the card for`() async throws {
        try await withAPI { api in
            let answer = try await api.post(Self.path, #"{"mode":"setup",\#(Self.success)}"#)
            #expect(answer.status == 201)
            #expect(answer["amount"] == "0")
            #expect(answer["currency"] == nil)
            let id = answer["id"] ?? ""
            #expect(
                api.stripe.posts.last?.form == [
                    "mode": "setup", "ui_mode": "hosted_page", "client_reference_id": id, "currency": "eur",
                    "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
                    "customer_creation": "always", "metadata[checkout_order]": id,
                    "setup_intent_data[metadata][checkout_order]": id,
                ])
            let own = try await api.post(
                Self.path, #"{"mode":"setup","currency":"jpy","customer":"cus_1",\#(Self.success)}"#)
            #expect(own.status == 201)
            #expect(api.stripe.posts.last?.form["currency"] == "jpy")
            #expect(api.stripe.posts.last?.form["customer_creation"] == nil)
        }
    }

    @Test func `a price of somebody else's is not there, and one for another mode is refused`() async throws {
        try await withAPI { api in
            api.stripe.add("price_once", FakeStripe.Price())
            api.stripe.add("price_month", .init(isRecurring: true))
            api.stripe.add("price_old", .init(isActive: false))
            api.stripe.add(
                "price_theirs", FakeStripe.Price(metadata: ["checkout_tenant": api.other.tenant.id.rawValue]))
            let cases: [(String, String, Failure)] = [
                ("payment", "price_none", Failure(404, "invalid_request_error", "resource_missing")),
                ("payment", "price_theirs", Failure(404, "invalid_request_error", "resource_missing")),
                ("payment", "../customers/cus_1", Failure(404, "invalid_request_error", "resource_missing")),
                ("payment", "price_month", Failure(400, "invalid_request_error", "price_recurring")),
                ("subscription", "price_once", Failure(400, "invalid_request_error", "price_not_recurring")),
                ("payment", "price_old", Failure(400, "invalid_request_error", "price_inactive")),
            ]
            for (mode, price, failure) in cases {
                let answer = try await api.post(
                    Self.path, #"{"mode":"\#(mode)","price":"\#(price)",\#(Self.success)}"#, once: price)
                #expect(answer.failure == failure, "\(price)")
                #expect(answer["error", "param"] == "price")
            }
            #expect(api.stripe.posts.isEmpty)
            #expect(try await api.orders().allSatisfy { $0.status == .failed })
        }
    }

    @Test(arguments: ["cus_foreign", "cus_theirs", "cus_gone", "x/y"])
    func `a customer of somebody else's is not there`(customer: String) async throws {
        try await withAPI { api in
            try await api.addTea()
            api.stripe.add(
                "cus_theirs", FakeStripe.Customer(metadata: ["checkout_tenant": api.other.tenant.id.rawValue]))
            api.stripe.add("cus_gone", .init(isDeleted: true))
            for (path, rest) in [
                (Self.path, #""mode":"payment",\#(Self.success)"#), ("/v1/payment_intents", #""description":"x""#),
                ("/v1/payment_intents/off_session", #""payment_method":"pm_1""#),
            ] {
                let answer = try await api.post(
                    path, #"{"items":[{"sku":"tea"}],"customer":"\#(customer)",\#(rest)}"#)
                #expect(answer.failure == Failure(404, "invalid_request_error", "resource_missing"))
                #expect(answer["error", "param"] == "customer")
                #expect(answer["error", "message"] == "No such customer.")
            }
            #expect(api.stripe.posts.isEmpty)
        }
    }

    @Test func `a page may sell the catalog, on no terms of its own`() async throws {
        try await withAPI { api in
            try await api.addTea()
            let answer = try await api.post(Self.path, Self.tea, key: api.publishableKey)
            #expect(answer.status == 201)
            #expect(answer["amount"] == "1700")
            let fields = [
                #""price":"price_1""#, #""quantity":2"#, #""currency":"eur""#, #""customer":"cus_1""#,
                #""trial_period_days":9"#, #""subscription_metadata":{}"#, #""allow_promotion_codes":true"#,
                #""automatic_tax":false"#, #""expires_at":1"#, #""setup_future_usage":"on_session""#,
                #""capture_method":"manual""#,
            ]
            for field in fields {
                let refused = try await api.post(
                    Self.path, #"{"mode":"payment",\#(Self.success),\#(field)}"#, key: api.publishableKey)
                #expect(refused.failure == Failure(403, "permission_error", "permission_denied"), "\(field)")
            }
            for mode in ["subscription", "setup"] {
                let refused = try await api.post(
                    Self.path, #"{"mode":"\#(mode)",\#(Self.success)}"#, key: api.publishableKey)
                #expect(refused.status == 403)
            }
            #expect(try await api.orders().count == 1)
        }
    }

    @Test(arguments: [
        (#""items":[{"sku":"tea"}],"price":"price_1""#, "price", "parameter_conflict"),
        (#""items":[{"sku":"tea"}],"quantity":1"#, "quantity", "parameter_conflict"),
        (#""items":[{"sku":"tea"}],"currency":"eur""#, "currency", "parameter_not_in_mode"),
        (#""items":[{"sku":"tea"}],"trial_period_days":1"#, "trial_period_days", "parameter_not_in_mode"),
        (
            #""items":[{"sku":"tea"}],"subscription_metadata":{"a":"b"}"#, "subscription_metadata",
            "parameter_not_in_mode"
        ),
        (#""price":"price_1","quantity":0"#, "quantity", "parameter_invalid_integer"),
        (#""price":"price_1","automatic_tax":1"#, "automatic_tax", "parameter_invalid_type"),
        (#""price":"price_1","amount":1"#, "amount", "parameter_unknown"),
        (#""quantity":1"#, "items", "parameter_missing"),
        (#""items":[{"sku":"coffee"}]"#, "items[0][sku]", "resource_missing"),
    ])
    func `what makes no sense is refused by name`(fields: String, param: String, code: String) async throws {
        try await withAPI { api in
            let answer = try await api.post(Self.path, #"{"mode":"payment",\#(Self.success),\#(fields)}"#)
            #expect(answer["error", "param"] == param)
            #expect(answer["error", "code"] == code)
            #expect(api.stripe.calls.isEmpty)
            #expect(try await api.orders().isEmpty)
        }
    }

    @Test(arguments: [
        (#"{"items":[{"sku":"tea"}],\#(success)}"#, "mode", "parameter_missing"),
        (#"{"mode":"gift",\#(success)}"#, "mode", "parameter_invalid_choice"),
        (#"{"mode":"subscription",\#(success)}"#, "price", "parameter_missing"),
        (#"{"mode":"subscription","items":[{"sku":"tea"}],\#(success)}"#, "items", "parameter_not_in_mode"),
        (#"{"mode":"setup","price":"price_1",\#(success)}"#, "price", "parameter_not_in_mode"),
        (#"{"mode":"payment","items":[{"sku":"tea"}]}"#, "success_url", "parameter_missing"),
    ])
    func `every mode has its own fields`(body: String, param: String, code: String) async throws {
        try await withAPI { api in
            let answer = try await api.post(Self.path, body)
            #expect(answer.status == 400)
            #expect(answer["error", "param"] == param)
            #expect(answer["error", "code"] == code)
        }
    }
}
