import NIOCore
import NIOPosix
import Security
import StripeClient
import StripeModels
import Testing

/// What an error tells about what Stripe may have done, and about itself.
struct OutcomeTests {
    let form = PaymentIntentForm(amount: 1_099, currency: Currency(rawValue: "usd"))

    @Test(arguments: [FakeStripe.Reply.drop, .dropInBody, .answer(500), .answer(503, "<html>")])
    func `a write without a clear answer leaves the outcome unknown`(reply: FakeStripe.Reply) async throws {
        try await Bench.run { _ in
            reply
        } _: { bench in
            let written = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            #expect(written.outcomeUnknown)
            #expect(written.isRetryable)
            let read = try await bench.failure { try await bench.stripe.paymentIntent("pi_1", as: Bench.alice) }
            #expect(!read.outcomeUnknown)
            #expect(read.isRetryable)
        }
    }

    @Test(arguments: [FakeStripe.Reply.hang, .hangInBody])
    func `a call that is not answered in time fails`(reply: FakeStripe.Reply) async throws {
        try await Bench.run(retries: 1, timeout: .milliseconds(50)) { _ in
            reply
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            guard case .timeout = error.kind else {
                Issue.record(error)
                return
            }
            #expect(error.outcomeUnknown)
            #expect(error.isRetryable)
            #expect(bench.clock.sleeps.count == 1)
        }
    }

    @Test func `a call that was not answered in time is tried again with the same key`() async throws {
        let arrived = AsyncStream.makeStream(of: Void.self)
        // The time of a try is over as soon as the hanging request is there; after that it never is.
        let clock = TestClock { _ in
            for await _ in arrived.stream { return }
            try await Task.sleep(for: .seconds(60))
        }
        try await Bench.run(clock: clock) { request in
            guard request.number == 1 else { return .answer(200, Examples.intent()) }
            arrived.continuation.yield()
            arrived.continuation.finish()
            return .hang
        } _: { bench in
            _ = try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            #expect(bench.server.requests.map { $0.header("Idempotency-Key") } == ["k", "k"])
        }
    }

    @Test func `a refusal after a lost answer tells that nothing was done`() async throws {
        try await Bench.run { request in
            request.number == 1 ? .drop : .answer(402, Examples.error("card_error", "card_declined"))
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            #expect(error.body?.code == "card_declined")
            #expect(!error.outcomeUnknown)
        }
    }

    @Test(arguments: [401, 403, 429])
    func `a refusal at the door after a lost answer tells nothing`(status: Int) async throws {
        try await Bench.run { request in
            request.number == 1 ? .drop : .answer(status, Examples.error("invalid_request_error"))
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            #expect(error.status == status)
            #expect(error.outcomeUnknown)
        }
    }

    @Test func `a key in flight leaves the outcome unknown`() async throws {
        try await Bench.run(retries: 0) { _ in
            .answer(409, Examples.error("idempotency_error", "idempotency_key_in_use"))
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            #expect(error.outcomeUnknown)
            #expect(error.isRetryable)
        }
    }

    @Test func `nothing was done where nobody listens`() async throws {
        // A port that was free a moment ago.
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        try await Bench.run { _ in
            .drop
        } _: { bench in
            let stripe = try StripeClient(
                http: bench.http, base: "http://127.0.0.1:\(port)", logger: bench.logs.logger,
                clock: bench.clock.stripeClock)
            let error = try await bench.failure {
                try await stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            guard case .connection = error.kind else {
                Issue.record(error)
                return
            }
            #expect(!error.outcomeUnknown)
            #expect(error.isRetryable)
            #expect(bench.clock.sleeps.count == 2)
        }
    }

    @Test func `a cancelled call ends at once`() async throws {
        let arrived = AsyncStream.makeStream(of: Void.self)
        try await Bench.run { _ in
            arrived.continuation.yield()
            return .hang
        } _: { bench in
            let error = try await bench.failure {
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        _ = try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
                    }
                    for await _ in arrived.stream { break }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            guard case .cancelled = error.kind else {
                Issue.record(error)
                return
            }
            #expect(error.outcomeUnknown)
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test func `a card error brings the PaymentIntent to recover`() async throws {
        let answer = """
            {"error":{"type":"card_error","code":"authentication_required","decline_code":"authentication_required",
             "message":"HIDDEN","payment_intent":\(Examples.intent("pi_7"))}}
            """
        try await Bench.run { _ in
            .answer(402, headers: ["Request-Id": "req_1"], answer)
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
            #expect(error.body?.type == .cardError)
            #expect(error.body?.paymentIntent?.clientSecret == "pi_7_secret_HIDDEN")
            #expect(
                error.description == "POST /v1/payment_intents was refused with status 402: card_error "
                    + "authentication_required authentication_required. (req_1)")
        }
    }
}
