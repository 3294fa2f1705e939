import Commerce
import Database
import Messaging
import NIOHTTP1
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct CustomerTests {
    private let missing = Failure(404, "invalid_request_error", "resource_missing")

    @Test(arguments: Engine.all)
    func `a customer is made in the tenant's account, and is the tenant's`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let body = #"{"email":"jenny@example.com","name":"Jenny Rosen","metadata":{"crm":"7"}}"#
            let answer = try await api.post("/v1/customers", body, once: "k")
            #expect(answer.status == 201)
            #expect(answer["object"] == "customer")
            #expect(answer["email"] == "jenny@example.com")
            #expect(answer["name"] == "Jenny Rosen")
            #expect(answer["metadata", "crm"] == "7")
            #expect(!answer.body.contains("checkout_tenant"))
            let id = answer["id"] ?? ""
            let call = try #require(api.stripe.posts.first)
            #expect(call.form["metadata[checkout_tenant]"] == api.tenant.tenant.id.rawValue)
            #expect(call.idempotencyKey?.hasPrefix("\(api.tenant.tenant.id):customer:") == true)

            let again = try await api.post("/v1/customers", body, once: "k")
            #expect(again.body == answer.body)
            #expect(api.stripe.posts.count == 1)
            let read = try await api.get("/v1/customers/\(id)")
            #expect(read.body == answer.body)
            // Known, so Stripe is not asked whose it is.
            let paid = try await api.pay(#"{"amount":1999,"currency":"eur","customer":"\#(id)"}"#)
            #expect(paid["customer"] == id)
            #expect(api.stripe.calls.map(\.method) == ["POST", "GET", "POST"])
        }
    }

    @Test func `a repeated request is the same call, whatever broke in between`() async throws {
        try await withAPI(retries: 0) { api in
            let body = #"{"email":"jenny@example.com"}"#
            api.stripe.meet(.dropAfterActing)
            let lost = try await api.post("/v1/customers", body, once: "k")
            #expect(lost.failure == Failure(503, "api_error", "stripe_unavailable"))
            let answer = try await api.post("/v1/customers", body, once: "k")
            #expect(answer.status == 201)
            #expect(Set(api.stripe.posts.map(\.idempotencyKey)).count == 1)

            let failure = FakeStripe.error(500, "api_error", nil, "Stored")
            api.stripe.meet(.stored(failure.status, failure.body))
            let refused = try await api.post("/v1/customers", body, once: "l")
            #expect(refused.failure == Failure(502, "api_error", "stripe_unavailable"))
            let made = try await api.post("/v1/customers", body, once: "l")
            #expect(made.status == 201)
            #expect(api.stripe.customers.count == 3)

            for _ in 0..<2 { _ = try await api.post("/v1/customers", body) }
            #expect(api.stripe.customers.count == 5)
        }
    }

    @Test(arguments: [
        (#"{"email":1}"#, "email"), (#"{"mail":"a@b.example"}"#, "mail"), (#"{"name":"4242 4242 4242 4242"}"#, "name"),
        (#"{"metadata":{"checkout_tenant":"ten_1"}}"#, "metadata[checkout_tenant]"), (#"{"phone":""}"#, "phone"),
    ])
    func `what no customer can have is refused by name`(body: String, param: String) async throws {
        try await withAPI { api in
            let answer = try await api.post("/v1/customers", body)
            #expect(answer.status == 400)
            #expect(answer["error", "param"] == param)
            #expect(api.stripe.calls.isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `customers of other tenants are not there, though they share an account`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let marked = try await api.post("/v1/customers", #"{"name":"A"}"#)["id"] ?? ""
            // One that Stripe's page made says nothing of its tenant, who is the first that was told of it.
            api.stripe.add("cus_page", .init(email: "jenny@example.com"))
            api.stripe.save("pm_1", of: "cus_page")
            #expect(try await api.get("/v1/customers/cus_page").status == 200)
            for id in [marked, "cus_page", "cus_none", "cus_", "x", "%2e%2e"] {
                for (method, path) in [
                    (HTTPMethod.GET, "/v1/customers/\(id)"), (.GET, "/v1/customers/\(id)/payment_methods"),
                    (.DELETE, "/v1/customers/\(id)/payment_methods/pm_1"),
                ] {
                    let answer = try await api.send(
                        api.request(method, path, key: api.other.secretKey.secret))
                    #expect(answer.failure == missing, "\(path)")
                }
            }
            let methods = try await api.get("/v1/customers/cus_page/payment_methods")
            #expect(methods.ids == ["pm_1"])
        }
    }

    @Test(arguments: Engine.all)
    func `in an account that tenants share, what says nothing of its tenant is nobody's`(
        on engine: Engine
    ) async throws {
        try await withAPI(on: engine) { api in
            let marked = try await api.post("/v1/customers", #"{"name":"A"}"#)["id"] ?? ""
            for id in ["cus_page", "cus_bought"] { api.stripe.add(id, .init(email: "jenny@example.com")) }
            let scope = api.tenant.tenant.scope
            try await api.database.write { connection in
                // As its order's Checkout Session would.
                try CustomerStore.note("cus_bought", email: nil, for: scope, in: connection)
                try connection.execute(
                    "UPDATE tenants SET stripe_publishable_key = $1 WHERE livemode = $2", "pk_test_one12345", false)
            }
            #expect(try await api.get("/v1/customers/cus_page").failure == missing)
            for id in [marked, "cus_bought"] { #expect(try await api.get("/v1/customers/\(id)").status == 200) }
            for id in [marked, "cus_bought", "cus_page"] {
                let theirs = try await api.get("/v1/customers/\(id)", key: api.other.secretKey.secret)
                #expect(theirs.failure == missing)
            }
            // As Stripe says it, whatever the keys.
            try await api.database.write { connection in
                try connection.execute(
                    "UPDATE tenants SET stripe_publishable_key = $1 WHERE id = $2", "pk_test_two12345",
                    api.other.tenant.id)
                try connection.execute(
                    "UPDATE tenants SET account_at_stripe = $1 WHERE livemode = $2", "acct_both", false)
            }
            #expect(try await api.get("/v1/customers/cus_page").failure == missing)
            try await api.database.write { connection in
                try connection.execute(
                    "UPDATE tenants SET account_at_stripe = NULL, stripe_publishable_key = 'pk_test_one12345'")
            }
            // Marked as its own it needs no row; another connected account is another account.
            try await api.database.write { connection in
                try connection.execute("DELETE FROM customers")
            }
            #expect(try await api.get("/v1/customers/\(marked)").status == 200)
            try await api.database.write { connection in
                try connection.execute(
                    "UPDATE tenants SET stripe_account = $1 WHERE id = $2", "acct_1", api.other.tenant.id)
            }
            #expect(try await api.get("/v1/customers/cus_page").status == 200)
        }
    }

    @Test func `of a saved card only brand, last digits and expiry are shown`() async throws {
        try await withAPI { api in
            for number in 1...3 { api.stripe.save("pm_\(number)", of: "cus_1") }
            let page = try await api.get("/v1/customers/cus_1/payment_methods?limit=2")
            #expect(page.status == 200)
            #expect(page.ids == ["pm_1", "pm_2"])
            #expect(page["has_more"] == "1")
            #expect(page["data", 0, "card", "brand"] == "visa")
            #expect(page["data", 0, "card", "last4"] == "4242")
            #expect(page["data", 0, "card", "exp_month"] == "12")
            #expect(page["data", 0, "card", "exp_year"] == "2034")
            for hidden in ["FINGERPRINT", "Jenny", "jenny@example.com", "funding", "country"] {
                #expect(!page.body.contains(hidden))
            }
            let rest = try await api.get("/v1/customers/cus_1/payment_methods?limit=2&starting_after=pm_2")
            #expect(rest.ids == ["pm_3"])
            let wrong = try await api.get("/v1/customers/cus_1/payment_methods?limit=0")
            #expect(wrong["error", "param"] == "limit")
        }
    }

    @Test func `a card is detached from its own customer alone`() async throws {
        try await withAPI { api in
            api.stripe.add("cus_2", FakeStripe.Customer())
            api.stripe.save("pm_1", of: "cus_1")
            let foreign = try await api.delete("/v1/customers/cus_2/payment_methods/pm_1")
            #expect(foreign.failure == missing)
            #expect(api.stripe.posts.isEmpty)
            let gone = try await api.delete("/v1/customers/cus_1/payment_methods/pm_1")
            #expect(gone.status == 200)
            #expect(gone["id"] == "pm_1")
            #expect(gone["deleted"] == "1")
            #expect(try await api.get("/v1/customers/cus_1/payment_methods").ids == [])
            let again = try await api.delete("/v1/customers/cus_1/payment_methods/pm_1")
            #expect(again.failure == missing)
        }
    }

    @Test func `pages see no customers`() async throws {
        try await withAPI { api in
            let made = try await api.post("/v1/customers", "{}", key: api.publishableKey)
            let read = try await api.get("/v1/customers/cus_1", key: api.publishableKey)
            let cards = try await api.get("/v1/customers/cus_1/payment_methods", key: api.publishableKey)
            let detached = try await api.delete("/v1/customers/cus_1/payment_methods/pm_1", key: api.publishableKey)
            for answer in [made, read, cards, detached] {
                #expect(answer.failure == Failure(403, "permission_error", "permission_denied"))
            }
            #expect(api.stripe.calls.isEmpty)
        }
    }
}
