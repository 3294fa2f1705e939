import Commerce
import Messaging
import Security
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct ProductTests {
    private let missing = Failure(404, "invalid_request_error", "resource_missing")

    @Test(arguments: Engine.all)
    func `a product and its price are made in the tenant's account, once`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let body = #"{"name":"Gold plan","description":"All of it","metadata":{"tier":"3"}}"#
            let product = try await api.post("/v1/products", body, once: "k")
            #expect(product.status == 201)
            #expect(product["object"] == "product")
            #expect(product["name"] == "Gold plan")
            #expect(product["metadata", "tier"] == "3")
            #expect(!product.body.contains("checkout_tenant"))
            let call = try #require(api.stripe.posts.first)
            #expect(call.form["metadata[checkout_tenant]"] == api.tenant.tenant.id.rawValue)
            #expect(call.form["description"] == "All of it")
            #expect(call.idempotencyKey?.hasPrefix("\(api.tenant.tenant.id):product:") == true)
            #expect(try await api.post("/v1/products", body, once: "k").body == product.body)
            #expect(api.stripe.posts.count == 1)
            let id = product["id"] ?? ""
            #expect(try await api.get("/v1/products/\(id)").body == product.body)

            let price = try await api.post(
                "/v1/prices",
                #"""
                {"product":"\#(id)","unit_amount":900,"currency":"EUR","recurring":{"interval":"month","interval_count":3},
                "nickname":"quarterly","lookup_key":"gold","tax_behavior":"inclusive","metadata":{"a":"b"}}
                """#)
            #expect(price.status == 201)
            #expect(price["object"] == "price")
            #expect(price["recurring", "interval"] == "month")
            #expect(
                api.stripe.posts.last?.form == [
                    "product": id, "unit_amount": "900", "currency": "eur", "recurring[interval]": "month",
                    "recurring[interval_count]": "3", "nickname": "quarterly", "lookup_key": "gold",
                    "tax_behavior": "inclusive", "metadata[a]": "b",
                    "metadata[checkout_tenant]": api.tenant.tenant.id.rawValue,
                ])
            #expect(try await api.get("/v1/prices/\(price["id"] ?? "")").body == price.body)
            let free = try await api.post("/v1/prices", #"{"product":"\#(id)","unit_amount":0,"currency":"jpy"}"#)
            #expect(free.status == 201)
            #expect(free["recurring"] == nil)
        }
    }

    @Test func `another tenant's products and prices are not there`() async throws {
        try await withAPI { api in
            let other = ["checkout_tenant": api.other.tenant.id.rawValue]
            api.stripe.addProduct("prod_own")
            api.stripe.addProduct("prod_other", .init(metadata: other))
            api.stripe.addProduct("prod_off", .init(isActive: false))
            api.stripe.addProduct("prod_zgone", .init(isDeleted: true))
            api.stripe.add("price_own", FakeStripe.Price())
            api.stripe.add("price_other", FakeStripe.Price(metadata: other))
            #expect(try await api.get("/v1/products?limit=2").ids == ["prod_off", "prod_own"])
            #expect(try await api.get("/v1/products?active=false").ids == ["prod_off"])
            #expect(try await api.get("/v1/prices").ids == ["price_own"])
            for path in [
                "products/prod_other", "products/prod_zgone", "products/prod_none", "prices/price_other",
                "prices/price_none", "products?starting_after=prod_other", "prices?product=prod_other",
            ] {
                #expect(try await api.get("/v1/\(path)").failure == missing, "\(path)")
            }
            let price = try await api.post(
                "/v1/prices", #"{"product":"prod_other","unit_amount":1,"currency":"eur"}"#)
            #expect(price.failure == missing)
            #expect(price["error", "param"] == "product")
            #expect(api.stripe.posts.isEmpty)
        }
    }

    @Test(arguments: [
        ("products", #"{}"#, "name"), ("products", #"{"name":"4242 4242 4242 4242"}"#, "name"),
        ("products", #"{"name":"x","metadata":{"checkout_tenant":"ten_1"}}"#, "metadata[checkout_tenant]"),
        ("prices", #"{"unit_amount":1,"currency":"eur"}"#, "product"),
        ("prices", #"{"product":"p","currency":"eur"}"#, "unit_amount"),
        ("prices", #"{"product":"p","unit_amount":-1,"currency":"eur"}"#, "unit_amount"),
        ("prices", #"{"product":"p","unit_amount":1,"currency":"xxx"}"#, "currency"),
        ("prices", #"{"product":"p","unit_amount":1,"currency":"eur","recurring":{}}"#, "recurring[interval]"),
        ("prices", #"{"product":"p","unit_amount":1,"currency":"eur","recurring":{"every":"x"}}"#, "recurring[every]"),
        ("prices", #"{"product":"p","unit_amount":1,"currency":"eur","tax_behavior":"none"}"#, "tax_behavior"),
    ])
    func `what no product or price can be is refused by name`(kind: String, body: String, param: String) async throws {
        try await withAPI { api in
            let answer = try await api.post("/v1/\(kind)", body)
            #expect(answer.status == 400)
            #expect(answer["error", "param"] == param)
            #expect(api.stripe.calls.isEmpty)
        }
    }
}
