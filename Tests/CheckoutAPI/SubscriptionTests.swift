import Commerce
import Database
import Messaging
import NIOHTTP1
import Security
import StripeModels
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct SubscriptionTests {
    static let missing = Failure(404, "invalid_request_error", "resource_missing")
    static let path = "/v1/subscriptions/sub_1"

    static func stored(_ api: RunningAPI, _ id: String = "sub_1") async throws -> StoredSubscription? {
        try await api.database.read { try SubscriptionStore.get(id, for: api.tenant.tenant.scope, in: $0) }
    }

    @Test(arguments: Engine.all)
    func `all pages are listed, and nothing of another tenant in the same account`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            for number in 10..<40 {
                // Most are somebody else's, so one page of ours takes several of Stripe's.
                let owner = number % 5 == 0 ? api.tenant.tenant.id : api.other.tenant.id
                api.stripe.addSubscription("sub_\(number)", .init(metadata: ["checkout_tenant": owner.rawValue]))
            }
            api.stripe.addSubscription("sub_50", .init(status: "canceled"))
            api.stripe.addSubscription("sub_51", .init(customer: "cus_other"))
            try await api.database.write { connection in
                try CustomerStore.note("cus_other", email: nil, for: api.other.tenant.scope, in: connection)
            }
            let first = try await api.get("/v1/subscriptions?limit=4")
            #expect(first.status == 200)
            #expect(first.ids == ["sub_10", "sub_15", "sub_20", "sub_25"])
            #expect(first["has_more"] == "1")
            let second = try await api.get("/v1/subscriptions?limit=4&starting_after=sub_25")
            #expect(second.ids == ["sub_30", "sub_35"])
            #expect(second["has_more"] == "0")
            #expect(try await api.get("/v1/subscriptions?status=canceled").ids == ["sub_50"])
            #expect(try await api.get("/v1/subscriptions?status=all&limit=100").ids.count == 7)
            #expect(try await api.get("/v1/subscriptions?customer=cus_1").ids.count == 6)
            let foreign = try await api.get("/v1/subscriptions?starting_after=sub_11")
            #expect(foreign.failure == Self.missing)
            #expect(try await api.get("/v1/subscriptions?customer=cus_other").failure == Self.missing)
            for query in ["status=alive", "limit=0", "plan=x"] {
                #expect(try await api.get("/v1/subscriptions?\(query)").status == 400)
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a reading is the answer, and is written down`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            api.stripe.addSubscription(
                "sub_1", .init(metadata: ["plan": "gold", "checkout_tenant": api.tenant.tenant.id.rawValue]))
            let answer = try await api.get(Self.path)
            #expect(answer.status == 200)
            #expect(answer["object"] == "subscription")
            #expect(answer["status"] == "active")
            #expect(answer["customer"] == "cus_1")
            #expect(answer["items", "data", 0, "price", "id"] == "price_1")
            #expect(answer["items", "data", 0, "price", "unit_amount"] == "2000")
            #expect(answer["current_period_end"] == "\(FakeStripe.periodEnd)")
            #expect(answer["cancel_at_period_end"] == "0")
            #expect(answer["metadata", "plan"] == "gold")
            #expect(!answer.body.contains("checkout_"))
            let row = try #require(try await Self.stored(api))
            #expect(row.status == .active)
            #expect(row.items.map(\.price) == ["price_1"])
            #expect(row.revision == 1)
            // The same once more writes nothing.
            _ = try await api.get(Self.path)
            #expect(try await Self.stored(api)?.revision == 1)
            api.stripe.addSubscription("sub_1", .init(status: "past_due"))
            _ = try await api.get(Self.path)
            #expect(try await Self.stored(api)?.status == .pastDue)
        }
    }

    @Test(arguments: Engine.all)
    func `a reading that was overtaken is made again`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            api.stripe.addSubscription("sub_1")
            api.stripe.meet(
                at: "GET /v1/subscriptions/sub_1",
                .first {
                    // While Stripe is asked, somebody writes what they read before.
                    let fact = SubscriptionFact(
                        id: "sub_1", livemode: false, status: .trialing, customer: "cus_1", created: 1_795_305_600)
                    try await api.database.write { connection in
                        _ = try OrderStore.apply(
                            subscription: fact, .read, for: api.tenant.tenant.scope, cause: OrderCause("test"),
                            expecting: 0, in: connection)
                    }
                })
            let answer = try await api.get(Self.path)
            #expect(answer["status"] == "active")
            #expect(api.stripe.calls.count == 2)
            #expect(try await Self.stored(api)?.status == .active)
        }
    }

    @Test func `a change does exactly what its preview showed`() async throws {
        try await withAPI { api in
            api.stripe.addSubscription("sub_1")
            api.stripe.add("price_2", FakeStripe.Price(isRecurring: true))
            let preview = try await api.post("\(Self.path)/preview", #"{"price":"price_2","quantity":3}"#)
            #expect(preview.status == 200)
            #expect(preview["object"] == "subscription_preview")
            #expect(preview["amount_due"] == "1234")
            #expect(preview["currency"] == "eur")
            #expect(preview["proration_date"] == "1795400000")
            #expect(preview["proration_behavior"] == "always_invoice")
            #expect(preview["lines", "data", 0, "amount"] == "-700")
            #expect(preview["lines", "data", 1, "proration"] == "1")
            #expect(preview["lines", "data", 1, "period", "start"] == "1795400000")
            #expect(api.stripe.subscription("sub_1")?.price == "price_1")

            let change = try await api.post(
                Self.path, #"{"price":"price_2","quantity":3,"proration_date":1795400000}"#, once: "k")
            #expect(change.status == 200)
            #expect(change["items", "data", 0, "price", "id"] == "price_2")
            #expect(change["items", "data", 0, "quantity"] == "3")
            let forms = api.stripe.posts.map(\.form)
            #expect(
                forms[0] == [
                    "subscription": "sub_1", "subscription_details[items][0][id]": "si_1",
                    "subscription_details[items][0][price]": "price_2",
                    "subscription_details[items][0][quantity]": "3",
                    "subscription_details[proration_behavior]": "always_invoice",
                ])
            #expect(
                forms[1] == [
                    "items[0][id]": "si_1", "items[0][price]": "price_2", "items[0][quantity]": "3",
                    "proration_behavior": "always_invoice", "proration_date": "1795400000",
                    "payment_behavior": "error_if_incomplete",
                ])
            let again = try await api.post(
                Self.path, #"{"price":"price_2","quantity":3,"proration_date":1795400000}"#, once: "k")
            #expect(again.body == change.body)
            #expect(api.stripe.posts.count == 2)
            let row = try #require(try await Self.stored(api))
            #expect(row.items.map(\.price) == ["price_2"])
            #expect(row.items.map(\.quantity) == [3])
        }
    }

    @Test func `a preview that fails is an error`() async throws {
        try await withAPI(retries: 0) { api in
            api.stripe.addSubscription("sub_1")
            let preview = "POST /v1/invoices/create_preview"
            let none = FakeStripe.error(404, "invalid_request_error", "invoice_upcoming_none", "No upcoming invoices")
            api.stripe.meet(at: preview, .answer(none.status, none.body))
            let refused = try await api.post("\(Self.path)/preview", #"{"quantity":2}"#)
            #expect(refused.failure == Failure(400, "invalid_request_error", "invoice_upcoming_none"))
            for body in ["{}", #"{"id":"x","object":"invoice","currency":"eur","livemode":false}"#, "<html>"] {
                api.stripe.meet(at: preview, .answer(200, body))
                let unreadable = try await api.post("\(Self.path)/preview", #"{"quantity":2}"#)
                #expect(unreadable.failure == Failure(502, "api_error", "stripe_unavailable"))
            }
            api.stripe.meet(at: preview, .answer(500, "{}"))
            #expect(try await api.post("\(Self.path)/preview", #"{"quantity":2}"#).status == 502)
        }
    }

    @Test func `a change that is not paid is not made`() async throws {
        try await withAPI { api in
            api.stripe.addSubscription("sub_1")
            let decline = FakeStripe.error(402, "card_error", "card_declined", "Your card was declined.")
            api.stripe.meet(at: "POST /v1/subscriptions/sub_1", .answer(decline.status, decline.body))
            let answer = try await api.post(Self.path, #"{"quantity":2}"#)
            #expect(answer.failure == Failure(402, "card_error", "card_declined"))
            #expect(try await Self.stored(api)?.items.map(\.quantity) == [1])
        }
    }

    @Test(arguments: [
        (#"{}"#, "price"), (#"{"price":1}"#, "price"), (#"{"quantity":0}"#, "quantity"),
        (#"{"quantity":1.5}"#, "quantity"), (#"{"quantity":2,"proration_behavior":"later"}"#, "proration_behavior"),
        (#"{"quantity":2,"proration_date":0}"#, "proration_date"),
        (#"{"quantity":2,"proration_behavior":"none","proration_date":1795400000}"#, "proration_date"),
        (#"{"quantity":2,"coupon":"x"}"#, "coupon"),
    ])
    func `what no change can be is refused by name, also in a preview`(body: String, param: String) async throws {
        try await withAPI { api in
            api.stripe.addSubscription("sub_1")
            for path in [Self.path, "\(Self.path)/preview"] {
                let answer = try await api.post(path, body)
                #expect(answer.status == 400)
                #expect(answer["error", "param"] == param)
            }
            #expect(api.stripe.calls.isEmpty)
        }
    }

    @Test func `of several items it is not clear which one to change`() async throws {
        try await withAPI { api in
            api.stripe.addSubscription("sub_1", .init(items: 2))
            let answer = try await api.post(Self.path, #"{"quantity":2}"#)
            #expect(answer.failure == Failure(400, "invalid_request_error", "subscription_has_several_items"))
            #expect(api.stripe.posts.isEmpty)
        }
    }

    @Test(arguments: Engine.all)
    func `it ends with its period, which can be taken back`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            api.stripe.addSubscription("sub_1")
            let canceled = try await api.post("\(Self.path)/cancel")
            #expect(canceled.status == 200)
            #expect(canceled["status"] == "active")
            #expect(canceled["cancel_at_period_end"] == "1")
            #expect(api.stripe.posts.map(\.form) == [["cancel_at_period_end": "true"]])
            #expect(try await Self.stored(api)?.cancelAtPeriodEnd == true)
            // Once is enough.
            #expect(try await api.post("\(Self.path)/cancel").body == canceled.body)
            #expect(api.stripe.posts.count == 1)

            let kept = try await api.post("\(Self.path)/reactivate")
            #expect(kept["cancel_at_period_end"] == "0")
            #expect(kept["cancel_at"] == nil)
            #expect(try await Self.stored(api)?.cancelAtPeriodEnd == false)
            #expect(try await api.post("\(Self.path)/reactivate").body == kept.body)
            #expect(api.stripe.posts.count == 2)
        }
    }

    @Test func `an end that was set as a time counts too, and is taken back`() async throws {
        try await withAPI { api in
            api.stripe.addSubscription("sub_1", .init(cancelAt: FakeStripe.periodEnd))
            #expect(try await api.get(Self.path)["cancel_at_period_end"] == "1")
            #expect(try await api.post("\(Self.path)/cancel").status == 200)
            #expect(api.stripe.posts.isEmpty)
            let kept = try await api.post("\(Self.path)/reactivate")
            #expect(api.stripe.posts.map(\.form) == [["cancel_at": ""]])
            #expect(kept["cancel_at_period_end"] == "0")
        }
    }

    @Test(arguments: Engine.all)
    func `it ends at once, and stays so`(on engine: Engine) async throws {
        try await withAPI(on: engine, retries: 0) { api in
            api.stripe.addSubscription("sub_1")
            let now = #"{"at_period_end":false}"#
            // Its answer is lost, and the call has no key to be repeated under.
            api.stripe.meet(at: "DELETE /v1/subscriptions/sub_1", .dropAfterActing)
            let ended = try await api.post("\(Self.path)/cancel", now)
            #expect(ended.status == 200)
            #expect(ended["status"] == "canceled")
            #expect(try await Self.stored(api)?.status == .canceled)
            #expect(try await api.post("\(Self.path)/cancel", now).body == ended.body)
            let over = Failure(400, "invalid_request_error", "subscription_ended")
            #expect(try await api.post("\(Self.path)/cancel").failure == over)
            #expect(try await api.post("\(Self.path)/reactivate").failure == over)
            #expect(api.stripe.calls.filter { $0.method == "DELETE" }.count == 1)
        }
    }

    @Test func `a paused one goes on`() async throws {
        try await withAPI { api in
            api.stripe.addSubscription("sub_1", .init(status: "paused"))
            let resumed = try await api.post("\(Self.path)/reactivate")
            #expect(resumed["status"] == "active")
            #expect(api.stripe.posts.map(\.path) == ["\(Self.path)/resume"])
        }
    }

    @Test(arguments: Engine.all)
    func `another tenant's is not there, though they share an account`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            api.stripe.addSubscription("sub_1", .init(metadata: ["checkout_tenant": api.other.tenant.id.rawValue]))
            api.stripe.addSubscription("sub_2", .init(customer: "cus_other"))
            api.stripe.addSubscription("sub_3")
            api.stripe.add(
                "price_other", FakeStripe.Price(metadata: ["checkout_tenant": api.other.tenant.id.rawValue]))
            try await api.database.write { connection in
                try CustomerStore.note("cus_other", email: nil, for: api.other.tenant.scope, in: connection)
            }
            for id in ["sub_1", "sub_2", "sub_none", "cus_1", "%2e%2e"] {
                let calls: [(HTTPMethod, String, String)] = [
                    (.GET, "", ""), (.POST, "", #"{"quantity":2}"#), (.POST, "/preview", #"{"quantity":2}"#),
                    (.POST, "/cancel", ""), (.POST, "/cancel", #"{"at_period_end":false}"#), (.POST, "/reactivate", ""),
                ]
                for (method, path, body) in calls {
                    let full = "/v1/subscriptions/\(id)\(path)"
                    let answer = method == .GET ? try await api.get(full) : try await api.post(full, body)
                    #expect(answer.failure == Self.missing, "\(method) \(full)")
                }
            }
            let price = try await api.post("/v1/subscriptions/sub_3", #"{"price":"price_other"}"#)
            #expect(price.failure == Self.missing)
            #expect(price["error", "param"] == "price")
            #expect(api.stripe.calls.allSatisfy { $0.method == "GET" })
            #expect(try await Self.stored(api) == nil)
        }
    }

    @Test func `in an account that tenants share, those of nobody's customers are not listed`() async throws {
        try await withAPI { api in
            api.stripe.addSubscription("sub_1", .init(metadata: ["checkout_tenant": api.tenant.tenant.id.rawValue]))
            api.stripe.addSubscription("sub_2")
            #expect(try await api.get("/v1/subscriptions").ids == ["sub_1", "sub_2"])
            try await api.database.write { connection in
                try connection.execute(
                    "UPDATE tenants SET stripe_publishable_key = $1 WHERE livemode = $2", "pk_test_one12345", false)
            }
            #expect(try await api.get("/v1/subscriptions").ids == ["sub_1"])
            #expect(try await api.get("/v1/subscriptions/sub_2").failure == Self.missing)
        }
    }

    @Test func `a key does with subscriptions what its scopes say`() async throws {
        try await withAPI { api in
            api.stripe.addSubscription("sub_1")
            let forbidden = Failure(403, "permission_error", "permission_denied")
            let calls: [(APIScope, HTTPMethod, String)] = [
                (.subscriptionsRead, .GET, "/v1/subscriptions"), (.subscriptionsRead, .GET, Self.path),
                (.subscriptionsRead, .POST, "\(Self.path)/preview"), (.subscriptionsWrite, .POST, Self.path),
                (.subscriptionsWrite, .POST, "\(Self.path)/cancel"),
                (.subscriptionsWrite, .POST, "\(Self.path)/reactivate"),
                (.catalogRead, .GET, "/v1/products"), (.catalogRead, .GET, "/v1/prices/price_1"),
                (.catalogWrite, .POST, "/v1/products"), (.catalogWrite, .POST, "/v1/prices"),
                (.dashboardRead, .GET, "/v1/dashboard"),
            ]
            for (scope, method, path) in calls {
                let others = Set(APIScope.allCases).subtracting([scope])
                let key = try await api.apiKeys.create(for: api.tenant.tenant.id, kind: .secret, scopes: others)
                for key in [key.secret, api.publishableKey] {
                    let answer = try await api.send(api.request(method, path, key: key))
                    #expect(answer.failure == forbidden, "\(method) \(path)")
                }
            }
            #expect(api.stripe.calls.isEmpty)
        }
    }
}
