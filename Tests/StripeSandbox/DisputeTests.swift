import Testing

@testable import StripeSandbox

struct DisputeTests {
    @Test(arguments: [
        (
            "pm_card_createDispute", "winning_evidence", "won",
            ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
        ),
        ("pm_card_createDispute", "losing_evidence", "lost", ["charge.dispute.closed"]),
        ("pm_card_createDispute", "some evidence", "under_review", []),
        ("pm_card_createDisputeInquiry", "winning_evidence", "warning_closed", ["charge.dispute.closed"]),
        (
            "pm_card_createDisputeInquiry", "escalate_inquiry_evidence", "needs_response",
            ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
        ),
    ])
    func `the evidence decides a dispute`(
        _ card: String, _ evidence: String, _ outcome: String, _ events: [String]
    ) async throws {
        try await SandboxUnderTest.serve(SandboxUnderTest.slow()) { stripe in
            _ = try await stripe.intent(["confirm": "true", "payment_method": card])
            try await stripe.passTime()
            let opened = try await stripe.get("/v1/disputes").body["data"].elements
            try #require(opened.count == 1)
            let path = "/v1/disputes/\(opened[0]["id"].string ?? "")"
            let sent = try await stripe.post(path, ["evidence[uncategorized_text]": evidence])
            #expect(sent.body["status"].string?.hasSuffix("under_review") == true)
            let before = try await stripe.eventTypes().count
            try await stripe.passTime()
            #expect(try await stripe.get(path).body["status"].string == outcome)
            #expect(Array(try await stripe.eventTypes().dropFirst(before)) == events)
        }
    }

    @Test(arguments: [("pm_card_createDispute", "lost"), ("pm_card_createDisputeInquiry", "warning_closed")])
    func `a dispute can be accepted, once`(_ card: String, _ status: String) async throws {
        try await SandboxUnderTest.serve(SandboxUnderTest.slow()) { stripe in
            _ = try await stripe.intent(["confirm": "true", "payment_method": card])
            try await stripe.passTime()
            let id = try await stripe.get("/v1/disputes").ids.first ?? ""
            #expect(try await stripe.post("/v1/disputes/\(id)/close").body["status"].string == status)
            #expect(try await stripe.post("/v1/disputes/\(id)/close").status == 400)
            #expect(try await stripe.post("/v1/disputes/\(id)", ["evidence[receipt]": "file_1"]).status == 400)
            #expect(try await stripe.post("/v1/disputes/\(id)", ["metadata[a]": "1"]).status == 200)
        }
    }

    @Test func `what was refunded before is not disputed`() async throws {
        try await SandboxUnderTest.serve(SandboxUnderTest.slow()) { stripe in
            let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_createDispute"])
            _ = try await stripe.post("/v1/refunds", ["payment_intent": paid.id, "amount": "99"])
            try await stripe.passTime()
            let disputed = try await stripe.get("/v1/disputes").body["data"].elements
            #expect(disputed.map { $0["amount"] } == [1000])
            let more = try await stripe.post("/v1/refunds", ["payment_intent": paid.id])
            #expect(more.error["code"] == "charge_disputed")
        }
    }
}
