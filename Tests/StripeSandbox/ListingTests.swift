import Testing

@testable import StripeSandbox

struct ListingTests {
    @Test func `lists are paged in both directions, newest first`() async throws {
        try await SandboxUnderTest.serve { stripe in
            var made: [String] = []
            for _ in 0..<5 { made.insert(try await stripe.post("/v1/customers").id, at: 0) }
            let first = try await stripe.get("/v1/customers", ["limit": "2"])
            #expect(first.ids == Array(made[0..<2]))
            #expect(first.body["has_more"] == true)
            #expect(first.body["url"] == "/v1/customers")
            let next = try await stripe.get("/v1/customers", ["limit": "2", "starting_after": made[1]])
            #expect(next.ids == Array(made[2..<4]))
            let last = try await stripe.get("/v1/customers", ["limit": "2", "starting_after": made[3]])
            #expect(last.ids == [made[4]])
            #expect(last.body["has_more"] == false)
            let back = try await stripe.get("/v1/customers", ["limit": "2", "ending_before": made[3]])
            #expect(back.ids == Array(made[1..<3]))
            #expect(back.body["has_more"] == true)
        }
    }

    @Test(
        arguments: [
            ["limit": "0"], ["limit": "101"], ["starting_after": "cus_nobody"], ["created[about]": "5"],
            ["colour": "red"],
        ] as [KeyValuePairs<String, String>])
    func `a list that cannot be is refused`(_ query: KeyValuePairs<String, String>) async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.get("/v1/customers", query)
            #expect((400...404).contains(reply.status))
            #expect(reply.error["param"].string != nil)
        }
    }

    @Test func `lists are filtered`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let customer = try await stripe.post("/v1/customers", ["email": "a@example.com"])
            _ = try await stripe.post("/v1/customers", ["email": "b@example.com"])
            let intent = try await stripe.intent([
                "customer": customer.id, "confirm": "true", "payment_method": "pm_card_visa",
            ])
            _ = try await stripe.intent()
            #expect(try await stripe.get("/v1/customers", ["email": "a@example.com"]).ids == [customer.id])
            #expect(try await stripe.get("/v1/payment_intents", ["customer": customer.id]).ids == [intent.id])
            #expect(try await stripe.get("/v1/charges", ["payment_intent": intent.id]).ids.count == 1)
            let created = intent.body["created"].int ?? 0
            #expect(try await stripe.get("/v1/payment_intents", ["created[gt]": "\(created + 60)"]).ids.isEmpty)
            #expect(try await stripe.get("/v1/payment_intents", ["created[lte]": "\(created + 60)"]).ids.count == 2)
            let types: KeyValuePairs = ["types[0]": "charge.succeeded", "types[1]": "customer.created"]
            #expect(try await stripe.get("/v1/events", types).ids.count == 3)
            #expect(try await stripe.get("/v1/events", ["type": "payment_intent.*"]).ids.count == 3)
        }
    }

    @Test func `a refund gives back what was captured, and no more`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
            let part = try await stripe.post("/v1/refunds", ["payment_intent": paid.id, "amount": "99"])
            #expect(part.body["status"] == "succeeded")
            #expect(try await stripe.post("/v1/refunds", ["payment_intent": paid.id, "amount": "1001"]).status == 400)
            let rest = try await stripe.post(
                "/v1/refunds", ["payment_intent": paid.id, "expand[]": "charge", "reason": "duplicate"])
            #expect(rest.body["amount"] == 1000)
            #expect(rest.body["charge"]["refunded"] == true)
            let more = try await stripe.post("/v1/refunds", ["payment_intent": paid.id])
            #expect(more.error["code"] == "charge_already_refunded")
            let pending = try await stripe.get("/v1/balance").body["pending"].elements[0]["amount"].int ?? 0
            #expect(pending < 0)  // Stripe keeps its fee.
        }
    }
}
