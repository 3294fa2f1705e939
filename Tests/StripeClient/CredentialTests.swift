import Security
import StripeClient
import StripeModels
import Testing

struct CredentialTests {
    @Test func `a call carries the credentials it was made with`() async throws {
        try await Bench.run { _ in
            .answer(200, Examples.intent())
        } _: { bench in
            _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.alice)
            _ = try await bench.stripe.paymentIntent("pi_1", as: Bench.bob)
            let requests = bench.server.requests
            #expect(
                requests.map { $0.header("Authorization") } == [
                    "Bearer sk_test_aliceHIDDEN", "Bearer sk_test_bobHIDDEN",
                ])
            #expect(requests.map { $0.header("Stripe-Account") } == [nil, "acct_bob"])
        }
    }

    /// Both tenants call at once over the same connections, with failures and retries in between.
    @Test func `two tenants at once never mix keys`() async throws {
        try await Bench.run { request in
            if request.number.isMultiple(of: 7) { return .drop }
            if request.number.isMultiple(of: 5) { return .answer(500) }
            let owner = request.header("Authorization") == "Bearer sk_test_aliceHIDDEN" ? "alice" : "bob"
            return .answer(200, Examples.intent("pi_\(owner)_\(request.header("Idempotency-Key") ?? "")"))
        } _: { bench in
            var answered: [String: Int] = [:]
            await withTaskGroup(of: String?.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        let (name, who) = number.isMultiple(of: 2) ? ("alice", Bench.alice) : ("bob", Bench.bob)
                        // A call may run out of tries; one that is answered was answered to its own tenant.
                        guard
                            let intent = try? await bench.stripe.cancelPaymentIntent(
                                "pi_\(name)", idempotencyKey: "\(name)-\(number)", as: who)
                        else { return nil }
                        #expect(intent.id == "pi_\(name)_\(name)-\(number)")
                        return name
                    }
                }
                for await name in group { if let name { answered[name, default: 0] += 1 } }
            }
            #expect(answered["alice", default: 0] > 100)
            #expect(answered["bob", default: 0] > 100)
            for request in bench.server.requests {
                let alice = request.header("Authorization") == "Bearer sk_test_aliceHIDDEN"
                #expect(request.header("Stripe-Account") == (alice ? nil : "acct_bob"))
                #expect(request.uri.contains(alice ? "alice" : "bob"))
                #expect(request.header("Idempotency-Key")?.hasPrefix(alice ? "alice-" : "bob-") == true)
            }
        }
    }

    @Test(arguments: ["", " ", "sk_test_a\r\nX-Evil: 1", "sk test", "sk_test_é", String(repeating: "k", count: 256)])
    func `a key that is none is not sent`(key: String) async throws {
        try await Bench.run { _ in
            .answer(200)
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.balance(as: StripeCredentials(tenant: "ten_1", secretKey: Secret(key)))
            }
            guard case .notSent = error.kind else {
                Issue.record(error)
                return
            }
            #expect(!error.isRetryable)
            #expect(bench.server.requests.isEmpty)
        }
    }

    @Test(arguments: ["", "acct_1\r\nX-Evil: 1", "bob", "acct 1"])
    func `an account that is none is not sent`(account: String) async throws {
        try await Bench.run { _ in
            .answer(200)
        } _: { bench in
            let who = StripeCredentials(tenant: "ten_1", secretKey: Secret("sk_test_x"), account: account)
            let error = try await bench.failure { try await bench.stripe.balance(as: who) }
            guard case .notSent = error.kind else {
                Issue.record(error)
                return
            }
            #expect(bench.server.requests.isEmpty)
        }
    }

    @Test(arguments: ["", "a b", "a\r\nX-Evil: 1", String(repeating: "k", count: 256)])
    func `an idempotency key that is none is not sent`(key: String) async throws {
        try await Bench.run { _ in
            .answer(200)
        } _: { bench in
            _ = try await bench.failure {
                try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: key, as: Bench.alice)
            }
            #expect(bench.server.requests.isEmpty)
        }
    }

    @Test func `credentials do not print`() {
        var text = "\(Bench.alice) \(String(reflecting: Bench.alice))"
        dump(Bench.alice, to: &text)
        #expect(!text.contains("HIDDEN"))
    }
}
