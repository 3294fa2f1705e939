import Commerce
import Database
import Messaging
import NIOHTTP1
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct CheckoutFailureTests {
    private let path = CheckoutSessionTests.path
    private let tea = CheckoutSessionTests.tea

    @Test(arguments: Engine.all)
    func `a key that is fired twenty times at once makes one session`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            try await api.addTea()
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<20 { group.addTask { try await api.post(path, tea, once: "k") } }
                return try await group.reduce(into: [Answer]()) { $0.append($1) }
            }
            let inUse = Failure(409, "idempotency_error", "idempotency_key_in_use")
            #expect(answers.allSatisfy { $0.status == 201 || $0.failure == inUse })
            #expect(Set(answers.filter { $0.status == 201 }.map(\.body)).count == 1)
            #expect(api.stripe.sessions.count == 1)
            #expect(try await api.orders().map(\.checkoutSession) == ["cs_test_1"])
            let again = try await api.post(path, tea, once: "k")
            #expect(again[header: "Idempotent-Replayed"] == "true")
        }
    }

    @Test(arguments: Engine.all)
    func `an answer that was lost is asked for again under its key`(on engine: Engine) async throws {
        try await withAPI(on: engine, retries: 0) { api in
            try await api.addTea()
            api.stripe.meet(.dropAfterActing)
            let lost = try await api.post(path, tea, once: "k")
            #expect(lost.failure == Failure(503, "api_error", "stripe_unavailable"))
            // What the catalog has become since makes it no other call.
            try await api.addTea(unitAmount: 999)
            let answer = try await api.post(path, tea, once: "k")
            #expect(answer.status == 201)
            #expect(answer["amount"] == "1700")
            #expect(api.stripe.sessions.count == 1)
            #expect(Set(api.stripe.posts.map(\.idempotencyKey)).count == 1)
        }
    }

    @Test func `a failure that Stripe would repeat under its key is not asked for again`() async throws {
        try await withAPI { api in
            try await api.addTea()
            let failure = FakeStripe.error(500, "api_error", nil, "Stored")
            api.stripe.meet(.stored(failure.status, failure.body))
            let refused = try await api.post(path, tea, once: "k")
            #expect(refused.failure == Failure(502, "api_error", "stripe_unavailable"))
            let answer = try await api.post(path, tea, once: "k")
            #expect(answer.status == 201)
            let id = answer["id"] ?? ""
            #expect(api.stripe.posts.last?.idempotencyKey == "\(id):session:2")
        }
    }

    @Test func `without a key nobody can complete the order, so it is canceled`() async throws {
        try await withAPI(retries: 0) { api in
            try await api.addTea()
            api.stripe.meet(.dropAfterActing)
            let answer = try await api.post(path, tea)
            #expect(answer.status == 503)
            #expect(try await api.orders().map(\.status) == [.canceled])
        }
    }

    @Test func `what Stripe refuses is refused by the name the caller gave it`() async throws {
        try await withAPI { api in
            api.stripe.add("price_month", .init(isRecurring: true))
            let error = FakeStripe.error(
                400, "invalid_request_error", "parameter_invalid_integer", "Too long a trial.",
                param: "subscription_data[trial_period_days]")
            api.stripe.meet(at: "POST /v1/checkout/sessions", .answer(error.status, error.body))
            let answer = try await api.post(
                path,
                #"""
                {"mode":"subscription","price":"price_month","trial_period_days":730,\#(CheckoutSessionTests.success)}
                """#, once: "k")
            #expect(answer.failure == Failure(400, "invalid_request_error", "parameter_invalid_integer"))
            #expect(answer["error", "param"] == "trial_period_days")
            #expect(try await api.orders().map(\.status) == [.failed])
        }
    }

    @Test func `an order that was canceled meanwhile tells nobody where it could be paid`() async throws {
        try await withAPI { api in
            try await api.addTea()
            api.stripe.meet(
                at: "POST /v1/checkout/sessions",
                .first {
                    let order = try #require(try await api.orders().first)
                    let canceled = try await api.post("/v1/orders/\(order.id)/cancel")
                    #expect(canceled["status"] == "canceled")
                })
            let answer = try await api.post(path, tea, once: "k")
            #expect(answer.status == 201)
            #expect(answer["status"] == "canceled")
            #expect(answer["url"] == nil)
            #expect(try await api.orders().map(\.checkoutSession) == [nil])
        }
    }

    @Test(arguments: [401, 403])
    func `a revoked or restricted key is told to its operator, and to no other tenant`(status: Int) async throws {
        try await withAPI { api in
            let error = FakeStripe.error(status, "invalid_request_error", "api_key_expired", "Expired")
            api.stripe.meet(.answer(error.status, error.body))
            let answer = try await api.pay()
            #expect(answer.failure == Failure(502, "api_error", "stripe_authentication"))
            #expect(answer["error", "message"]?.contains("operator") == true)
            let told = api.log.all.filter { $0.contains("Stripe refuses the key of a tenant") }
            #expect(told.count == 1)
            #expect(told.first?.contains(api.tenant.tenant.id.rawValue) == true)
            let metrics = try await api.send(api.request(.GET, "/metrics", key: nil))
            let fault = status == 401 ? "invalid_key" : "restricted_key"
            #expect(
                metrics.body.contains(
                    #"stripe_credentials_refused_total{fault="\#(fault)",tenant="\#(api.tenant.tenant.id)"} 1"#)
                    || metrics.body.contains(
                        #"stripe_credentials_refused_total{tenant="\#(api.tenant.tenant.id)",fault="\#(fault)"} 1"#)
            )
            let other = try await api.post(
                "/v1/payment_intents", #"{"amount":1999,"currency":"eur"}"#, key: api.other.secretKey.secret)
            #expect(other.status == 201)
        }
    }
}
