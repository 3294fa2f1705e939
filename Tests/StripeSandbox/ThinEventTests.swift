import StripeModels
import Testing

@testable import StripeSandbox

struct ThinEventTests {
    private static let destination: JSON = [
        "name": "Shop", "type": "webhook_endpoint", "enabled_events": ["v1.customer.created"],
        "event_payload": "thin", "include": ["webhook_endpoint.signing_secret", "webhook_endpoint.url"],
    ]

    @Test func `a snapshot and its thin twin tell of one thing, each to who asked for it`() async throws {
        try await WebhookReceiver.receive { whole in
            try await WebhookReceiver.receive { thin in
                try await SandboxUnderTest.serve { stripe in
                    _ = try await stripe.post(
                        "/v1/webhook_endpoints", ["url": whole.url, "enabled_events[]": "customer.created"])
                    let made = try await stripe.postJSON(
                        "/v2/core/event_destinations",
                        Self.destination.merging(["webhook_endpoint": ["url": .string(thin.url)]]))
                    let customer = try await stripe.post("/v1/customers")
                    let snapshot = await whole.next(1)[0]
                    let twin = await thin.next(1)[0]
                    #expect(twin.event["object"] == "v2.core.event")
                    #expect(twin.type == "v1.customer.created")
                    #expect(twin.event["snapshot_event"] == snapshot.event["id"])
                    #expect(twin.event["related_object"]["id"] == customer.body["id"])
                    #expect(!twin.event.has("data"))
                    try WebhookSignature.verify(
                        body: twin.body, header: twin.signature,
                        secrets: [made.body["webhook_endpoint"]["signing_secret"].string ?? ""],
                        now: Sandbox.systemClock() / 1_000_000)
                    let fetched = try await stripe.get("/v2/core/events/\(twin.event["id"].string ?? "")")
                    #expect(fetched.body == twin.event.merging(["changes": nil]))
                    let related = try await stripe.get(twin.event["related_object"]["url"].string ?? "")
                    #expect(related.body == customer.body)
                }
            }
        }
    }

    @Test(
        arguments: [
            (["enabled_events": ["customer.created"]], "enabled_events"),
            (["event_payload": "snapshot"], "enabled_events"),
            (["event_payload": "fat"], "event_payload"),
            (["snapshot_api_version": "2026-10-28.endive"], "snapshot_api_version"),
            (["events_from": ["@organization_members"]], "events_from"),
            (["webhook_endpoint": ["url": "nowhere"]], "webhook_endpoint[url]"),
            (["webhook_endpoint": nil], "webhook_endpoint"),
            (["type": "amazon_eventbridge"], "type"),
            (["name": nil], "name"),
            (["name": 7], "name"),
            (["colour": "red"], "colour"),
        ] as [(JSON, String)])
    func `a destination that makes no sense is refused`(_ change: JSON, _ param: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let body = Self.destination.merging(["webhook_endpoint": ["url": "http://127.0.0.1:9/"]]).merging(change)
            let reply = try await stripe.postJSON("/v2/core/event_destinations", body)
            #expect(reply.status == 400)
            #expect(reply.error["param"].string == param)
        }
    }

    @Test func `each API takes its own kind of body only`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let json = try await stripe.postJSON("/v1/customers", ["name": "Ada"])
            #expect(json.status == 400)
            let form = try await stripe.post("/v2/core/event_destinations", ["name": "Shop"])
            #expect(form.status == 400)
        }
    }

    @Test(
        arguments: [
            ["a": "1", "b": ["c": "2", "d": ["x", "y & z"]]], ["é": "ü=[", "n": 7, "t": true], [:],
        ] as [JSON])
    func `a form that was written reads the same`(_ tree: JSON) throws {
        let read = try FormBodyParser.parse(FormBodyWriter.text(tree))
        #expect(FormBodyWriter.text(read) == FormBodyWriter.text(tree))
        if tree["n"].isNull { #expect(read == tree) }
    }

    @Test func `times are written as Stripe does, and read with and without what is behind the point`() {
        #expect(Timestamp.text(1_700_000_000) == "2023-11-14T22:13:20.000Z")
        #expect(Timestamp.seconds("2023-11-14T22:13:20.500Z") == 1_700_000_000.5)
        #expect(Timestamp.seconds("2023-11-14T22:13:20Z") == 1_700_000_000)
        #expect(Timestamp.seconds("yesterday") == nil)
    }
}
