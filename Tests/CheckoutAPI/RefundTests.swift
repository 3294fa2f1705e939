import Commerce
import Database
import Messaging
import NIOHTTP1
import Security
import StripeModels
import TestSupport
import Testing

@testable import CheckoutAPI

@Suite struct RefundTests {
    static let path = "/v1/refunds"
    static let missing = Failure(404, "invalid_request_error", "resource_missing")

    /// An order of 19.99 EUR that was paid.
    static func paid(_ api: RunningAPI) async throws -> String {
        let id = try await api.pay(#"{"amount":1999,"currency":"eur","capture_method":"manual"}"#)["id"] ?? ""
        let intent = try #require(try await api.orders().last?.paymentIntent)
        api.stripe.set(intent, status: "requires_capture")
        let captured = try await api.post("/v1/orders/\(id)/capture")
        try #require(captured["status"] == "active")
        return id
    }

    static func stored(_ api: RunningAPI, _ id: String?) async throws -> OrderRefund {
        let found = try await api.database.read { connection in
            try RefundStore.get(RefundID(rawValue: id ?? ""), for: api.tenant.tenant.scope, in: connection)
        }
        return try #require(found)
    }

    static func all(_ api: RunningAPI) async throws -> [OrderRefund] {
        try await api.database.read { connection in
            try RefundStore.list(PageRequest(limit: 100), for: api.tenant.tenant.scope, in: connection).data
        }
    }

    /// Under which keys Stripe was asked.
    static func keys(_ api: RunningAPI) -> Set<String?> {
        Set(api.stripe.posts.filter { $0.path == path }.map(\.idempotencyKey))
    }

    @Test(arguments: Engine.all)
    func `a part goes back, then the rest, and the order follows`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let order = try await Self.paid(api)
            api.stripe.meet(
                at: "POST /v1/refunds",
                .first {
                    // The money is reserved before Stripe is asked.
                    let rows = try await Self.all(api)
                    #expect(rows.map(\.amount) == [500])
                    #expect(rows.map(\.status) == [.requested])
                })
            let body = #"{"order":"\#(order)","amount":500,"reason":"duplicate","metadata":{"ticket":"7"}}"#
            let part = try await api.post(Self.path, body, once: "k")
            #expect(part.status == 201)
            #expect(part["object"] == "refund")
            #expect(part["status"] == "succeeded")
            #expect(part["amount"] == "500")
            #expect(part["currency"] == "eur")
            #expect(part["order"] == order)
            #expect(part["reason"] == "duplicate")
            #expect(part["metadata", "ticket"] == "7")
            #expect(part["stripe_refund"] == "re_1")
            let call = try #require(api.stripe.posts.last)
            let id = part["id"] ?? ""
            #expect(call.idempotencyKey == "\(id):create:1")
            #expect(
                call.form == [
                    "payment_intent": "pi_1", "amount": "500", "reason": "duplicate", "metadata[ticket]": "7",
                    "metadata[checkout_refund]": id,
                ])
            #expect(try await api.get("/v1/orders/\(order)")["status"] == "partially_refunded")
            #expect(try await api.get("/v1/orders/\(order)")["amount_refunded"] == "500")

            let again = try await api.post(Self.path, body, once: "k")
            #expect(again.body == part.body)
            #expect(again[header: "Idempotent-Replayed"] == "true")
            #expect(api.stripe.refunds.count == 1)

            let rest = try await api.post(Self.path, #"{"order":"\#(order)"}"#)
            #expect(rest["amount"] == "1499")
            #expect(try await api.get("/v1/orders/\(order)")["status"] == "refunded")
            let nothing = try await api.post(Self.path, #"{"order":"\#(order)"}"#)
            #expect(nothing.failure == Failure(400, "invalid_request_error", "charge_already_refunded"))

            #expect(try await api.get("/v1/refunds/\(id)").body == part.body)
            let list = try await api.get("/v1/refunds?order=\(order)")
            #expect(list.ids == [rest["id"], id])
            let page = try await api.get("/v1/refunds?limit=1")
            #expect(page.ids == [rest["id"]])
            #expect(page["has_more"] == "1")
            #expect(try await api.get("/v1/refunds?limit=1&starting_after=\(page.ids[0])").ids == [id])
        }
    }

    @Test(arguments: Engine.all)
    func `twenty at once never give back more than was captured`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let order = try await Self.paid(api)
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await api.post(Self.path, #"{"order":"\#(order)","amount":300}"#, once: "k\(number)")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 6)
            #expect(Set(answers.filter { $0.status != 201 }.map(\.failure.code)) == ["amount_too_large"])
            // None was even asked for that Stripe would have refused.
            #expect(api.stripe.posts.filter { $0.path == Self.path }.count == 6)
            #expect(api.stripe.refunds.map(\.amount).reduce(0, +) == 1800)
            #expect(try await api.get("/v1/orders/\(order)")["amount_refunded"] == "1800")
            let last = try await api.post(Self.path, #"{"order":"\#(order)"}"#)
            #expect(last["amount"] == "199")
        }
    }

    @Test(arguments: Engine.all)
    func `what Stripe refuses for good is free again`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let order = try await Self.paid(api)
            let refusal = FakeStripe.error(400, "invalid_request_error", "charge_disputed", "It is disputed.")
            api.stripe.meet(at: "POST /v1/refunds", .answer(refusal.status, refusal.body))
            let refused = try await api.post(Self.path, #"{"order":"\#(order)"}"#, once: "k")
            #expect(refused.failure == Failure(400, "invalid_request_error", "charge_disputed"))
            let row = try #require(try await Self.all(api).first)
            #expect(row.status == .failed)
            #expect(row.failureReason == "charge_disputed")
            #expect(try await api.post(Self.path, #"{"order":"\#(order)"}"#, once: "k").body == refused.body)
            #expect(try await api.get("/v1/orders/\(order)")["status"] == "active")
            let other = try await api.post(Self.path, #"{"order":"\#(order)"}"#, once: "l")
            #expect(other["amount"] == "1999")
        }
    }

    @Test func `an answer that was lost is looked for by the row's id`() async throws {
        try await withAPI(retries: 0) { api in
            let order = try await Self.paid(api)
            api.stripe.meet(at: "POST /v1/refunds", .dropAfterActing)
            let answer = try await api.post(Self.path, #"{"order":"\#(order)"}"#)
            #expect(answer.status == 201)
            #expect(answer["status"] == "succeeded")
            #expect(answer["stripe_refund"] == "re_1")
            #expect(api.stripe.refunds.count == 1)
        }
    }

    @Test func `what nobody knows the outcome of is pending, keeps its money and its key`() async throws {
        try await withAPI { api in
            let order = try await Self.paid(api)
            let failure = FakeStripe.error(500, "api_error", nil, "Stored")
            api.stripe.meet(at: "POST /v1/refunds", .stored(failure.status, failure.body))
            let answer = try await api.post(Self.path, #"{"order":"\#(order)","amount":1500}"#)
            #expect(answer.status == 201)
            #expect(answer["status"] == "pending")
            let row = try await Self.stored(api, answer["id"])
            #expect(row.status == .requested)
            #expect(row.attempt == 1)
            #expect(Self.keys(api) == ["\(row.id):create:1"])
            let tooMuch = try await api.post(Self.path, #"{"order":"\#(order)","amount":500}"#)
            #expect(tooMuch.failure == Failure(400, "invalid_request_error", "amount_too_large"))
            let jobs = try await api.database.read { connection in
                try connection.rows("SELECT kind FROM jobs WHERE kind = 'finish_refund'").count
            }
            #expect(jobs == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a repeated key goes on with the same refund`(on engine: Engine) async throws {
        try await withAPI(on: engine, retries: 0) { api in
            let order = try await Self.paid(api)
            let body = #"{"order":"\#(order)"}"#
            api.stripe.meet(at: "POST /v1/refunds", .answer(429, "{}"))
            let limited = try await api.post(Self.path, body, once: "k")
            #expect(limited.failure == Failure(429, "rate_limit_error", "rate_limit"))
            let row = try #require(try await Self.all(api).first)
            #expect(row.status == .requested)
            let answer = try await api.post(Self.path, body, once: "k")
            #expect(answer.status == 201)
            #expect(answer["id"] == row.id.rawValue)
            #expect(Self.keys(api) == ["\(row.id):create:1"])
            #expect(try await Self.all(api).count == 1)
        }
    }

    @Test func `a repeated key finds what an event told meanwhile`() async throws {
        try await withAPI(retries: 0) { api in
            let order = try await Self.paid(api)
            let body = #"{"order":"\#(order)"}"#
            api.stripe.meet(at: "POST /v1/refunds", .answer(429, "{}"))
            _ = try await api.post(Self.path, body, once: "k")
            let row = try #require(try await Self.all(api).first)
            let fact = RefundFact(
                id: "re_7", paymentIntent: row.paymentIntent, amount: row.amount, currency: row.currency,
                status: .succeeded, ours: row.id)
            try await api.database.write { connection in
                _ = try OrderStore.apply(
                    refund: fact, for: api.tenant.tenant.scope, cause: OrderCause("test"), in: connection)
            }
            let calls = api.stripe.calls.count
            let answer = try await api.post(Self.path, body, once: "k")
            #expect(answer["stripe_refund"] == "re_7")
            #expect(answer["status"] == "succeeded")
            #expect(api.stripe.calls.count == calls)
        }
    }

    @Test func `without a key, what certainly was not done is free again`() async throws {
        try await withAPI(retries: 0) { api in
            let order = try await Self.paid(api)
            api.stripe.meet(at: "POST /v1/refunds", .answer(429, "{}"))
            let limited = try await api.post(Self.path, #"{"order":"\#(order)"}"#)
            #expect(limited.status == 429)
            #expect(try await Self.all(api).map(\.status) == [.failed])
            let answer = try await api.post(Self.path, #"{"order":"\#(order)"}"#)
            #expect(answer["amount"] == "1999")
            #expect(api.stripe.refunds.count == 1)
        }
    }

    @Test(arguments: [
        (#"{}"#, "order"), (#"{"order":1}"#, "order"), (#"{"order":"ORDER","amount":0}"#, "amount"),
        (#"{"order":"ORDER","amount":"5"}"#, "amount"), (#"{"order":"ORDER","amount":5.0}"#, "amount"),
        (#"{"order":"ORDER","amount":99999999999999999999}"#, "amount"),
        (#"{"order":"ORDER","amount":2000}"#, "amount"), (#"{"order":"ORDER","reason":"boredom"}"#, "reason"),
        (#"{"order":"ORDER","metadata":{"checkout_refund":"x"}}"#, "metadata[checkout_refund]"),
        (#"{"order":"ORDER","charge":"ch_1"}"#, "charge"),
    ])
    func `what no refund can be is refused by name`(body: String, param: String) async throws {
        try await withAPI { api in
            let order = try await Self.paid(api)
            let answer = try await api.post(Self.path, body.replacing("ORDER", with: order))
            #expect(answer.status == 400)
            #expect(answer["error", "param"] == param)
            #expect(api.stripe.refunds.isEmpty)
            #expect(try await Self.all(api).isEmpty)
        }
    }

    @Test func `nothing goes back of an order that is not paid`() async throws {
        try await withAPI { api in
            let id = try await api.pay()["id"] ?? ""
            let answer = try await api.post(Self.path, #"{"order":"\#(id)"}"#)
            #expect(answer.failure == Failure(400, "invalid_request_error", "order_not_paid"))
            #expect(answer["error", "param"] == nil)
        }
    }

    @Test(arguments: Engine.all)
    func `other tenants and the other mode have no such refund and no such order`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let order = try await Self.paid(api)
            let id = try await api.post(Self.path, #"{"order":"\#(order)","amount":1}"#)["id"] ?? ""
            for key in [api.other.secretKey.secret, api.live.secretKey.secret] {
                let made = try await api.post(Self.path, #"{"order":"\#(order)","amount":1}"#, key: key)
                #expect(made.failure == Self.missing)
                #expect(made["error", "param"] == "order")
                let read = try await api.get("/v1/refunds/\(id)", key: key)
                #expect(read.failure == Self.missing)
                let filtered = try await api.get("/v1/refunds?order=\(order)", key: key)
                #expect(filtered.failure == Self.missing)
                let list = try await api.get("/v1/refunds", key: key)
                #expect(list.ids.isEmpty)
            }
            for wrong in ["rfd_none", "ord_1", "%00", "x"] {
                #expect(try await api.get("/v1/refunds/\(wrong)").failure == Self.missing)
            }
        }
    }

    @Test func `only a key that may refund does`() async throws {
        try await withAPI { api in
            let order = try await Self.paid(api)
            let body = #"{"order":"\#(order)"}"#
            let forbidden = Failure(403, "permission_error", "permission_denied")
            #expect(try await api.post(Self.path, body, key: api.publishableKey).failure == forbidden)
            #expect(try await api.get("/v1/refunds", key: api.publishableKey).failure == forbidden)
            let others = Set(APIScope.allCases).subtracting([.refundsWrite])
            let key = try await api.apiKeys.create(for: api.tenant.tenant.id, kind: .secret, scopes: others)
            #expect(try await api.post(Self.path, body, key: key.secret).failure == forbidden)
            #expect(try await api.get("/v1/refunds", key: key.secret).status == 200)
            #expect(api.stripe.refunds.isEmpty)
        }
    }
}
