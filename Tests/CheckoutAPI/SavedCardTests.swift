import Commerce
import Database
import Messaging
import Security
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct SavedCardTests {
    private let path = "/v1/payment_intents/off_session"

    private func body(_ method: String = "pm_good", _ more: String = "") -> String {
        #"{"amount":1999,"currency":"eur","customer":"cus_1","payment_method":"\#(method)"\#(more)}"#
    }

    private func withSavedCards(
        on engine: Engine = .sqlite, patience: Duration = .seconds(20), retries: Int = 2,
        _ test: @escaping @Sendable (RunningAPI) async throws -> Void
    ) async throws {
        try await withAPI(on: engine, patience: patience, retries: retries) { api in
            for method in ["pm_good", "pm_demanding", "pm_poor", "pm_slow"] { api.stripe.save(method, of: "cus_1") }
            try await test(api)
        }
    }

    @Test(arguments: Engine.all)
    func `a saved card is charged without its owner`(on engine: Engine) async throws {
        try await withSavedCards(on: engine) { api in
            let answer = try await api.post(path, body("pm_good", #","description":"Refill""#), once: "k")
            #expect(answer.status == 201)
            #expect(answer["status"] == "active")
            #expect(answer["payment_intent"] == "pi_1")
            let id = answer["id"] ?? ""
            let call = try #require(api.stripe.posts.last)
            #expect(call.idempotencyKey == "\(id):create:1")
            #expect(
                call.form == [
                    "amount": "1999", "currency": "eur", "automatic_payment_methods[enabled]": "true",
                    "automatic_payment_methods[allow_redirects]": "never", "confirm": "true", "off_session": "true",
                    "customer": "cus_1", "payment_method": "pm_good", "description": "Refill",
                    "metadata[checkout_order]": id,
                ])
            let again = try await api.post(path, body("pm_good", #","description":"Refill""#), once: "k")
            #expect(again.body == answer.body)
            #expect(api.stripe.intents.count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a bank that wants the owner leaves an order to recover, and an email`(on engine: Engine) async throws {
        try await withSavedCards(on: engine) { api in
            let answer = try await api.post(
                path, body("pm_demanding", #","customer_email":"jenny@example.com""#), once: "k")
            #expect(answer.failure == Failure(402, "card_error", "authentication_required"))
            let order = try #require(try await api.orders().first)
            let secret = FakeStripe.secret(of: "pi_1")
            #expect(answer["error", "order", "id"] == order.id.rawValue)
            #expect(answer["error", "order", "client_secret"] == secret)
            #expect(answer["error", "order", "publishable_key"] == "pk_test_Acme12345678")
            #expect(answer["error", "decline_code"] == "authentication_required")
            #expect(answer["error", "recovery_url"] == "http://api.example/pay/\(order.id)#client_secret=\(secret)")
            #expect(order.paymentIntent == "pi_1")
            #expect(!order.status.isFinal && !order.status.isPaid)
            let emails = try await JobQueue(api.database).jobs(limit: 10).filter { $0.kind == .sendEmail }
            #expect(emails.count == 1)

            let again = try await api.post(
                path, body("pm_demanding", #","customer_email":"jenny@example.com""#), once: "k")
            #expect(again.body == answer.body)
            #expect(again.status == 402)
        }
    }

    @Test func `a decline fails the order, with the issuer's reason`() async throws {
        try await withSavedCards { api in
            let answer = try await api.post(path, body("pm_poor"))
            #expect(answer.failure == Failure(402, "card_error", "card_declined"))
            #expect(answer["error", "decline_code"] == "insufficient_funds")
            #expect(answer["error", "message"] == "Your card has insufficient funds.")
            #expect(answer["error", "order", "status"] == "failed")
            #expect(answer["error", "order", "failure", "code"] == "insufficient_funds")
            #expect(try await api.orders().map(\.status) == [.failed])
        }
    }

    @Test func `a debit takes its days`() async throws {
        try await withSavedCards { api in
            let answer = try await api.post(path, body("pm_slow"))
            #expect(answer.status == 201)
            #expect(answer["status"] == "processing")
        }
    }

    @Test func `a card of another customer is not there`() async throws {
        try await withSavedCards { api in
            api.stripe.add("cus_2", FakeStripe.Customer())
            api.stripe.save("pm_2", of: "cus_2")
            for method in ["pm_2", "pm_none", "pm/.."] {
                let answer = try await api.post(path, body(method))
                #expect(answer.failure == Failure(404, "invalid_request_error", "resource_missing"))
                #expect(answer["error", "param"] == "payment_method")
            }
            #expect(api.stripe.intents.isEmpty)
        }
    }

    @Test func `a page charges no saved card`() async throws {
        try await withSavedCards { api in
            try await api.addTea()
            let answer = try await api.post(
                path, #"{"items":[{"sku":"tea"}],"customer":"cus_1","payment_method":"pm_good"}"#,
                key: api.publishableKey)
            #expect(answer.status == 403)
            let own = try await api.post(
                path, #"{"items":[{"sku":"tea"}],"customer":"cus_1","payment_method":"pm_good"}"#)
            #expect(own["amount"] == "850")
        }
    }

    // MARK: What is not known

    @Test(arguments: Engine.all)
    func `a charge whose answer was lost is found, not made again`(on engine: Engine) async throws {
        try await withSavedCards(on: engine, retries: 0) { api in
            api.stripe.meet(at: "POST /v1/payment_intents", .dropAfterActing)
            let answer = try await api.post(path, body(), once: "k")
            #expect(answer.status == 201)
            #expect(answer["status"] == "active")
            #expect(api.stripe.intents.count == 1)
            #expect(api.stripe.posts.count == 1)
        }
    }

    @Test func `an error of Stripe's that hides a charge is seen through`() async throws {
        try await withSavedCards { api in
            let failure = FakeStripe.error(500, "api_error", nil, "Stored")
            api.stripe.meet(at: "POST /v1/payment_intents", .storedAfterActing(failure.status, failure.body))
            let answer = try await api.post(path, body())
            #expect(answer.status == 201)
            #expect(api.stripe.intents.count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a key is given up only once its call has ended, long ago, and nothing was charged`(
        on engine: Engine
    ) async throws {
        try await withSavedCards(on: engine, retries: 0) { api in
            let failure = FakeStripe.error(500, "api_error", nil, "Stored")
            api.stripe.meet(at: "POST /v1/payment_intents", .stored(failure.status, failure.body))
            // The charge that was begun may still come: Stripe repeats its error, and minutes later it is not listed yet.
            for _ in 0..<2 {
                let early = try await api.post(path, body(), once: "k")
                #expect(early.failure == Failure(502, "api_error", "stripe_unavailable"))
            }
            let order = try #require(try await api.orders().first)
            #expect(order.status == .pending)
            #expect(Set(api.stripe.posts.map(\.idempotencyKey)) == ["\(order.id):create:1"])

            try await api.age(order.id, by: .seconds(601))
            // The next key fails as well, and is as new as the first one was.
            api.stripe.meet(at: "POST /v1/payment_intents", .first {})
            api.stripe.meet(at: "POST /v1/payment_intents", .stored(failure.status, failure.body))
            for _ in 0..<2 { #expect(try await api.post(path, body(), once: "k").status == 502) }
            #expect(api.stripe.posts.last?.idempotencyKey == "\(order.id):create:2")

            try await api.age(order.id, by: .seconds(601))
            let answer = try await api.post(path, body(), once: "k")
            #expect(answer.status == 201)
            #expect(api.stripe.intents.count == 1)
            let keys = api.stripe.posts.map { $0.idempotencyKey ?? "" }
            #expect(Set(keys) == Set((1...3).map { "\(order.id):create:\($0)" }))
            #expect(keys.last == "\(order.id):create:3")
        }
    }

    @Test func `a gateway's error says nothing of the call behind it, however late`() async throws {
        try await withSavedCards(retries: 0) { api in
            for _ in 0..<2 {
                api.stripe.meet(at: "POST /v1/payment_intents", .answer(502, "Bad gateway"))
                let unknown = try await api.post(path, body(), once: "k")
                #expect(unknown.failure == Failure(502, "api_error", "stripe_unavailable"))
                try await api.age(try #require(try await api.orders().first).id, by: .seconds(601))
            }
            #expect(Set(api.stripe.posts.map(\.idempotencyKey)).count == 1)
            #expect(try await api.post(path, body(), once: "k").status == 201)
            #expect(Set(api.stripe.posts.map(\.idempotencyKey)).count == 1)
        }
    }

    @Test func `while nothing can be read, the key stays`() async throws {
        try await withSavedCards(retries: 0) { api in
            let failure = FakeStripe.error(500, "api_error", nil, "Stored")
            api.stripe.meet(at: "POST /v1/payment_intents", .storedAfterActing(failure.status, failure.body))
            for _ in 0..<3 {
                api.stripe.meet(at: "GET /v1/payment_intents", .answer(503, failure.body))
                let unknown = try await api.post(path, body(), once: "k")
                #expect(unknown.failure == Failure(502, "api_error", "stripe_unavailable"))
            }
            #expect(try await api.orders().map(\.status) == [.pending])
            let answer = try await api.post(path, body(), once: "k")
            #expect(answer.status == 201)
            #expect(api.stripe.intents.count == 1)
            #expect(Set(api.stripe.posts.map(\.idempotencyKey)).count == 1)
        }
    }

    @Test func `without a key an order stays open as long as its card may have been charged`() async throws {
        try await withSavedCards(retries: 0) { api in
            let failure = FakeStripe.error(500, "api_error", nil, "Stored")
            api.stripe.meet(at: "POST /v1/payment_intents", .stored(failure.status, failure.body))
            let unknown = try await api.post(path, body())
            #expect(unknown.status == 502)
            #expect(try await api.orders().map(\.status) == [.pending])
            let id = try await api.orders()[0].id
            let cancel = try await api.post("/v1/orders/\(id)/cancel")
            #expect(cancel.failure == Failure(400, "invalid_request_error", "order_not_cancelable"))
            #expect(api.stripe.intents.isEmpty)

            let limit = FakeStripe.error(429, "invalid_request_error", "rate_limit", "Slow down")
            api.stripe.meet(at: "POST /v1/payment_intents", .answer(limit.status, limit.body))
            let refused = try await api.post(path, body())
            #expect(refused.status == 429)
            #expect(refused[header: "Retry-After"] != nil)
            #expect(try await api.orders().map(\.status) == [.pending, .canceled])
        }
    }

    @Test(arguments: Engine.all)
    func `an event that is faster than the answer makes no second charge`(on engine: Engine) async throws {
        try await withSavedCards(on: engine) { api in
            api.stripe.meet(
                at: "POST /v1/payment_intents",
                .first {
                    let order = try #require(try await api.orders().first)
                    try await api.move(order, by: .actionRequired(.reported))
                })
            let answer = try await api.post(path, body("pm_demanding"))
            #expect(answer.failure == Failure(402, "card_error", "authentication_required"))
            #expect(try await api.orders().count == 1)
            #expect(api.stripe.intents.count == 1)
        }
    }
}
