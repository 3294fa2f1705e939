import Security
import StripeClient
import StripeModels
import Synchronization
import Testing

/// How the client goes by a pacing that it was given.
struct SharedPacingTests {
    final class Recorder: StripePacing {
        let asked = Mutex<[String]>([])
        let turn: @Sendable () throws -> StripeTurn

        init(_ turn: @escaping @Sendable () throws -> StripeTurn) {
            self.turn = turn
        }

        func wait(for tenant: String, livemode: Bool, rate: Double, longest: Duration) async throws -> StripeTurn {
            asked.withLock { $0.append("\(tenant) \(livemode ? "live" : "test") \(rate) \(longest)") }
            return try turn()
        }
    }

    struct Away: Error {}

    @Test func `it is asked before every try, for the tenant in its mode at its rate`() async throws {
        let pacing = Recorder { .after(.milliseconds(70)) }
        let clock = TestClock(chance: 1)
        try await Bench.run(longestQueue: .seconds(3), pacing: pacing, clock: clock) { request in
            request.number == 1 ? .answer(500) : .answer(200, Examples.intent())
        } _: { bench in
            let live = StripeCredentials(
                tenant: "ten_live", secretKey: Secret("rk_live_HIDDEN12"), callsPerSecond: 7)
            _ = try await bench.stripe.paymentIntent("pi_1", as: live)
            #expect(clock.sleeps == [.milliseconds(70), .milliseconds(500), .milliseconds(70)])
            _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.bob)
        }
        let asked = pacing.asked.withLock(\.self)
        #expect(
            asked == [
                "ten_live live 7.0 3.0 seconds", "ten_live live 7.0 3.0 seconds", "ten_bob test 25.0 3.0 seconds",
            ])
    }

    @Test func `a call whose turn is too far away is not sent`() async throws {
        let pacing = Recorder { .tooFar(.seconds(8)) }
        try await Bench.run(pacing: pacing) { _ in
            .answer(200, Examples.intent())
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
            }
            guard case .rateLimited(retryAfter: .seconds(8)) = error.kind else {
                Issue.record(error)
                return
            }
            #expect(error.isRetryable)
            #expect(!error.outcomeUnknown)
            #expect(bench.server.requests.isEmpty)
            #expect(bench.clock.sleeps == [])
        }
    }

    @Test func `who calls may be less patient than the client, never more`() async throws {
        let pacing = Recorder { .after(.zero) }
        try await Bench.run(longestQueue: .seconds(3), pacing: pacing) { _ in
            .answer(200, Examples.intent())
        } _: { bench in
            var page = Bench.alice
            for limit in [Duration.seconds(1), .seconds(60)] {
                page.longestQueue = limit
                _ = try await bench.stripe.paymentIntent("pi_1", as: page)
            }
        }
        #expect(pacing.asked.withLock { $0.map { $0.suffix(11) } } == ["1.0 seconds", "3.0 seconds"])
    }

    @Test func `while it cannot be asked the process paces alone`() async throws {
        let pacing = Recorder { throw Away() }
        try await Bench.run(pacing: pacing) { _ in
            .answer(200, Examples.intent())
        } _: { bench in
            let slow = StripeCredentials(
                tenant: "ten_slow", secretKey: Secret("sk_test_HIDDEN12"), callsPerSecond: 2)
            for _ in 0..<3 { _ = try await bench.stripe.paymentIntent("pi_1", as: slow) }
            #expect(bench.clock.sleeps == [.seconds(1)])
            #expect(bench.logs.text.contains("Shared pacing failed"))
        }
    }

    @Test func `a tenant that was told 429 takes no turn it cannot use`() async throws {
        let pacing = Recorder { .after(.zero) }
        try await Bench.run(pacing: pacing, clock: TestClock(chance: 0)) { _ in
            .answer(429, headers: ["Retry-After": "30"], Examples.error("invalid_request_error", "rate_limit"))
        } _: { bench in
            for _ in 0..<3 {
                _ = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            }
            #expect(bench.server.requests.count == 1)
            #expect(pacing.asked.withLock(\.count) == 1)
        }
    }

    @Test func `the longer of two waits counts`() async throws {
        let pacing = Recorder { .after(.seconds(1)) }
        try await Bench.run(pacing: pacing, clock: TestClock(chance: 0)) { request in
            request.number == 1
                ? .answer(429, headers: ["Retry-After": "3"], Examples.error("invalid_request_error", "rate_limit"))
                : .answer(200, Examples.intent())
        } _: { bench in
            _ = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.alice)
            #expect(bench.clock.sleeps == [.seconds(1), .seconds(3)])
        }
    }

    @Test func `a cancelled call does not go out`() async throws {
        try await Bench.run { _ in
            .answer(200, Examples.intent())
        } _: { bench in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await bench.failure {
                    try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
                }
            }
            let error = try await task.value
            guard case .cancelled = error.kind else {
                Issue.record(error)
                return
            }
            #expect(!error.outcomeUnknown)
            #expect(bench.server.requests.isEmpty)
        }
    }
}
