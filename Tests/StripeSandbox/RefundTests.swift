import Testing

@testable import StripeSandbox

struct RefundTests {
    /// What comes later comes only when it is asked for.
    private static let slow = SandboxUnderTest.slow()

    @Test func `refunds together never exceed what was captured, twenty at once`() async throws {
        try await SandboxUnderTest.serve(Self.slow) { stripe in
            let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await stripe.post("/v1/refunds", ["payment_intent": paid.id, "amount": "100"]).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 10)
            let charge = try await stripe.get("/v1/charges/\(paid.body["latest_charge"].string ?? "")")
            #expect(charge.body["amount_refunded"] == 1000)
            #expect(charge.body["refunded"] == false)
        }
    }

    @Test(arguments: [
        ("pm_card_visa", "succeeded", "succeeded", ["refund.updated", "charge.refund.updated"]),
        ("pm_card_pendingRefund", "pending", "succeeded", ["refund.updated", "charge.refund.updated"]),
        ("pm_card_refundFail", "succeeded", "failed", ["refund.failed", "refund.updated", "charge.refund.updated"]),
    ])
    func `the card decides what becomes of a refund`(
        _ card: String, _ first: String, _ last: String, _ events: [String]
    ) async throws {
        try await SandboxUnderTest.serve(Self.slow) { stripe in
            let paid = try await stripe.intent(["confirm": "true", "payment_method": card])
            let refund = try await stripe.post("/v1/refunds", ["payment_intent": paid.id])
            #expect(refund.body["status"].string == first)
            #expect(Array(try await stripe.eventTypes().suffix(2)) == ["refund.created", "charge.refunded"])
            try await stripe.passTime()
            let settled = try await stripe.get("/v1/refunds/\(refund.id)", ["expand[]": "charge"])
            #expect(settled.body["status"].string == last)
            #expect(Array(try await stripe.eventTypes().suffix(events.count)) == events)
            #expect(settled.body["charge"]["amount_refunded"] == .int(last == "failed" ? 0 : 1099))
            #expect(settled.body["charge"]["refunded"] == .bool(last != "failed"))
            let again = try await stripe.post("/v1/refunds", ["payment_intent": paid.id])
            #expect(again.status == (last == "failed" ? 200 : 400))
        }
    }

    @Test(arguments: ["refunds/%/cancel", "test_helpers/refunds/%/expire"])
    func `a refund that waits for the buyer can end without money`(_ call: String) async throws {
        try await SandboxUnderTest.serve(Self.slow) { stripe in
            let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
            let form: KeyValuePairs = ["payment_intent": paid.id, "instructions_email": "a@example.com"]
            let refund = try await stripe.post("/v1/refunds", form)
            #expect(refund.body["status"] == "requires_action")
            let path = "/v1/" + call.replacing("%", with: refund.id)
            let over = try await stripe.post(path)
            #expect(over.body["status"].string == (call.hasSuffix("cancel") ? "canceled" : "failed"))
            #expect(try await stripe.get("/v1/balance_transactions").ids.count == 1)
            #expect(try await stripe.post(path).status == 400)
            #expect(try await stripe.post("/v1/refunds", ["payment_intent": paid.id]).status == 200)
        }
    }

    @Test func `a refund that is under way goes on after a restart`() async throws {
        try await SandboxUnderTest.withStateFile(Self.slow) { settings in
            try await SandboxUnderTest.serve(settings) { stripe in
                let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_pendingRefund"])
                _ = try await stripe.post("/v1/refunds", ["payment_intent": paid.id])
            }
            try await SandboxUnderTest.serve(settings) { stripe in
                let before = try await stripe.get("/v1/refunds").body["data"].elements
                #expect(before.map { $0["status"] } == ["pending"])
                try await stripe.passTime()
                let after = try await stripe.get("/v1/refunds").body["data"].elements
                #expect(after.map { $0["status"] } == ["succeeded"])
            }
        }
    }

    @Test func `what comes later comes by itself`() async throws {
        try await WebhookReceiver.receive { receiver in
            var settings = SandboxSettings()
            settings.asyncDelay = .milliseconds(20)
            try await SandboxUnderTest.serve(settings) { stripe in
                _ = try await stripe.post(
                    "/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "refund.failed"])
                let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_refundFail"])
                let refund = try await stripe.post("/v1/refunds", ["payment_intent": paid.id])
                #expect(await receiver.next(1)[0].event["data"]["object"]["id"] == refund.body["id"])
            }
        }
    }

    @Test func `what was held for a week is let go`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let held = try await stripe.intent([
                "confirm": "true", "payment_method": "pm_card_visa", "capture_method": "manual",
            ])
            try await stripe.passTime(days: 6)
            #expect(try await stripe.get("/v1/payment_intents/\(held.id)").body["status"] == "requires_capture")
            try await stripe.passTime(days: 8)
            let over = try await stripe.get("/v1/payment_intents/\(held.id)")
            #expect(over.body["status"] == "canceled")
            #expect(over.body["cancellation_reason"] == "automatic")
            #expect(Array(try await stripe.eventTypes().suffix(2)) == ["charge.expired", "payment_intent.canceled"])
        }
    }
}
