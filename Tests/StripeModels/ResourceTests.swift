import StripeModels
import Testing

struct ResourceTests {
    func decode<T: Decodable>(_ type: T.Type, _ json: String) throws -> T {
        try StripeJSON.decode(type, from: Array(json.utf8))
    }

    @Test func `a PaymentIntent is read whole`() throws {
        let intent = try decode(
            PaymentIntent.self,
            """
            {"id":"pi_1","object":"payment_intent","amount":1099,"amount_received":1000,"amount_capturable":99,
             "currency":"usd","status":"requires_action","client_secret":"pi_1_secret_x","customer":"cus_1",
             "payment_method":"pm_1","description":"Shoes","metadata":{"order_id":"ord_1"},"receipt_email":"a@b.c",
             "last_payment_error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds",
              "message":"No.","payment_method":{"id":"pm_0","object":"payment_method"}},
             "latest_charge":"ch_1","livemode":true,"created":1700000000,"capture_method":"manual",
             "setup_future_usage":"off_session","next_action":{"type":"use_stripe_sdk","use_stripe_sdk":{"a":[{}]}},
             "cancellation_reason":"abandoned"}
            """)
        #expect(intent.id == "pi_1")
        #expect(intent.amount == 1099)
        #expect(intent.amountReceived == 1000)
        #expect(intent.amountCapturable == 99)
        #expect(intent.currency == Currency(rawValue: "usd"))
        #expect(intent.status == .requiresAction)
        #expect(intent.clientSecret == "pi_1_secret_x")
        #expect(intent.customer == "cus_1")
        #expect(intent.paymentMethod == "pm_1")
        #expect(intent.description == "Shoes")
        #expect(intent.metadata == ["order_id": "ord_1"])
        #expect(intent.receiptEmail == "a@b.c")
        #expect(intent.lastPaymentError?.type == .cardError)
        #expect(intent.lastPaymentError?.code == "card_declined")
        #expect(intent.lastPaymentError?.declineCode == "insufficient_funds")
        #expect(intent.lastPaymentError?.paymentMethod == "pm_0")
        #expect(intent.latestCharge == "ch_1")
        #expect(intent.livemode)
        #expect(intent.created == 1_700_000_000)
        #expect(intent.captureMethod == .manual)
        #expect(intent.setupFutureUsage == "off_session")
        #expect(intent.nextActionType == "use_stripe_sdk")
        #expect(intent.cancellationReason == "abandoned")
    }

    static let least = #""id":"pi_1","amount":1,"currency":"usd","livemode":false,"created":1"#

    @Test func `a PaymentIntent needs little`() throws {
        let intent = try decode(PaymentIntent.self, "{\(Self.least),\"status\":\"succeeded\"}")
        #expect(intent.metadata.isEmpty)
        #expect(intent.captureMethod == .automatic)
        #expect(intent.nextActionType == nil)
        #expect(intent.amountReceived == 0)
        #expect(intent.status.isFinal)
    }

    @Test(arguments: ["id", "amount", "currency", "livemode", "created", "status"])
    func `but not less`(field: String) {
        let whole = "{\(Self.least),\"status\":\"succeeded\"}"
        #expect(throws: StripeJSONError.field(field)) {
            try decode(PaymentIntent.self, whole.replacing("\"\(field)\"", with: "\"_\(field)\""))
        }
    }

    @Test func `a value that is new is kept by its name`() throws {
        let intent = try decode(
            PaymentIntent.self, "{\(Self.least),\"status\":\"requires_patience\",\"capture_method\":\"?\"}")
        #expect(intent.status == .unknown("requires_patience"))
        #expect(intent.status.name == "requires_patience")
        #expect(!intent.status.isFinal)
        #expect(intent.captureMethod == .unknown("?"))
    }

    @Test func `expanded fields give the id of their object`() throws {
        let intent = try decode(
            PaymentIntent.self,
            """
            {\(Self.least),"status":"succeeded","customer":{"id":"cus_1","object":"customer"},
             "latest_charge":{"id":"ch_1","object":"charge"},"payment_method":{"id":"pm_1"}}
            """)
        #expect(intent.customer == "cus_1")
        #expect(intent.latestCharge == "ch_1")
        #expect(intent.paymentMethod == "pm_1")
    }

    @Test func `before 2022-11-15 the charges were inside`() throws {
        let charge =
            #"{"id":"ch_2","object":"charge","amount":1,"currency":"usd","status":"succeeded","livemode":false,"created":2}"#
        let intent = try decode(
            PaymentIntent.self,
            "{\(Self.least),\"status\":\"succeeded\",\"charges\":{\"object\":\"list\",\"data\":[\(charge)],\"has_more\":false}}"
        )
        #expect(intent.latestCharge == "ch_2")
    }

    @Test(
        arguments: [
            (#"{"data":[{"id":"ch_2","amount":"?"}]}"#, "ch_2"), (#"{"data":[{"id":7}]}"#, nil), (#"{"data":[]}"#, nil),
            ("[]", nil), (#"{"data":["ch_2"]}"#, "ch_2"), (#"{"object":"list"}"#, nil),
        ] as [(String, String?)])
    func `charges inside that cannot be read do not hide the payment`(charges: String, latest: String?) throws {
        let intent = try decode(PaymentIntent.self, "{\(Self.least),\"status\":\"succeeded\",\"charges\":\(charges)}")
        #expect(intent.status == .succeeded)
        #expect(intent.latestCharge == latest)
    }

    @Test(arguments: ["succeeded", "canceled"])
    func `once a payment is final, an unreadable last error does not hide it`(status: String) throws {
        let intent = try decode(
            PaymentIntent.self, "{\(Self.least),\"status\":\"\(status)\",\"last_payment_error\":{\"code\":7}}")
        #expect(intent.status.isFinal)
        #expect(intent.lastPaymentError == nil)
        #expect(throws: StripeJSONError.self) {
            // Here the error is what tells a payment that failed from one that has not been tried.
            try decode(
                PaymentIntent.self,
                "{\(Self.least),\"status\":\"requires_payment_method\",\"last_payment_error\":{\"code\":7}}")
        }
    }

    @Test func `one object is not read as another`() {
        #expect(throws: StripeJSONError.field("object")) {
            try decode(PaymentIntent.self, "{\(Self.least),\"status\":\"succeeded\",\"object\":\"charge\"}")
        }
    }

    @Test func `amounts that are no whole number are refused`() {
        for amount in ["10.5", "\"10\"", "1e30", "99999999999999999999", "true", "null", "-1e400"] {
            #expect(throws: StripeJSONError.field("amount")) {
                try decode(
                    PaymentIntent.self,
                    "{\"id\":\"pi_1\",\"amount\":\(amount),\"currency\":\"usd\",\"livemode\":false,\"created\":1}")
            }
        }
    }

    @Test func `an error brings the PaymentIntent it is about`() throws {
        let error = try decode(
            StripeErrorBody.self,
            """
            {"type":"card_error","code":"authentication_required","payment_intent":{\(Self.least),
             "status":"requires_payment_method","client_secret":"pi_1_secret_x",
             "last_payment_error":{"type":"card_error","code":"authentication_required"}}}
            """)
        #expect(error.paymentIntent?.clientSecret == "pi_1_secret_x")
        #expect(error.paymentIntent?.lastPaymentError?.code == "authentication_required")
    }

    @Test func `an error with an unreadable PaymentIntent is still an error`() throws {
        let error = try decode(StripeErrorBody.self, #"{"type":"rate_limit_error","payment_intent":{"id":5}}"#)
        #expect(error.type == .unknown("rate_limit_error"))
        #expect(error.paymentIntent == nil)
    }

    @Test func `a card shows what its holder needs to recognise it`() throws {
        let method = try decode(
            PaymentMethod.self,
            """
            {"id":"pm_1","object":"payment_method","type":"card","livemode":false,"created":1,"customer":null,
             "card":{"brand":"visa","last4":"4242","exp_month":8,"exp_year":2030,"fingerprint":"F"}}
            """)
        #expect(method.card?.brand == "visa")
        #expect(method.card?.last4 == "4242")
        #expect(method.card?.expMonth == 8)
        #expect(method.card?.expYear == 2030)
    }

    @Test func `a balance keeps its currencies apart`() throws {
        let balance = try decode(
            Balance.self,
            """
            {"object":"balance","livemode":false,"available":[{"amount":100,"currency":"usd","source_types":{"card":1}},
             {"amount":-5,"currency":"jpy"}],"pending":[]}
            """)
        #expect(balance.available.map(\.description) == ["1.00 USD", "-5 JPY"])
        #expect(balance.pending.isEmpty)
    }

    @Test func `a deleted customer has its id`() throws {
        let customer = try decode(Customer.self, #"{"id":"cus_1","object":"customer","deleted":true}"#)
        #expect(customer.deleted)
        #expect(customer.id == "cus_1")
    }
}
