import Testing

@testable import StripeSandbox

struct KeyBookTests {
    private static let restricted = "rk_test_sandboxtests"

    @Test(arguments: [("expired", "api_key_expired", "Expired API Key"), ("revoked", nil, "Invalid API Key")])
    func `a key can die and come back`(_ state: String, _ code: String?, _ message: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let key = SandboxUnderTest.key
            try await stripe.control("/_sandbox/keys", ["key": .string(key), "state": .string(state)])
            let refused = try await stripe.post("/v1/customers")
            #expect(refused.status == 401)
            #expect(refused.error["code"].string == code)
            #expect(refused.error["message"].string?.hasPrefix(message) == true)
            #expect(!refused.text.contains("sandboxtests"))
            // Others of the same account are as good as before.
            #expect(try await stripe.get("/v1/balance", key: Self.restricted).status == 200)
            #expect(!(try await stripe.get("/_sandbox/keys")).text.contains("sandboxtests"))
            try await stripe.control("/_sandbox/keys", ["key": .string(key), "state": "active"])
            #expect(try await stripe.post("/v1/customers").status == 200)
        }
    }

    @Test func `a restricted key does what it is allowed to, and is told what it lacks`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let rule: JSON = [
                "key": .string(Self.restricted), "state": "restricted",
                "permissions": ["refunds": "none", "customers": "read", "*": "write"],
            ]
            try await stripe.control("/_sandbox/keys", rule)
            let key = Self.restricted
            #expect(try await stripe.get("/v1/customers", key: key).status == 200)
            #expect(try await stripe.get("/v1/refunds", key: key).status == 403)
            #expect(try await stripe.intent(key: key).status == 200)
            let refused = try await stripe.post("/v1/customers", key: key)
            #expect(refused.status == 403)
            #expect(refused.error["message"].string?.contains("rak_customer_write") == true)
            #expect(try await stripe.delete("/_sandbox/keys").status == 200)
            #expect(try await stripe.post("/v1/customers", key: key).status == 200)
        }
    }

    @Test(
        arguments: [
            ["key": "nonsense", "state": "expired"], ["key": "sk_test_sandboxtests", "state": "gone"],
            ["key": "sk_test_sandboxtests", "state": "restricted", "permissions": ["refunds": "none"]],
            ["key": "rk_test_sandboxtests", "state": "restricted"],
            ["key": "rk_test_sandboxtests", "state": "restricted", "permissions": ["refunds": "some"]],
            ["key": "sk_test_sandboxtests", "state": "expired", "until": 5],
        ] as [JSON])
    func `a rule that makes no sense is refused`(_ rule: JSON) async throws {
        try await SandboxUnderTest.serve { stripe in
            let refused = try await stripe.control("/_sandbox/keys", rule)
            #expect(refused.status == 400)
            #expect(try await stripe.get("/v1/balance").status == 200)
        }
    }
}
