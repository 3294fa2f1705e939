import Commerce
import Database
import Security
import StripeModels
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct IdempotencyTests {
    private let body = #"{"amount":1999,"currency":"eur"}"#

    @Test(arguments: Engine.all)
    func `the same key and request is answered the same, and done once`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let first = try await api.pay(body, once: "cart-7")
            let second = try await api.pay(body, once: "cart-7")
            // Spacing and the order of names are not what makes a request another one.
            let third = try await api.pay(#"{ "currency": "eur", "amount": 1999 }"#, once: "cart-7")
            #expect(first.status == 201)
            #expect(first[header: "Idempotent-Replayed"] == nil)
            for answer in [second, third] {
                #expect(answer.status == 201)
                #expect(answer.body == first.body)
                #expect(answer[header: "Idempotent-Replayed"] == "true")
                #expect(answer[header: "X-Request-Id"] != first[header: "X-Request-Id"])
            }
            let other = try await api.pay(body, once: "cart-8")
            #expect(other["id"] != first["id"])
            #expect(try await api.orders().count == 2)
            #expect(api.stripe.calls.count == 2)
        }
    }

    @Test(arguments: Engine.all)
    func `the same key with another request is a mistake`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            try await api.addTea()
            let id = try await api.pay(body, once: "k")["id"] ?? ""
            let others = [
                try await api.pay(#"{"amount":2000,"currency":"eur"}"#, once: "k"),
                try await api.pay(#"{"amount":1999,"currency":"eur","metadata":{}}"#, once: "k"),
                try await api.post("/v1/orders/\(id)/cancel", once: "k"),
                try await api.pay(#"{"items":[{"sku":"tea"}]}"#, once: "k"),
            ]
            for answer in others {
                #expect(answer.failure == Failure(400, "idempotency_error", "idempotency_key_reused"))
            }
            #expect(try await api.orders().count == 1)
        }
    }

    @Test func `a page cannot use up the keys of its tenant's server`() async throws {
        try await withAPI { api in
            try await api.addTea()
            let items = #"{"items":[{"sku":"tea"}]}"#
            let page = try await api.post("/v1/payment_intents", items, key: api.publishableKey, once: "order-1001")
            let server = try await api.pay(body, once: "order-1001")
            #expect([page.status, server.status] == [201, 201])
            #expect(server["id"] != page["id"])
        }
    }

    @Test func `keys are the tenant's own`() async throws {
        try await withAPI { api in
            let first = try await api.pay(body, once: "k")
            let second = try await api.post("/v1/payment_intents", body, key: api.other.secretKey.secret, once: "k")
            #expect(second.status == 201)
            #expect(second["id"] != first["id"])
        }
    }

    @Test(arguments: [1, 255])
    func `a key has up to 255 characters`(length: Int) async throws {
        try await withAPI { api in
            let answer = try await api.pay(body, once: String(repeating: "k", count: length))
            #expect(answer.status == 201)
        }
    }

    @Test(arguments: ["", String(repeating: "k", count: 256)])
    func `another key is refused`(key: String) async throws {
        try await withAPI { api in
            let answer = try await api.pay(body, once: key)
            #expect(answer.status == 400)
            #expect(answer["error", "param"] == "Idempotency-Key")
            #expect(try await api.orders().isEmpty)
        }
    }

    @Test func `a request that was refused leaves its key free`() async throws {
        try await withAPI { api in
            let refused = try await api.pay(#"{"amount":1,"currency":"eur"}"#, once: "k")
            #expect(refused.status == 400)
            let answer = try await api.pay(body, once: "k")
            #expect(answer.status == 201)
        }
    }

    @Test(arguments: Engine.all)
    func `while the first is in flight the second has to wait`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            api.stripe.meet(.wait)
            async let first = api.pay(body, once: "k")
            try await eventually { api.stripe.calls.count == 1 }
            let second = try await api.pay(body, once: "k")
            #expect(second.failure == Failure(409, "idempotency_error", "idempotency_key_in_use"))
            await api.stripe.release()
            #expect(try await first.status == 201)
            let third = try await api.pay(body, once: "k")
            #expect(try await third.body == first.body)
            #expect(api.stripe.intents.count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a request that a crash cut off is completed by the next with its key`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            // What a process leaves that was killed while it waited for Stripe, whose answer came too late: the lock,
            // the order, and the PaymentIntent at Stripe.
            let store = IdempotencyStore(keys: api.keys, lockTime: CallRunner.lockTime)
            let request = try IdempotentRequest(
                scope: api.tenant.tenant.scope, key: "k", credential: .secret, method: "POST",
                path: "/v1/payment_intents",
                body: try JSONBody(Array(body.utf8)).canonical)
            let left = try await api.database.write { connection in
                guard case .proceed(let lock, _) = try store.begin(request, in: connection) else {
                    throw CancellationError()
                }
                let order = try OrderStore.insert(
                    NewOrder(amount: 1999, currency: Currency(validating: "eur")), for: request.scope,
                    cause: OrderCause("test"), in: connection)
                try store.link(lock, to: order.id, in: connection)
                return order
            }
            let early = try await api.pay(body, once: "k")
            #expect(early.failure == Failure(409, "idempotency_error", "idempotency_key_in_use"))

            try await api.test.advance(by: CallRunner.lockTime + .seconds(1))
            let answer = try await api.pay(body, once: "k")
            #expect(answer.status == 201)
            #expect(answer["id"] == left.id.rawValue)
            #expect(api.stripe.calls.map(\.idempotencyKey) == ["\(left.id):create:1"])
            #expect(try await api.orders().count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `an answer of Stripe's that was lost is asked for again under its key`(on engine: Engine) async throws {
        try await withAPI(on: engine, retries: 0) { api in
            api.stripe.meet(.dropAfterActing)
            let first = try await api.pay(body, once: "k")
            #expect(first.failure == Failure(503, "api_error", "stripe_unavailable"))
            let second = try await api.pay(body, once: "k")
            #expect(second.status == 201)
            let keys = api.stripe.calls.map(\.idempotencyKey)
            #expect(keys.count == 2)
            #expect(keys[0] == keys[1])
            #expect(api.stripe.intents.count == 1)
            let orders = try await api.orders()
            #expect(orders.map(\.id.rawValue) == [second["id"]])
            #expect(orders.map(\.paymentIntent) == ["pi_1"])
        }
    }

    @Test func `a key is free again after a day`() async throws {
        try await withAPI { api in
            let first = try await api.pay(body, once: "k")
            try await api.test.advance(by: .seconds(86_401))
            let second = try await api.pay(#"{"amount":2000,"currency":"eur"}"#, once: "k")
            #expect(second.status == 201)
            #expect(second["id"] != first["id"])
        }
    }
}
