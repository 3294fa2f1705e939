import StripeClient
import StripeModels
import Testing

/// What a refusal of Stripe's means to who made the call.
struct MeaningTests {
    func refusal(_ status: Int, _ body: String) async throws -> StripeError {
        var refusal: StripeError?
        try await Bench.run { _ in
            .answer(status, #"{"error":\#(body)}"#)
        } _: { bench in
            let form = PaymentIntentForm(amount: 1, currency: Currency(rawValue: "usd"))
            refusal = try await bench.failure {
                try await bench.stripe.createPaymentIntent(form, idempotencyKey: "k", as: Bench.alice)
            }
        }
        return try #require(refusal)
    }

    @Test func `a bank that wants to see the owner leaves a PaymentIntent to recover`() async throws {
        let error = try await refusal(
            402,
            """
            {"type":"card_error","code":"authentication_required","decline_code":"authentication_required",
             "message":"HIDDEN","payment_intent":\(Examples.intent("pi_9"))}
            """)
        #expect(error.isCardError)
        #expect(error.isAuthenticationRequired)
        #expect(error.paymentIntent?.id == "pi_9")
        #expect(error.paymentIntent?.clientSecret == "pi_9_secret_HIDDEN")
        #expect(!error.isRetryable)
        #expect(!error.outcomeUnknown)
        #expect(error.credentialFault == nil)
    }

    @Test(
        arguments: [
            (402, "card_error", "card_declined", true, false),
            (402, "card_error", "authentication_required", true, true),
            (400, "invalid_request_error", "authentication_required", false, false),
        ])
    func `a decline is told from a question`(
        status: Int, type: String, code: String, card: Bool, question: Bool
    ) async throws {
        let error = try await refusal(status, #"{"type":"\#(type)","code":"\#(code)"}"#)
        #expect(error.isCardError == card)
        #expect(error.isAuthenticationRequired == question)
        #expect(error.paymentIntent == nil)
    }

    @Test func `a soft decline that the bank alone names is a question too`() async throws {
        let error = try await refusal(
            402, #"{"type":"card_error","code":"card_declined","decline_code":"authentication_required"}"#)
        #expect(error.isAuthenticationRequired)
    }

    @Test(
        arguments: [
            (401, #"{"type":"invalid_request_error","message":"Invalid API Key provided"}"#, .invalidKey),
            (401, #"{"type":"invalid_request_error","code":"api_key_expired"}"#, .invalidKey),
            (403, #"{"type":"invalid_request_error","code":"account_invalid"}"#, .noAccess),
            (403, #"{"type":"invalid_request_error","message":"lacks the required permissions"}"#, .restrictedKey),
            (404, #"{"type":"invalid_request_error","code":"resource_missing"}"#, nil),
            (402, #"{"type":"card_error","code":"card_declined"}"#, nil),
        ] as [(Int, String, StripeError.CredentialFault?)])
    func `what is wrong with a key is told apart`(
        status: Int, body: String, fault: StripeError.CredentialFault?
    ) async throws {
        let error = try await refusal(status, body)
        #expect(error.credentialFault == fault)
    }

    @Test(
        arguments: [
            (404, #"{"type":"invalid_request_error","code":"resource_missing","param":"intent"}"#, true),
            (400, #"{"type":"invalid_request_error","code":"resource_missing","param":"customer"}"#, true),
            (404, #"{"code":"not_found","message":"No such event"}"#, true),
            (404, #"{"type":"invalid_request_error","message":"Unrecognized request URL"}"#, false),
            (400, #"{"type":"invalid_request_error","code":"parameter_missing"}"#, false),
        ])
    func `what is not there is told from what never was`(status: Int, body: String, missing: Bool) async throws {
        let error = try await refusal(status, body)
        #expect(error.isResourceMissing == missing)
    }

    @Test func `a key used for two things is our fault`() async throws {
        let error = try await refusal(400, #"{"type":"idempotency_error"}"#)
        #expect(error.isKeyReused)
        #expect(!error.isRetryable)
    }

    @Test func `a cancellation refused after a lost answer may have been done`() async throws {
        try await Bench.run { request in
            request.number == 1
                ? .drop : .answer(404, Examples.error("invalid_request_error", "resource_missing"))
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.cancelSubscription("sub_1", as: Bench.alice)
            }
            #expect(error.isResourceMissing)
            #expect(error.outcomeUnknown)
            let again = try await bench.failure {
                try await bench.stripe.cancelSubscription("sub_1", as: Bench.alice)
            }
            #expect(!again.outcomeUnknown)
        }
    }
}
