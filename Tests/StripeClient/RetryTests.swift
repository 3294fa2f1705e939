import StripeModels
import Testing

@testable import StripeClient

struct RetryTests {
    let form = PaymentIntentForm(amount: 1_099, currency: Currency(rawValue: "usd"))

    @Test(arguments: [409, 500, 502, 503, 504])
    func `a passing failure is tried again with the same key and body`(status: Int) async throws {
        try await Bench.run { request in
            request.number < 3 ? .answer(status, Examples.error("api_error")) : .answer(200, Examples.intent())
        } _: { bench in
            let intent = try await bench.stripe.createPaymentIntent(
                form, idempotencyKey: "ord_1:create:1", as: Bench.alice)
            #expect(intent.id == "pi_1")
            let requests = bench.server.requests
            #expect(requests.map { $0.header("Idempotency-Key") } == Array(repeating: "ord_1:create:1", count: 3))
            #expect(Set(requests.map(\.body)).count == 1)
            #expect(bench.clock.sleeps == [.seconds(0.5), .seconds(1)])
        }
    }

    @Test(arguments: [400, 401, 402, 403, 404, 424, 429])
    func `a refusal is not tried again`(status: Int) async throws {
        try await Bench.run { _ in
            .answer(status, headers: ["Request-Id": "req_1"], Examples.error("invalid_request_error"))
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            #expect(bench.server.requests.count == 1)
            #expect(error.status == status)
            #expect(error.requestID == "req_1")
            #expect(!error.outcomeUnknown)
            #expect(error.isRetryable == (status == 429))
        }
    }

    @Test(arguments: [400, 402, 424, 429])
    func `Stripe may ask for another try of what would not be tried again`(status: Int) async throws {
        try await Bench.run { request in
            request.number < 2
                ? .answer(status, headers: ["Stripe-Should-Retry": "true"], Examples.error("invalid_request_error"))
                : .answer(200, Examples.intent())
        } _: { bench in
            _ = try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            #expect(bench.server.requests.count == 2)
        }
    }

    @Test(arguments: [409, 500, 503])
    func `Stripe may refuse another try of what would be tried again`(status: Int) async throws {
        try await Bench.run { _ in
            .answer(status, headers: ["Stripe-Should-Retry": "false"], Examples.error("api_error"))
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            #expect(bench.server.requests.count == 1)
            #expect(!error.isRetryable)
        }
    }

    @Test(arguments: [0, 1, 2, 4])
    func `it ends after so many tries`(retries: Int) async throws {
        try await Bench.run(retries: retries) { _ in
            .answer(500, Examples.error("api_error"))
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            #expect(bench.server.requests.count == retries + 1)
            #expect(error.status == 500)
            #expect(error.isRetryable)
            #expect(error.outcomeUnknown)
        }
    }

    @Test(arguments: [FakeStripe.Reply.drop, .dropInBody])
    func `a dropped connection is tried again with the same key`(reply: FakeStripe.Reply) async throws {
        try await Bench.run { request in
            request.number < 3 ? reply : .answer(200, Examples.intent())
        } _: { bench in
            _ = try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            #expect(bench.server.requests.map { $0.header("Idempotency-Key") } == ["k", "k", "k"])
        }
    }

    @Test func `a read is tried again without a key`() async throws {
        try await Bench.run { request in
            request.number < 2 ? .drop : .answer(200, Examples.intent())
        } _: { bench in
            let intent = try await bench.stripe.paymentIntent("pi_1", as: Bench.alice)
            #expect(intent.id == "pi_1")
            #expect(bench.server.requests.map { $0.header("Idempotency-Key") } == [nil, nil])
        }
    }

    @Test(arguments: [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 5.0), (6, 5.0), (1_000, 5.0)])
    func `the delay doubles up to five seconds`(attempt: Int, seconds: Double) async throws {
        let rule = RetryRule(retries: 2)
        #expect(rule.delay(after: attempt, jitter: 1) == .seconds(seconds))
        #expect(rule.delay(after: attempt, jitter: 0.5) == .seconds(max(0.5, seconds / 2)))
    }

    @Test func `retries are logged without what was sent`() async throws {
        try await Bench.run { request in
            request.number < 2
                ? .answer(500, headers: ["Request-Id": "req_7"], Examples.error("api_error"))
                : .answer(200, Examples.intent())
        } _: { bench in
            _ = try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
            #expect(bench.logs.text.contains("Stripe call failed; trying again"))
            #expect(bench.logs.text.contains("POST /v1/payment_intents/{id}/cancel"))
            #expect(bench.logs.text.contains("req_7"))
        }
    }
}
