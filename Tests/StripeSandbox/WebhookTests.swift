import StripeModels
import Testing

@testable import StripeSandbox

struct WebhookTests {
    private static func quick(_ gaps: [Duration] = [.milliseconds(5), .milliseconds(10)]) -> SandboxSettings {
        var settings = SandboxSettings()
        settings.webhookRetries = gaps
        return settings
    }

    @Test func `events arrive signed, in order, each type where it was asked for`() async throws {
        try await WebhookReceiver.receive { receiver in
            try await SandboxUnderTest.serve { stripe in
                let endpoint = try await stripe.post(
                    "/v1/webhook_endpoints",
                    [
                        "url": receiver.url, "enabled_events[0]": "payment_intent.created",
                        "enabled_events[1]": "payment_intent.succeeded", "api_version": "2025-03-31.basil",
                    ])
                let secret = endpoint.body["secret"].string ?? ""
                #expect(secret.hasPrefix("whsec_"))
                #expect(try await stripe.get("/v1/webhook_endpoints/\(endpoint.id)").body["secret"].isNull)
                let intent = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
                let received = await receiver.next(2)
                #expect(received.map(\.type) == ["payment_intent.created", "payment_intent.succeeded"])
                for delivery in received {
                    try WebhookSignature.verify(
                        body: delivery.body, header: delivery.signature, secrets: [secret],
                        now: Sandbox.systemClock() / 1_000_000)
                    #expect(delivery.event["data"]["object"]["id"] == intent.body["id"])
                    #expect(delivery.event["api_version"] == "2025-03-31.basil")
                    #expect(delivery.event["request"]["id"].string == intent.header("Request-Id"))
                }
                #expect(received.last?.event["data"]["object"]["status"] == "succeeded")
            }
        }
    }

    @Test func `a webhook that is not taken is tried again, and counted until it is`() async throws {
        try await WebhookReceiver.receive(answering: [500, 503]) { receiver in
            try await SandboxUnderTest.serve(Self.quick()) { stripe in
                _ = try await stripe.post(
                    "/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "customer.created"])
                _ = try await stripe.post("/v1/customers")
                let received = await receiver.next(3)
                #expect(Set(received.map { $0.event["id"] }).count == 1)
                let log = try await stripe.delivered { $0.count == 3 }
                #expect(log.map { $0["status"] } == [200, 503, 500])
                #expect(log.map { $0["attempt"] } == [3, 2, 1])
                let event = try await stripe.get("/v1/events/\(received[0].event["id"].string ?? "")")
                #expect(event.body["pending_webhooks"] == 0)
                #expect(try await stripe.get("/v1/events", ["delivery_success": "false"]).ids.isEmpty)
            }
        }
    }

    @Test func `what never arrives is listed as undelivered, and can be sent again`() async throws {
        try await WebhookReceiver.receive(answering: [500, 500]) { receiver in
            try await SandboxUnderTest.serve(Self.quick([.milliseconds(1)])) { stripe in
                _ = try await stripe.post("/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "*"])
                _ = try await stripe.post("/v1/customers")
                _ = await receiver.next(2)
                _ = try await stripe.delivered { $0.first?["state"] == "failed" }
                let lost = try await stripe.get("/v1/events", ["delivery_success": "false"])
                #expect(lost.ids.count == 1)
                #expect(try await stripe.get("/v1/events", ["delivery_success": "true"]).ids.isEmpty)
                try await stripe.control("/_sandbox/events/\(lost.ids[0])/resend", [:])
                #expect(await receiver.next(1)[0].event["id"].string == lost.ids[0])
                _ = try await stripe.delivered { $0.first?["state"] == "delivered" }
                #expect(try await stripe.get("/v1/events", ["delivery_success": "false"]).ids.isEmpty)
            }
        }
    }

    @Test func `a disabled or deleted endpoint hears nothing`() async throws {
        try await WebhookReceiver.receive { receiver in
            try await SandboxUnderTest.serve { stripe in
                let endpoint = try await stripe.post(
                    "/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "*"])
                let path = "/v1/webhook_endpoints/\(endpoint.id)"
                #expect(try await stripe.post(path, ["disabled": "true"]).body["status"] == "disabled")
                _ = try await stripe.post("/v1/customers", ["name": "unheard"])
                _ = try await stripe.post(path, ["disabled": "false", "enabled_events[]": "customer.created"])
                _ = try await stripe.post("/v1/customers", ["name": "heard"])
                #expect(await receiver.next(1)[0].event["data"]["object"]["name"] == "heard")
                #expect(try await stripe.delete(path).body["deleted"] == true)
                _ = try await stripe.post("/v1/customers")
                #expect(try await stripe.get("/v1/events").body["data"].elements[0]["pending_webhooks"] == 0)
                #expect(try await stripe.get(path).status == 404)
            }
        }
    }

    @Test func `a platform hears of its connected accounts only where it asked for them`() async throws {
        try await WebhookReceiver.receive { receiver in
            try await SandboxUnderTest.serve { stripe in
                let account = try await stripe.post("/v1/accounts")
                _ = try await stripe.post(
                    "/v1/webhook_endpoints",
                    ["url": receiver.url, "enabled_events[]": "customer.created", "connect": "true"])
                _ = try await stripe.post("/v1/customers", ["name": "the platform's own"])
                _ = try await stripe.post("/v1/customers", ["name": "hers"], headers: ["Stripe-Account": account.id])
                let heard = await receiver.next(1)[0]
                #expect(heard.event["data"]["object"]["name"] == "hers")
                #expect(heard.event["account"].string == account.id)
            }
        }
    }

    @Test func `a fault sends a webhook again and again`() async throws {
        try await WebhookReceiver.receive { receiver in
            try await SandboxUnderTest.serve { stripe in
                _ = try await stripe.post("/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "*"])
                try await stripe.control("/_sandbox/faults", ["webhooks": ["mode": "duplicate", "copies": 2]])
                let first = try await stripe.post("/v1/customers")
                let second = try await stripe.post("/v1/customers")
                let received = await receiver.next(4).map { $0.event["data"]["object"]["id"].string }
                #expect(received.filter { $0 == first.id }.count == 3)
                #expect(received.filter { $0 == second.id }.count == 1)
            }
        }
    }

    @Test func `a fault reverses the order`() async throws {
        try await WebhookReceiver.receive { receiver in
            try await SandboxUnderTest.serve { stripe in
                _ = try await stripe.post("/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "*"])
                try await stripe.control(
                    "/_sandbox/faults", ["webhooks": ["mode": "reorder", "times": 3, "seconds": 3600]])
                _ = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
                let received = await receiver.next(3).map(\.type)
                #expect(received == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"])
            }
        }
    }

    @Test func `webhooks that were held for too few come in the opposite order once they are due`() async throws {
        try await WebhookReceiver.receive { receiver in
            try await SandboxUnderTest.serve { stripe in
                _ = try await stripe.post("/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "*"])
                try await stripe.control(
                    "/_sandbox/faults", ["webhooks": ["mode": "reorder", "times": 9, "seconds": 3600]])
                _ = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
                while try await stripe.held() < 3 {}
                try await stripe.control("/_sandbox/webhooks/hurry", [:])
                let received = await receiver.next(3).map(\.type)
                #expect(received == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"])
            }
        }
    }

    @Test func `a fault holds a webhook until it is hurried, or drops it for good`() async throws {
        try await WebhookReceiver.receive { receiver in
            try await SandboxUnderTest.serve { stripe in
                _ = try await stripe.post("/v1/webhook_endpoints", ["url": receiver.url, "enabled_events[]": "*"])
                try await stripe.control(
                    "/_sandbox/faults",
                    [
                        ["webhooks": ["mode": "delay", "seconds": 3600, "type": "customer.created"]],
                        ["webhooks": ["mode": "drop", "type": "customer.updated"]],
                    ])
                let customer = try await stripe.post("/v1/customers")
                _ = try await stripe.post("/v1/customers/\(customer.id)", ["name": "dropped"])
                _ = try await stripe.delete("/v1/customers/\(customer.id)")
                #expect(await receiver.next(1)[0].type == "customer.deleted")
                try await stripe.control("/_sandbox/webhooks/hurry", [:])
                #expect(await receiver.next(1)[0].type == "customer.created")
                _ = try await stripe.delivered { $0.first?["type"] == "customer.created" }
                let lost = try await stripe.get("/v1/events", ["delivery_success": "false"]).body["data"].elements
                #expect(lost.map { $0["type"] } == ["customer.updated"])
            }
        }
    }

    @Test(arguments: ["nowhere", "ftp://example.com/", "http://", "https://a b/"])
    func `an endpoint needs an address`(_ url: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.post("/v1/webhook_endpoints", ["url": url, "enabled_events[]": "*"])
            #expect(reply.error["param"] == "url")
        }
    }
}

extension SandboxUnderTest {
    /// How many deliveries wait for more than half an hour.
    func held() async throws -> Int {
        let soon = Sandbox.systemClock() / 1_000_000 + 1800
        let state = try await get("/_sandbox/state.json")
        return state.body["deliveries"].elements.count { $0["next_attempt"].int ?? 0 > soon }
    }

    /// The log of tries, newest first, once it is as it should be: a delivery is noted shortly after it was received.
    func delivered(until isDone: ([JSON]) -> Bool) async throws -> [JSON] {
        while true {
            let log = try await get("/_sandbox/webhooks").body["data"].elements
            if isDone(log) { return log }
        }
    }
}
