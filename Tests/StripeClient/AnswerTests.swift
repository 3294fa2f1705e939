import StripeClient
import StripeModels
import Testing

/// Answers that Stripe itself would not give: from a proxy on the way, or worse.
struct AnswerTests {
    @Test(arguments: [
        "", "<html>502 Bad Gateway</html>", "{", "null", "[]", #"{"error":"unauthorized"}"#, #"{"error":null}"#,
        #"{"error":{"type":5}}"#, "\u{0}",
    ])
    func `an error without readable JSON is still an error with its status`(body: String) async throws {
        try await expectError(502, body)
    }

    @Test func `an error that is nested without end is still an error with its status`() async throws {
        try await expectError(502, String(repeating: "[", count: 100_000))
        try await expectError(502, String(repeating: #"{"error":"#, count: 100_000))
    }

    private func expectError(_ status: Int, _ body: String) async throws {
        try await Bench.run(retries: 0) { _ in
            .answer(status, body)
        } _: { bench in
            let error = try await bench.failure { try await bench.stripe.balance(as: Bench.alice) }
            #expect(error.status == status)
            #expect(error.body?.type == .apiError)
            #expect(error.isRetryable)
        }
    }

    @Test(arguments: [
        "", "<html>OK</html>", "{", "{}", "[]", #"{"id":"pi_1","object":"charge"}"#, "{\"id\":\"\u{FFFD}\"}",
    ])
    func `a success that cannot be read is an error`(body: String) async throws {
        try await expectUnreadable(body)
    }

    @Test func `a success that is nested without end is an error`() async throws {
        try await expectUnreadable(String(repeating: #"{"a":"#, count: 100_000))
    }

    private func expectUnreadable(_ body: String) async throws {
        try await Bench.run { _ in
            .answer(200, headers: ["Request-Id": "req_1"], body)
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
            }
            guard case .unreadable(200) = error.kind else {
                Issue.record(error)
                return
            }
            #expect(error.outcomeUnknown)
            #expect(error.requestID == "req_1")
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test(arguments: [FakeStripe.Reply.endless, .huge(1 << 40), .huge((64 << 10) + 1)])
    func `no more is read than was allowed`(reply: FakeStripe.Reply) async throws {
        try await Bench.run(largestAnswer: 64 << 10) { _ in
            reply
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
            }
            guard case .unreadable = error.kind else {
                Issue.record(error)
                return
            }
            #expect(error.outcomeUnknown)
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test func `an answer of the largest size is read`() async throws {
        let padding = String(repeating: " ", count: (64 << 10) - Examples.intent().utf8.count)
        try await Bench.run(largestAnswer: 64 << 10) { _ in
            .answer(200, Examples.intent() + padding)
        } _: { bench in
            let intent = try await bench.stripe.paymentIntent("pi_1", as: Bench.alice)
            #expect(intent.id == "pi_1")
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is not followed`(status: Int) async throws {
        try await Bench.run { _ in
            .answer(status, headers: ["Location": "/v1/elsewhere"], "")
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
            }
            #expect(error.status == status)
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test(arguments: [302, 400, 402, 403, 404, 407, 413])
    func `a refusal that is not Stripe's decides nothing`(status: Int) async throws {
        try await Bench.run { _ in
            .answer(status, "<html>Please log in</html>")
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
            }
            guard case .unreadable(status) = error.kind else {
                Issue.record(error)
                return
            }
            #expect(error.outcomeUnknown)
            #expect(error.isRetryable)
            #expect(error.body == nil)
        }
    }

    @Test func `a request id that is none is dropped`() async throws {
        try await Bench.run { _ in
            .answer(
                404, headers: ["Request-Id": String(repeating: "r", count: 300)],
                Examples.error("invalid_request_error"))
        } _: { bench in
            let error = try await bench.failure { try await bench.stripe.customer("cus_1", as: Bench.alice) }
            #expect(error.requestID == nil)
        }
    }
}
