import Commerce
import Database
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct CheckoutCancelTests {
    private func started(_ api: RunningAPI) async throws -> String {
        try await api.addTea()
        return try await api.post(CheckoutSessionTests.path, CheckoutSessionTests.tea)["id"] ?? ""
    }

    @Test(arguments: Engine.all)
    func `Stripe's page is taken away, and the order is canceled`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = try await started(api)
            let answer = try await api.post("/v1/orders/\(id)/cancel")
            #expect(answer.status == 200)
            #expect(answer["status"] == "canceled")
            #expect(api.stripe.sessions.map(\.status) == ["expired"])
            #expect(api.stripe.posts.last?.path == "/v1/checkout/sessions/cs_test_1/expire")
            #expect(api.stripe.posts.last?.idempotencyKey?.hasPrefix("\(id):expire:") == true)
            let again = try await api.post("/v1/orders/\(id)/cancel")
            #expect(again["status"] == "canceled")
            #expect(api.stripe.posts.count == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `a buyer who was faster on the page has paid`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = try await started(api)
            api.stripe.change("cs_test_1") { session in
                session.status = "complete"
                session.paymentStatus = "paid"
                session.paymentIntent = "pi_9"
            }
            let answer = try await api.post("/v1/orders/\(id)/cancel", once: "k")
            #expect(answer.failure == Failure(400, "invalid_request_error", "order_already_paid"))
            #expect(try await api.orders().map(\.status) == [.active])
        }
    }

    @Test(arguments: Engine.all)
    func `an authorization from the page is given back`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = try await started(api)
            api.stripe.authorize("pi_9", amount: 1700, order: id)
            api.stripe.change("cs_test_1") { session in
                session.status = "complete"
                session.paymentIntent = "pi_9"
            }
            let answer = try await api.post("/v1/orders/\(id)/cancel")
            #expect(answer.status == 200)
            #expect(answer["status"] == "canceled")
            #expect(api.stripe.intents.map(\.status) == ["canceled"])
        }
    }

    @Test func `a debit from the page that is under way cannot be canceled`() async throws {
        try await withAPI { api in
            let id = try await started(api)
            api.stripe.authorize("pi_9", amount: 1700, order: id)
            api.stripe.set("pi_9", status: "processing")
            api.stripe.change("cs_test_1") { session in
                session.status = "complete"
                session.paymentIntent = "pi_9"
            }
            let answer = try await api.post("/v1/orders/\(id)/cancel")
            #expect(answer.failure == Failure(400, "invalid_request_error", "order_not_cancelable"))
            #expect(try await api.orders().map(\.status) == [.processing])
        }
    }

    @Test func `when Stripe cannot be asked the page may still be paid`() async throws {
        try await withAPI(retries: 0) { api in
            let id = try await started(api)
            let failure = FakeStripe.error(503, "api_error", nil, "Stored")
            api.stripe.meet(.stored(failure.status, failure.body))
            let unsure = try await api.post("/v1/orders/\(id)/cancel")
            #expect(unsure.status == 502)
            #expect(try await api.orders().map(\.status) == [.pending])
            let answer = try await api.post("/v1/orders/\(id)/cancel")
            #expect(answer["status"] == "canceled")
        }
    }
}
