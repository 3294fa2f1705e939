import Synchronization
import Testing

@testable import StripeSandbox

struct IdempotencyTests {
    private static let form: KeyValuePairs = ["amount": "500", "currency": "usd"]

    @Test func `the same call is done once and answered the same`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let headers: KeyValuePairs = ["Idempotency-Key": "ord_1:create:1"]
            let first = try await stripe.post("/v1/payment_intents", Self.form, headers: headers)
            let again = try await stripe.post("/v1/payment_intents", Self.form, headers: headers)
            #expect(first.header("Idempotent-Replayed") == nil)
            #expect(again.header("Idempotent-Replayed") == "true")
            #expect(again.header("Original-Request") == first.header("Request-Id"))
            #expect(again.header("Request-Id") != first.header("Request-Id"))
            #expect(again.text == first.text)
            #expect(try await stripe.get("/v1/payment_intents").ids.count == 1)
        }
    }

    @Test func `other parameters under the same key are refused`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let headers: KeyValuePairs = ["Idempotency-Key": "k"]
            _ = try await stripe.post("/v1/payment_intents", Self.form, headers: headers)
            let other = try await stripe.post(
                "/v1/payment_intents", ["amount": "600", "currency": "usd"], headers: headers)
            #expect(other.status == 400)
            #expect(other.error["type"] == "idempotency_error")
            let elsewhere = try await stripe.post("/v1/customers", headers: headers)
            #expect(elsewhere.error["type"] == "idempotency_error")
            let otherAccount = try await stripe.post(
                "/v1/payment_intents", Self.form, key: "sk_test_somebody_else", headers: headers)
            #expect(otherAccount.status == 200)
            #expect(try await stripe.post("/v1/customers", headers: ["Idempotency-Key": ""]).status == 200)
        }
    }

    @Test func `a decline is kept, a failed validation is not`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let headers: KeyValuePairs = ["Idempotency-Key": "k"]
            _ = try await stripe.post("/v1/payment_intents", ["amount": "500"], headers: headers)
            let mended = try await stripe.post("/v1/payment_intents", Self.form, headers: headers)
            #expect(mended.status == 200)
            let decline: KeyValuePairs = [
                "amount": "500", "currency": "usd", "confirm": "true", "payment_method": "pm_card_chargeDeclined",
            ]
            let declined = try await stripe.post("/v1/payment_intents", decline, headers: ["Idempotency-Key": "d"])
            let again = try await stripe.post("/v1/payment_intents", decline, headers: ["Idempotency-Key": "d"])
            #expect(again.status == 402)
            #expect(again.text == declined.text)
            #expect(try await stripe.get("/v1/charges").ids.count == 1)
        }
    }

    @Test func `a key counts for a day`() async throws {
        let now = Mutex<Int64>(1_800_000_000_000_000)
        try await SandboxUnderTest.serve(clock: { now.withLock { $0 } }) { stripe in
            let headers: KeyValuePairs = ["Idempotency-Key": "k"]
            let first = try await stripe.post("/v1/payment_intents", Self.form, headers: headers)
            now.withLock { $0 += 86_399_000_000 }
            #expect(try await stripe.post("/v1/payment_intents", Self.form, headers: headers).id == first.id)
            now.withLock { $0 += 2_000_000 }
            #expect(try await stripe.post("/v1/payment_intents", Self.form, headers: headers).id != first.id)
        }
    }

    @Test func `a key in flight is answered with 409, and a hanging call ends when the sandbox drains`() async throws {
        try await SandboxUnderTest.serve { stripe in
            try await stripe.control("/_sandbox/faults", ["action": "hang", "match": ["method": "POST"]])
            await withTaskGroup(of: SandboxUnderTest.Reply?.self) { group in
                // Whichever comes first hangs and holds the key.
                for _ in 0..<2 {
                    group.addTask { try? await stripe.post("/v1/customers", headers: ["Idempotency-Key": "k"]) }
                }
                let refused = await group.next() ?? nil
                #expect(refused?.status == 409)
                #expect(refused?.error["code"] == "idempotency_key_in_use")
                await stripe.drain()
                let hung = await group.next()
                #expect(hung != nil && hung.flatMap { $0 } == nil)
            }
        }
    }
}
