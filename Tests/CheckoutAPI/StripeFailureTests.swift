import Commerce
import HTTPTypes
import Messaging
import TestSupport
import Testing

@testable import CheckoutAPI

/// What Stripe answers, and what the storefront is to hear of it.
struct StripeCase: Sendable, CustomTestStringConvertible {
    let name: String
    let trouble: FakeStripe.Trouble
    let failure: Failure
    var message: String?
    var param: String?
    var isFinal = false

    /// Only silence is to be given up on, however busy this machine is.
    var patience: Duration {
        if case .hang = trouble { .seconds(3) } else { .seconds(20) }
    }

    var testDescription: String { name }

    /// - Parameter stripe: type and code of Stripe's error.
    init(_ status: Int, _ stripe: (String, String?), param: String? = nil, _ failure: Failure, isFinal: Bool = false) {
        name = "\(status) \(stripe.0) \(stripe.1 ?? "-")"
        let answer = FakeStripe.error(status, stripe.0, stripe.1, "Stripe's own words.", param: param)
        trouble = .answer(answer.status, answer.body)
        self.failure = failure
        self.isFinal = isFinal
        message = isFinal ? "Stripe's own words." : nil
        self.param = isFinal ? param : nil
    }

    init(_ name: String, _ trouble: FakeStripe.Trouble, _ failure: Failure) {
        self.name = name
        self.trouble = trouble
        self.failure = failure
    }
}

@Suite struct StripeFailureTests {
    private static let unavailable = Failure(503, "api_error", "stripe_unavailable")
    private static let badGateway = Failure(502, "api_error", "stripe_unavailable")
    private static let badKeys = Failure(502, "api_error", "stripe_authentication")

    static let passing: [StripeCase] = [
        StripeCase(500, ("api_error", nil), badGateway), StripeCase(503, ("api_error", nil), badGateway),
        StripeCase("500 without JSON", .answer(500, "<html>"), badGateway),
        StripeCase("200 without JSON", .answer(200, "<html>"), badGateway),
        StripeCase("200 with something else", .answer(200, #"{"object":"charge","id":"ch_1"}"#), badGateway),
        StripeCase(409, ("invalid_request_error", "lock_timeout"), unavailable),
        StripeCase(409, ("idempotency_error", "idempotency_key_in_use"), unavailable),
        StripeCase(429, ("invalid_request_error", "rate_limit"), Failure(429, "rate_limit_error", "rate_limit")),
        StripeCase(401, ("invalid_request_error", "api_key_expired"), badKeys),
        StripeCase(403, ("invalid_request_error", nil), badKeys),
        StripeCase("lost", .dropAfterActing, unavailable), StripeCase("silence", .hang, unavailable),
    ]

    static let final: [StripeCase] = [
        StripeCase(
            400, ("invalid_request_error", "parameter_invalid_integer"), param: "amount",
            Failure(400, "invalid_request_error", "parameter_invalid_integer"), isFinal: true),
        StripeCase(
            400, ("invalid_request_error", "account_invalid"),
            Failure(400, "invalid_request_error", "account_invalid"), isFinal: true),
        StripeCase(
            400, ("invalid_request_error", "resource_missing"), param: "customer",
            Failure(404, "invalid_request_error", "resource_missing"), isFinal: true),
        StripeCase(
            402, ("card_error", "card_declined"), Failure(402, "card_error", "card_declined"), isFinal: true),
    ]

    @Test(arguments: passing)
    func `a passing failure keeps the order for the same key, which completes it`(stripe: StripeCase) async throws {
        try await withAPI(patience: stripe.patience, retries: 0) { api in
            api.stripe.meet(stripe.trouble)
            let answer = try await api.pay(once: "k")
            #expect(answer.failure == stripe.failure)
            #expect(answer[header: "Retry-After"] != nil || answer.failure == Self.badKeys)
            #expect(answer["error", "message"]?.contains("Stripe's own words") == false)
            #expect(try await api.orders().map(\.status) == [.pending])

            try await eventually {
                // Without waiting for the pace that a 429 asks for.
                let again = try await api.pay(once: "k")
                return again.status == 201
            }
            let orders = try await api.orders()
            #expect(orders.map(\.status) == [.pending])
            #expect(orders.first?.paymentIntent != nil)
        }
    }

    @Test(arguments: passing)
    func `without a key nobody can complete the order, so it is canceled`(stripe: StripeCase) async throws {
        try await withAPI(patience: stripe.patience, retries: 0) { api in
            api.stripe.meet(stripe.trouble)
            let answer = try await api.pay()
            #expect(answer.failure == stripe.failure)
            let order = try #require(try await api.orders().first)
            #expect(order.status == .canceled)
            let history = try await api.get("/v1/orders/\(order.id)/history")
            #expect((0..<3).map { history["data", $0, "to"] } == ["pending", "failed", "canceled"])
            #expect(history["data", 1, "detail"] == "The payment could not be started.")
        }
    }

    @Test(arguments: Engine.all)
    func `a failure that Stripe would repeat under its key is not asked for again`(on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            let failure = FakeStripe.error(503, "api_error", nil, "Stored")
            api.stripe.meet(.stored(failure.status, failure.body))
            let refused = try await api.pay(once: "k")
            #expect(refused.failure == Self.badGateway)
            let answer = try await api.pay(once: "k")
            #expect(answer.status == 201)
            let id = answer["id"] ?? ""
            #expect(
                api.stripe.calls.map(\.idempotencyKey)
                    == ["\(id):create:1", "\(id):create:1", "\(id):create:1", "\(id):create:2"])

            api.stripe.meet(.stored(failure.status, failure.body))
            let unsure = try await api.post("/v1/orders/\(id)/cancel")
            #expect(unsure.failure == Self.badGateway)
            let canceled = try await api.post("/v1/orders/\(id)/cancel")
            #expect(canceled["status"] == "canceled")
            let history = try await api.get("/v1/orders/\(id)/history")
            #expect((0..<4).map { history["data", $0, "to"] } == ["pending", "pending", "pending", "canceled"])
            #expect(history["data", 1, "detail"] == "stripe_unavailable")
        }
    }

    @Test(arguments: final, Engine.all)
    func `a refusal of Stripe's is the answer, once and for all`(stripe: StripeCase, on engine: Engine) async throws {
        try await withAPI(on: engine) { api in
            api.stripe.meet(stripe.trouble)
            let answer = try await api.pay(once: "k")
            #expect(answer.failure == stripe.failure)
            #expect(answer["error", "message"] == stripe.message)
            #expect(answer["error", "param"] == stripe.param)
            let order = try #require(try await api.orders().first)
            #expect(order.status == .failed)
            #expect(order.failure == OrderFailure(code: stripe.failure.code, message: "Stripe's own words."))
            let again = try await api.pay(once: "k")
            #expect(again.body == answer.body)
            #expect(again[header: "Idempotent-Replayed"] == "true")
            #expect(api.stripe.calls.count == 1)
        }
    }

    @Test func `a refusal names the parameter as the caller knows it`() async throws {
        try await withAPI { api in
            let error = FakeStripe.error(
                400, "invalid_request_error", "email_invalid", "Invalid email address.", param: "receipt_email")
            api.stripe.meet(.answer(error.status, error.body))
            let answer = try await api.pay(#"{"amount":1999,"currency":"eur","customer_email":"jenny@x.example"}"#)
            #expect(answer.failure == Failure(400, "invalid_request_error", "email_invalid"))
            #expect(answer["error", "param"] == "customer_email")
        }
    }

    @Test func `a customer of somebody else's is not found`() async throws {
        try await withAPI { api in
            let answer = try await api.pay(#"{"amount":1999,"currency":"eur","customer":"cus_foreign"}"#)
            #expect(answer.failure == Failure(404, "invalid_request_error", "resource_missing"))
            #expect(answer["error", "param"] == "customer")
        }
    }

    @Test func `keys that Stripe refuses are told to the operator in the log`() async throws {
        try await withAPI { api in
            let error = FakeStripe.error(401, "invalid_request_error", "api_key_expired", "Expired API Key provided")
            api.stripe.meet(.answer(error.status, error.body))
            _ = try await api.pay()
            let line = api.log.all.first {
                $0.contains("\"level\":\"error\"") && $0.contains("Stripe refuses the key of a tenant")
            }
            #expect(line?.contains(api.tenant.tenant.id.rawValue) == true)
            #expect(line?.contains("api_key_expired") == true)
        }
    }

    @Test func `nobody listens at Stripe's address`() async throws {
        try await withAPI(patience: .seconds(5), retries: 0) { api in
            let error = FakeStripe.error(429, "invalid_request_error", "rate_limit", "Too many")
            api.stripe.meet(.answer(error.status, error.body, headers: [.retryAfter: "7"]))
            let answer = try await api.pay(once: "k")
            let seconds = try #require(answer[header: "Retry-After"].flatMap(Int.init))
            #expect((7...11).contains(seconds))
        }
    }
}
