import Commerce
import Database
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct CaptureTests {
    /// An order whose card was authorized, and nothing was taken of it.
    private func authorized(_ api: RunningAPI) async throws -> String {
        let id = try await api.pay(#"{"amount":1999,"currency":"eur","capture_method":"manual"}"#)["id"] ?? ""
        api.stripe.set("pi_1", status: "requires_capture")
        return id
    }

    @Test(arguments: Engine.all)
    func `what was authorized is taken, once`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = try await authorized(api)
            let answer = try await api.post("/v1/orders/\(id)/capture", once: "k")
            #expect(answer.status == 200)
            #expect(answer["status"] == "active")
            let call = try #require(api.stripe.posts.last)
            #expect(call.path == "/v1/payment_intents/pi_1/capture")
            #expect(call.idempotencyKey == "\(id):capture:1")
            #expect(call.form.isEmpty)
            let again = try await api.post("/v1/orders/\(id)/capture", once: "k")
            #expect(again.body == answer.body)
            let anew = try await api.post("/v1/orders/\(id)/capture")
            #expect(anew.failure == Failure(400, "invalid_request_error", "order_already_captured"))
        }
    }

    @Test(arguments: Engine.all)
    func `a part may be taken, and the rest is let go`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = try await authorized(api)
            let tooMuch = try await api.post("/v1/orders/\(id)/capture", #"{"amount_to_capture":2000}"#)
            #expect(tooMuch.failure == Failure(400, "invalid_request_error", "amount_too_large"))
            #expect(tooMuch["error", "param"] == "amount_to_capture")
            let answer = try await api.post("/v1/orders/\(id)/capture", #"{"amount_to_capture":500}"#)
            #expect(answer.status == 200)
            #expect(answer["status"] == "active")
            #expect(api.stripe.posts.last?.form == ["amount_to_capture": "500"])
            let order = try #require(try await api.orders().first)
            #expect(order.amountCaptured == 500)
            let history = try await api.get("/v1/orders/\(id)/history")
            #expect(!history.body.contains("amount_mismatch"))
        }
    }

    @Test func `a capture whose answer was lost is found done`() async throws {
        try await withAPI(retries: 0) { api in
            let id = try await authorized(api)
            api.stripe.meet(.dropAfterActing)
            let lost = try await api.post("/v1/orders/\(id)/capture", once: "k")
            #expect(lost.failure == Failure(503, "api_error", "stripe_unavailable"))
            let order = try await api.orders()[0]
            try await api.move(order, by: .paymentSucceeded)
            let answer = try await api.post("/v1/orders/\(id)/capture", once: "k")
            #expect(answer.status == 200)
            #expect(answer["status"] == "paid")
            #expect(api.stripe.posts.filter { $0.path.hasSuffix("capture") }.count == 1)
        }
    }

    @Test func `only an authorized payment is captured`() async throws {
        try await withAPI { api in
            let refused = Failure(400, "invalid_request_error", "order_not_capturable")
            let automatic = try await api.pay()["id"] ?? ""
            #expect(try await api.post("/v1/orders/\(automatic)/capture").failure == refused)
            let manual = try await api.pay(#"{"amount":1999,"currency":"eur","capture_method":"manual"}"#)["id"] ?? ""
            #expect(try await api.post("/v1/orders/\(manual)/capture").failure == refused)
            _ = try await api.post("/v1/orders/\(manual)/cancel")
            #expect(try await api.post("/v1/orders/\(manual)/capture").failure == refused)
            for body in [#"{"amount_to_capture":0}"#, #"{"amount_to_capture":"1"}"#, #"{"amount":1}"#] {
                #expect(try await api.post("/v1/orders/\(manual)/capture", body).status == 400)
            }
            let page = try await api.post("/v1/orders/\(manual)/capture", key: api.publishableKey)
            #expect(page.status == 403)
            let foreign = try await api.post("/v1/orders/\(manual)/capture", key: api.other.secretKey.secret)
            #expect(foreign.failure == Failure(404, "invalid_request_error", "resource_missing"))
        }
    }

    @Test func `an authorization is given back by canceling its order`() async throws {
        try await withAPI { api in
            let id = try await authorized(api)
            let order = try await api.orders()[0]
            try await api.move(order, by: .processingStarted(.reported))
            let answer = try await api.post("/v1/orders/\(id)/cancel")
            #expect(answer["status"] == "canceled")
            #expect(api.stripe.intents.map(\.status) == ["canceled"])
        }
    }
}
