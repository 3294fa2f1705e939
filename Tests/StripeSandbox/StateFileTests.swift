import Testing

@testable import StripeSandbox

struct StateFileTests {
    @Test func `what was answered is there after a restart`() async throws {
        try await SandboxUnderTest.withStateFile { settings in
            let headers: KeyValuePairs = ["Idempotency-Key": "k"]
            let form: KeyValuePairs = ["amount": "500", "currency": "usd"]
            let before = StoredReplies()
            try await SandboxUnderTest.serve(settings) { stripe in
                await before.keep(try await stripe.post("/v1/payment_intents", form, headers: headers))
                await before.keep(try await stripe.post("/v1/customers", ["name": "Jenny"]))
                let gone = try await stripe.post(
                    "/v1/webhook_endpoints", ["url": "http://x.example/", "enabled_events[]": "*"])
                _ = try await stripe.delete("/v1/webhook_endpoints/\(gone.id)")
            }
            let replies = await before.replies
            try await SandboxUnderTest.serve(settings) { stripe in
                let again = try await stripe.post("/v1/payment_intents", form, headers: headers)
                #expect(again.header("Idempotent-Replayed") == "true")
                #expect(again.text == replies[0].text)
                let path = "/v1/payment_intents/\(replies[0].id)"
                #expect(try await stripe.get(path).body == replies[0].body)
                #expect(try await stripe.get("/v1/customers").ids == [replies[1].id])
                #expect(try await stripe.get("/v1/webhook_endpoints").ids.isEmpty)
                let paid = try await stripe.post("\(path)/confirm", ["payment_method": "pm_card_visa"])
                #expect(paid.body["status"] == "succeeded")
                #expect(
                    try await stripe.get("/v1/events", ["limit": "1"]).body["data"].elements[0]["type"]
                        == "payment_intent.succeeded")
            }
        }
    }

    @Test func `a webhook that waited is delivered after a restart`() async throws {
        try await SandboxUnderTest.withStateFile { settings in
            try await WebhookReceiver.receive { receiver in
                try await SandboxUnderTest.serve(settings) { stripe in
                    _ = try await stripe.post("/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "*"])
                    try await stripe.control(
                        "/_sandbox/faults", ["webhooks": ["mode": "delay", "seconds": 3600]])
                    _ = try await stripe.post("/v1/customers")
                    while try await stripe.get("/_sandbox/faults").body["data"].elements.isEmpty == false {}
                }
                try await SandboxUnderTest.serve(settings) { stripe in
                    try await stripe.control("/_sandbox/webhooks/hurry", [:])
                    #expect(await receiver.next(1)[0].type == "customer.created")
                }
            }
        }
    }

    @Test func `many calls at once are all kept`() async throws {
        try await SandboxUnderTest.withStateFile { settings in
            try await SandboxUnderTest.serve(settings) { stripe in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<40 {
                        group.addTask {
                            let intent = try await stripe.intent()
                            #expect(intent.status == 200)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await SandboxUnderTest.serve(settings) { stripe in
                let kept = try await stripe.get("/v1/payment_intents", ["limit": "100"])
                #expect(kept.ids.count == 40)
            }
        }
    }

    private actor StoredReplies {
        private(set) var replies: [SandboxUnderTest.Reply] = []
        func keep(_ reply: SandboxUnderTest.Reply) { replies.append(reply) }
    }
}
