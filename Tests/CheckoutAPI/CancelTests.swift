import Commerce
import Database
import Messaging
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct CancelTests {
    @Test(arguments: Engine.all)
    func `an order is canceled at Stripe first, then here`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = try await api.pay()["id"] ?? ""
            let answer = try await api.post("/v1/orders/\(id)/cancel")
            #expect(answer.status == 200)
            #expect(answer["status"] == "canceled")
            #expect(answer["client_secret"] == nil)
            #expect(api.stripe.intents.map(\.status) == ["canceled"])
            #expect(api.stripe.calls.last?.path == "/v1/payment_intents/pi_1/cancel")
            #expect(api.stripe.calls.last?.idempotencyKey == "\(id):cancel:1")

            let again = try await api.post("/v1/orders/\(id)/cancel")
            #expect(again.status == 200)
            #expect(again["status"] == "canceled")
            #expect(api.stripe.calls.count == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `a buyer who was faster has paid, and the order follows`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let id = try await api.pay()["id"] ?? ""
            api.stripe.set("pi_1", status: "succeeded")
            let answer = try await api.post("/v1/orders/\(id)/cancel", once: "k")
            #expect(answer.failure == Failure(400, "invalid_request_error", "order_already_paid"))
            // There is no storefront to tell, so what is paid is active.
            #expect(try await api.orders().map(\.status) == [.active])
            let again = try await api.post("/v1/orders/\(id)/cancel", once: "k")
            #expect(again.body == answer.body)
            let anew = try await api.post("/v1/orders/\(id)/cancel")
            #expect(anew.failure == answer.failure)
        }
    }

    @Test(arguments: [OrderStatus.paid, .active])
    func `a paid order is not canceled, and Stripe is not asked`(status: OrderStatus) async throws {
        try await withAPI { api in
            let id = try await api.pay()["id"] ?? ""
            let order = try await api.orders()[0]
            try await api.move(order, by: .paymentSucceeded)
            if status == .active { try await api.move(order, by: .activated) }
            let answer = try await api.post("/v1/orders/\(id)/cancel")
            #expect(answer.failure == Failure(400, "invalid_request_error", "order_already_paid"))
            #expect(api.stripe.calls.count == 1)
        }
    }

    @Test func `a payment under way cannot be canceled, and may be once it failed`() async throws {
        try await withAPI { api in
            let id = try await api.pay()["id"] ?? ""
            api.stripe.set("pi_1", status: "processing")
            let answer = try await api.post("/v1/orders/\(id)/cancel")
            #expect(answer.failure == Failure(400, "invalid_request_error", "order_not_cancelable"))
            #expect(try await api.orders().map(\.status) == [.processing])

            // Stripe would repeat its refusal under the same key.
            api.stripe.set("pi_1", status: "requires_payment_method")
            let later = try await api.post("/v1/orders/\(id)/cancel")
            #expect(later.status == 200)
            #expect(later["status"] == "canceled")
        }
    }

    @Test func `an order whose PaymentIntent nobody heard of leaves none behind that could be paid`() async throws {
        try await withAPI(retries: 0) { api in
            api.stripe.meet(.dropAfterActing)
            let lost = try await api.pay(once: "k")
            #expect(lost.status == 503)
            let order = try await api.orders()[0]
            let answer = try await api.post("/v1/orders/\(order.id)/cancel")
            #expect(answer["status"] == "canceled")
            #expect(api.stripe.intents.map(\.status) == ["canceled"])
            // The request that started it may still come again.
            let late = try await api.pay(once: "k")
            #expect(late["id"] == order.id.rawValue)
            #expect(late["status"] == "canceled")
            #expect(api.stripe.intents.count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `an order that Stripe refused at its making is canceled without asking it`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            var update = TenantUpdate()
            update.fulfillmentURL = .set("https://shop.example/hook")
            _ = try await api.tenants.update(api.tenant.tenant.id, update)
            let refused = try await api.pay(#"{"amount":1999,"currency":"eur","customer":"cus_foreign"}"#, once: "k")
            #expect(refused.status == 404)
            let order = try #require(try await api.orders().first)
            #expect(order.status == .failed)
            let answer = try await api.post("/v1/orders/\(order.id)/cancel", once: "c")
            #expect(answer.status == 200)
            #expect(answer["status"] == "canceled")
            #expect(answer["payment_intent"] == nil)
            #expect(api.stripe.calls.count == 1)
            #expect(try await JobQueue(api.database).jobs(limit: 10).map(\.kind) == [.deliverToStorefront])
            let history = try await api.get("/v1/orders/\(order.id)/history")
            #expect((0..<4).map { history["data", $0, "to"] } == ["pending", "failed", "canceled", nil])

            // What was answered before is answered again.
            #expect(try await api.post("/v1/orders/\(order.id)/cancel", once: "c").body == answer.body)
            let late = try await api.pay(#"{"amount":1999,"currency":"eur","customer":"cus_foreign"}"#, once: "k")
            #expect(late.body == refused.body)
        }
    }

    @Test func `when Stripe cannot be asked the order stays as it is`() async throws {
        try await withAPI(patience: .seconds(3), retries: 0) { api in
            let id = try await api.pay()["id"] ?? ""
            api.stripe.meet(.hang)
            let answer = try await api.post("/v1/orders/\(id)/cancel", once: "k")
            #expect(answer.failure == Failure(503, "api_error", "stripe_unavailable"))
            #expect(try await api.orders().map(\.status) == [.pending])
            let again = try await api.post("/v1/orders/\(id)/cancel", once: "k")
            #expect(again["status"] == "canceled")
        }
    }

    @Test func `a cancellation whose answer was lost is found done`() async throws {
        try await withAPI(retries: 0) { api in
            let id = try await api.pay()["id"] ?? ""
            api.stripe.meet(.dropAfterActing)
            let lost = try await api.post("/v1/orders/\(id)/cancel")
            #expect(lost.status == 503)
            let again = try await api.post("/v1/orders/\(id)/cancel")
            #expect(again["status"] == "canceled")
        }
    }

    @Test(arguments: Engine.all)
    func `the storefront is told of a cancellation, once`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            var update = TenantUpdate()
            update.fulfillmentURL = .set("https://shop.example/hook")
            _ = try await api.tenants.update(api.tenant.tenant.id, update)
            let id = try await api.pay()["id"] ?? ""
            for _ in 0..<2 { _ = try await api.post("/v1/orders/\(id)/cancel") }
            let jobs = try await JobQueue(api.database).jobs(limit: 10)
            #expect(jobs.map(\.kind) == [.deliverToStorefront])
        }
    }

    @Test func `a cancellation takes no parameters`() async throws {
        try await withAPI { api in
            let id = try await api.pay()["id"] ?? ""
            let answer = try await api.post("/v1/orders/\(id)/cancel", #"{"reason":"x"}"#)
            #expect(answer.failure == Failure(400, "invalid_request_error", "parameter_unknown"))
            #expect(answer["error", "param"] == "reason")
            let empty = try await api.post("/v1/orders/\(id)/cancel", "{}")
            #expect(empty.status == 200)
        }
    }
}
