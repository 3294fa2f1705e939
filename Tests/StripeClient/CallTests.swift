import StripeClient
import StripeModels
import Testing

/// What each call puts on the wire.
struct CallTests {
    func sent(
        _ answer: String, _ call: (StripeClient) async throws -> Void
    ) async throws -> (line: String, body: String) {
        var sent = ("", "")
        try await Bench.run { _ in
            .answer(200, answer)
        } _: { bench in
            try await call(bench.stripe)
            let request = try #require(bench.server.requests.first)
            sent = ("\(request.method) \(request.uri)", request.body)
        }
        return sent
    }

    @Test func `a PaymentIntent is made with what is given`() async throws {
        var form = PaymentIntentForm(amount: 1_099, currency: Currency(rawValue: "USD"))
        form.description = "Größe 42"
        form.metadata = ["order_id": "ord_1", "a": "b"]
        form.customer = "cus_1"
        form.receiptEmail = "a@b.example"
        form.captureMethod = .manual
        form.setupFutureUsage = .offSession
        let full = form
        let sent = try await sent(Examples.intent()) {
            _ = try await $0.createPaymentIntent(full, idempotencyKey: "k", as: Bench.alice)
        }
        #expect(sent.line == "POST /v1/payment_intents")
        #expect(
            sent.body == "amount=1099&currency=usd&automatic_payment_methods[enabled]=true&capture_method=manual"
                + "&customer=cus_1&description=Gr%C3%B6%C3%9Fe%2042&metadata[a]=b&metadata[order_id]=ord_1"
                + "&receipt_email=a%40b.example&setup_future_usage=off_session")
    }

    @Test func `a saved card is charged without its owner`() async throws {
        var form = PaymentIntentForm(amount: 500, currency: Currency(rawValue: "jpy"))
        form.customer = "cus_1"
        form.paymentMethod = "pm_1"
        form.confirmation = .offSession
        let full = form
        let sent = try await sent(Examples.intent()) {
            _ = try await $0.createPaymentIntent(full, idempotencyKey: "k", as: Bench.alice)
        }
        #expect(
            sent.body == "amount=500&currency=jpy&automatic_payment_methods[enabled]=true"
                + "&automatic_payment_methods[allow_redirects]=never&confirm=true&customer=cus_1&off_session=true"
                + "&payment_method=pm_1")
    }

    @Test func `PaymentIntents are read, canceled and captured`() async throws {
        let read = try await sent(Examples.intent()) { _ = try await $0.paymentIntent("pi_1", as: Bench.alice) }
        #expect(read == ("GET /v1/payment_intents/pi_1", ""))
        let canceled = try await sent(Examples.intent()) {
            _ = try await $0.cancelPaymentIntent("pi_1", reason: "abandoned", idempotencyKey: "k", as: Bench.alice)
        }
        #expect(canceled == ("POST /v1/payment_intents/pi_1/cancel", "cancellation_reason=abandoned"))
        let captured = try await sent(Examples.intent()) {
            _ = try await $0.capturePaymentIntent("pi_1", amount: 7, idempotencyKey: "k", as: Bench.alice)
        }
        #expect(captured == ("POST /v1/payment_intents/pi_1/capture", "amount_to_capture=7"))
    }

    @Test func `a call without parameters has no body`() async throws {
        let sent = try await sent(Examples.intent()) {
            _ = try await $0.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
        }
        #expect(sent.body.isEmpty)
    }

    @Test func `a webhook endpoint is made in the pinned version`() async throws {
        let answer = """
            {"id":"we_1","object":"webhook_endpoint","secret":"whsec_HIDDEN","url":"https://a.example/x","livemode":false,
             "enabled_events":["a.b"],"api_version":"2026-10-28.endive","status":"enabled","created":1,"metadata":{}}
            """
        let sent = try await sent(answer) {
            let endpoint = try await $0.createWebhookEndpoint(
                url: "https://a.example/x", events: ["a.b", "c.d"], idempotencyKey: "k", as: Bench.alice)
            #expect(endpoint.secret == "whsec_HIDDEN")
        }
        #expect(sent.line == "POST /v1/webhook_endpoints")
        #expect(
            sent.body == "api_version=2026-10-28.endive&enabled_events[0]=a.b&enabled_events[1]=c.d"
                + "&url=https%3A%2F%2Fa.example%2Fx")
    }

    @Test func `a webhook endpoint is deleted`() async throws {
        let sent = try await sent(#"{"id":"we_1","object":"webhook_endpoint","deleted":true}"#) {
            let endpoint = try await $0.deleteWebhookEndpoint("we_1", as: Bench.alice)
            #expect(endpoint.deleted)
        }
        #expect(sent.line == "DELETE /v1/webhook_endpoints/we_1")
    }

    @Test func `customers are made and read`() async throws {
        let customer = #"{"id":"cus_1","object":"customer","livemode":false,"created":1,"metadata":{}}"#
        var form = CustomerForm()
        form.email = "a@b.example"
        form.name = "Zoë"
        form.metadata = ["k": "v"]
        let full = form
        let made = try await sent(customer) {
            _ = try await $0.createCustomer(full, idempotencyKey: "k", as: Bench.alice)
        }
        #expect(made == ("POST /v1/customers", "email=a%40b.example&metadata[k]=v&name=Zo%C3%AB"))
        let read = try await sent(customer) { _ = try await $0.customer("cus_1", as: Bench.alice) }
        #expect(read.line == "GET /v1/customers/cus_1")
    }

    @Test func `an id cannot leave its place in the path`() async throws {
        let sent = try await sent(Examples.intent()) {
            _ = try await $0.paymentIntent("../accounts?x=1#y/z", as: Bench.alice)
        }
        #expect(sent.line == "GET /v1/payment_intents/..%2Faccounts%3Fx%3D1%23y%2Fz")
    }

    @Test(arguments: ["", ".", "..", String(repeating: "x", count: 256)])
    func `an id that is none is not sent`(id: String) async throws {
        try await Bench.run { _ in
            .answer(200)
        } _: { bench in
            let error = try await bench.failure { try await bench.stripe.paymentIntent(id, as: Bench.alice) }
            guard case .notSent = error.kind else {
                Issue.record(error)
                return
            }
            #expect(bench.server.requests.isEmpty)
        }
    }

    @Test func `reaching Stripe needs no key and tells its time`() async throws {
        try await Bench.run { _ in
            .answer(401, headers: ["Date": "Sun, 22 Nov 2026 10:00:00 GMT"], Examples.error("invalid_request_error"))
        } _: { bench in
            let reach = try await bench.stripe.reach()
            #expect(reach.serverTime == 1_795_341_600)
            #expect(bench.server.requests.first?.header("Authorization") == nil)
        }
    }
}
