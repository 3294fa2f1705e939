import StripeClient
import StripeModels
import Testing

/// Events as they are swept and fetched.
struct EventCallTests {
    @Test func `a page of events is given as the bytes that came`() async throws {
        let first = """
            {
                  "id": "evt_2",  "object": "event", "data": { "object": {"note":"a \\"quote\\" and a ]} \\u00e9 é"} }
                }
            """
        let second = #"{"id":"evt_1","object":"event","data":{"object":{"list":[{"data":[1]}]}}}"#
        let page =
            "{\n  \"object\": \"list\",\n  \"data\": [\n    \(first),\n    \(second)\n  ],\n  \"has_more\": true\n}"
        let sent = try await Sent.by(answering: page) {
            var filter = EventFilter()
            filter.since = 1_700_000_000
            let page = try await $0.eventPage(filter, limit: 50, after: "evt_3", as: Bench.alice)
            #expect(page.events.map { String(decoding: $0, as: UTF8.self) } == [first, second])
            #expect(page.hasMore)
        }
        #expect(
            sent
                == Sent(
                    line: "GET /v1/events", form: "created[gte]=1700000000&limit=50&starting_after=evt_3"))
    }

    @Test(arguments: [#"{"object":"list"}"#, #"{"data":{}}"#, "[]", "<html>", #"{"data":["evt_1"]}"#])
    func `what is no page is an error`(body: String) async throws {
        try await Bench.run { _ in
            .answer(200, headers: ["Request-Id": "req_1"], body)
        } _: { bench in
            let error = try await bench.failure { try await bench.stripe.eventPage(as: Bench.alice) }
            guard case .unreadable(status: 200) = error.kind else {
                Issue.record(error)
                return
            }
            #expect(error.requestID == "req_1")
            #expect(!error.outcomeUnknown)
        }
    }

    @Test func `the object of a thin event is read where it says`() async throws {
        let sent = try await Sent.by(answering: Examples.intent(status: "succeeded")) {
            let object = try await $0.relatedObject(at: "/v1/payment_intents/pi_1", as: Bench.alice)
            guard case .paymentIntent(let intent) = object else {
                Issue.record("\(object)")
                return
            }
            #expect(intent.status == .succeeded)
        }
        #expect(sent == Sent(line: "GET /v1/payment_intents/pi_1"))
    }

    @Test(
        arguments: [
            "", "/", "/v1", "/v1/", "v1/charges/ch_1", "/v2/core/events/evt_1", "https://evil.example/v1/charges/ch_1",
            "//evil.example/v1/charges/ch_1", "/v1//charges", "/v1/charges/ch_1/", "/v1/../v2/x", "/v1/charges/..",
            "/v1/charges/ch_1?expand[]=customer", "/v1/charges/ch_1#x", "/v1/charges/%2e%2e",
            "/v1/charges/ch_1\r\nX: y",
            "/v1/charges/ch 1", "/v1/chärges/ch_1", "/v1@evil.example/charges", #"/v1\charges"#,
            "/v1/charges/" + String(repeating: "x", count: 255),
        ])
    func `anything but a plain path is not called`(url: String) async throws {
        try await Bench.run { _ in
            .answer(200, Examples.charge)
        } _: { bench in
            let error = try await bench.failure { try await bench.stripe.relatedObject(at: url, as: Bench.alice) }
            guard case .notSent = error.kind else {
                Issue.record(error)
                return
            }
            #expect(bench.server.requests.isEmpty)
        }
    }

    @Test func `webhook endpoints are read and changed`() async throws {
        let read = try await Sent.by(answering: Examples.endpoint) {
            _ = try await $0.webhookEndpoint("we_1", as: Bench.alice)
        }
        #expect(read == Sent(line: "GET /v1/webhook_endpoints/we_1"))
        let changed = try await Sent.by(answering: Examples.endpoint) {
            _ = try await $0.updateWebhookEndpoint(
                "we_1", url: "https://a.example", events: ["a.b"], disabled: false, idempotencyKey: "k",
                as: Bench.alice)
        }
        #expect(
            changed
                == Sent(
                    line: "POST /v1/webhook_endpoints/we_1",
                    form: "disabled=false&enabled_events[0]=a.b&url=https%3A%2F%2Fa.example", key: "k"))
    }

    @Test func `a platform's endpoint is told of its connected accounts`() async throws {
        let sent = try await Sent.by(answering: Examples.endpoint) {
            _ = try await $0.createWebhookEndpoint(
                url: "https://a.example", events: ["a.b"], connect: true, metadata: ["we": "we_ours"],
                idempotencyKey: "k", as: Bench.alice)
        }
        #expect(
            sent.form == "api_version=2026-10-28.endive&connect=true&enabled_events[0]=a.b&metadata[we]=we_ours"
                + "&url=https%3A%2F%2Fa.example")
    }
}
