import Testing

@testable import StripeSandbox

struct FaultTests {
    @Test(arguments: [429, 500, 503, 409])
    func `a status is answered so many times, and nothing is done`(_ status: Int) async throws {
        try await SandboxUnderTest.serve { stripe in
            try await stripe.control(
                "/_sandbox/faults",
                [
                    "match": ["method": "POST", "path": "/v1/payment_intents"], "action": "status",
                    "status": JSON(status), "times": 2,
                ])
            #expect(try await stripe.get("/v1/payment_intents").status == 200)
            #expect(try await stripe.intent().status == status)
            #expect(try await stripe.intent().status == status)
            #expect(try await stripe.get("/v1/payment_intents").ids.isEmpty)
            #expect(try await stripe.intent().status == 200)
        }
    }

    @Test(arguments: [("drop_before_acting", 0), ("drop_after_acting", 1)])
    func `a dropped connection hides whether the call was done`(_ action: String, _ made: Int) async throws {
        try await SandboxUnderTest.serve { stripe in
            try await stripe.control("/_sandbox/faults", ["action": .string(action)])
            let headers: KeyValuePairs = ["Idempotency-Key": "k"]
            let form: KeyValuePairs = ["amount": "500", "currency": "usd"]
            await #expect(throws: (any Error).self) {
                try await stripe.post("/v1/payment_intents", form, headers: headers)
            }
            #expect(try await stripe.get("/v1/payment_intents").ids.count == made)
            let again = try await stripe.post("/v1/payment_intents", form, headers: headers)
            #expect(again.header("Idempotent-Replayed") == (made == 1 ? "true" : nil))
            #expect(try await stripe.get("/v1/payment_intents").ids == [again.id])
        }
    }

    @Test(
        arguments: [
            (false, false, 0, nil), (true, false, 1, "true"), (false, true, 0, "true"), (true, true, 1, "true"),
        ]
            as [(Bool, Bool, Int, String?)])
    func `a failure may come after the deed, and may be kept for the key`(
        _ afterActing: Bool, _ stored: Bool, _ made: Int, _ replayed: String?
    ) async throws {
        try await SandboxUnderTest.serve { stripe in
            try await stripe.control(
                "/_sandbox/faults",
                ["action": "status", "status": 500, "after_acting": .bool(afterActing), "stored": .bool(stored)])
            let headers: KeyValuePairs = ["Idempotency-Key": "k"]
            #expect(try await stripe.post("/v1/customers", headers: headers).status == 500)
            #expect(try await stripe.get("/v1/customers").ids.count == made)
            let again = try await stripe.post("/v1/customers", headers: headers)
            #expect(again.status == (stored ? 500 : 200))
            #expect(again.header("Idempotent-Replayed") == replayed)
        }
    }

    @Test func `faults can be aimed, told what to say, listed and taken back`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let set = try await stripe.control(
                "/_sandbox/faults",
                [
                    [
                        "match": ["key": "sk_test_unlucky_shop", "path": "/v1/payment_intents*"], "action": "status",
                        "status": 402, "code": "card_declined", "decline_code": "fraudulent", "message": "No.",
                        "should_retry": true, "times": "always", "skip": 1,
                    ],
                    ["action": "status", "status": 502, "body": "<h1>Bad gateway</h1>", "times": 7],
                ])
            #expect(set.body["data"].elements.map { $0["times"] } == ["always", 7])
            let id = set.body["data"].elements[1]["id"].string ?? ""
            #expect(try await stripe.get("/v1/balance").text == "<h1>Bad gateway</h1>")
            #expect(try await stripe.delete("/_sandbox/faults/\(id)").status == 200)
            #expect(try await stripe.delete("/_sandbox/faults/\(id)").status == 404)
            #expect(try await stripe.intent(key: "sk_test_unlucky_shop").status == 200)
            let unlucky = try await stripe.intent(key: "sk_test_unlucky_shop")
            #expect(unlucky.error["decline_code"] == "fraudulent")
            #expect(unlucky.header("Stripe-Should-Retry") == "true")
            #expect(try await stripe.intent().status == 200)
            _ = try await stripe.delete("/_sandbox/faults")
            #expect(try await stripe.intent(key: "sk_test_unlucky_shop").status == 200)
        }
    }

    @Test(arguments: [
        "{}", "[]", "7", "{", #"{"action":"explode"}"#, #"{"action":"status"}"#, #"{"action":"status","status":200}"#,
        #"{"action":"hang","tiems":2}"#, #"{"action":"hang","times":0}"#, #"{"match":{"url":"/"},"action":"hang"}"#,
        #"{"webhooks":{"mode":"lose"}}"#, #"{"webhooks":{"mode":"drop"},"times":2}"#, #"{"action":"delay"}"#,
    ])
    func `a fault that is not understood is refused`(_ text: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let json = (try? JSON(reading: text)) ?? .string(text)
            let reply = try await stripe.control("/_sandbox/faults", json)
            #expect(reply.status == 400)
            #expect(reply.error["message"].string?.isEmpty == false)
            #expect(stripe.sandbox.faults.list().isEmpty)
        }
    }

    @Test(arguments: [
        ("/v1/payment_intents", "/v1/payment_intents", true),
        ("/v1/payment_intents/pi_1", "/v1/payment_intents", false),
        ("/v1/payment_intents/pi_1/confirm", "/v1/payment_intents/*/confirm", true), ("/v1/x", "*", true),
        ("/v1/payment_intents/pi_1", "/v1/*/confirm", false), ("aab", "*ab", true), ("", "*", true),
        ("abc", "a*d", false),
    ])
    func `a star stands for any text`(_ text: String, _ pattern: String, _ matches: Bool) {
        #expect(Glob.matches(text, pattern) == matches)
    }
}
