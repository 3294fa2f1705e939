import StripeClient
import StripeModels
import Testing

struct PacingTests {
    @Test func `a tenant that was told 429 stays away as long as it was told`() async throws {
        try await Bench.run(clock: TestClock(chance: 0)) { request in
            request.number == 1
                ? .answer(429, headers: ["Retry-After": "3"], Examples.error("invalid_request_error", "rate_limit"))
                : .answer(200, Examples.intent())
        } _: { bench in
            let error = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            guard case .rateLimited(let retryAfter) = error.kind else {
                Issue.record(error)
                return
            }
            #expect(retryAfter == .seconds(3))
            #expect(error.isRetryable)
            #expect(bench.clock.sleeps == [])
            _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.alice)
            #expect(bench.clock.sleeps == [.seconds(3)])
        }
    }

    @Test func `and then calls at half the speed`() async throws {
        try await Bench.run(clock: TestClock(chance: 0)) { request in
            request.number == 1
                ? .answer(429, headers: ["Retry-After": "0"], Examples.error("invalid_request_error", "rate_limit"))
                : .answer(200, Examples.intent())
        } _: { bench in
            _ = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.alice)
            _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.alice)
            // 25 a second in test mode; half of that is one in 80 ms.
            #expect(bench.clock.sleeps == [.milliseconds(80)])
        }
    }

    @Test func `another tenant is not slowed down`() async throws {
        try await Bench.run { request in
            request.header("Authorization")?.contains("alice") == true
                ? .answer(429, headers: ["Retry-After": "60"], Examples.error("invalid_request_error", "rate_limit"))
                : .answer(200, Examples.intent())
        } _: { bench in
            _ = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            for _ in 0..<20 { _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.bob) }
            #expect(bench.clock.sleeps == [])
        }
    }

    @Test func `a call that would wait too long is not sent`() async throws {
        try await Bench.run(longestQueue: .seconds(5), clock: TestClock(chance: 0)) { _ in
            .answer(429, headers: ["Retry-After": "6"], Examples.error("invalid_request_error", "rate_limit"))
        } _: { bench in
            _ = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            let error = try await bench.failure {
                try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
            }
            guard case .rateLimited(.seconds(6)) = error.kind else {
                Issue.record(error)
                return
            }
            #expect(!error.outcomeUnknown)
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test func `a locked object is no reason to slow the tenant down`() async throws {
        try await Bench.run { request in
            request.number == 1
                ? .answer(429, Examples.error("invalid_request_error", "lock_timeout"))
                : .answer(200, Examples.intent())
        } _: { bench in
            _ = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            for _ in 0..<20 { _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            #expect(bench.clock.sleeps == [])
        }
    }

    @Test(arguments: ["", "soon", "-1", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT"])
    func `a Retry-After that is no number of seconds counts as one second`(text: String) async throws {
        try await Bench.run(clock: TestClock(chance: 0)) { _ in
            .answer(429, headers: ["Retry-After": text], Examples.error("invalid_request_error", "rate_limit"))
        } _: { bench in
            let error = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            guard case .rateLimited(.seconds(1)) = error.kind else {
                Issue.record(error)
                return
            }
        }
    }
}
