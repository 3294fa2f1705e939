import StripeModels
import Testing

/// The smaller resources of a checkout and of what may follow.
struct CheckoutTests {
    func decode<T: Decodable>(_ type: T.Type, _ json: String) throws -> T {
        try StripeJSON.decode(type, from: Array(json.utf8))
    }

    @Test func `a Checkout Session is read whole`() throws {
        let session = try decode(
            CheckoutSession.self,
            """
            {"id":"cs_1","object":"checkout.session","mode":"subscription","status":"complete",
             "payment_status":"no_payment_required","url":null,"amount_total":900,"currency":"eur","customer":"cus_1",
             "customer_email":"old@b.c","customer_details":{"email":"a@b.c"},"client_reference_id":"ord_1",
             "payment_intent":{"id":"pi_1"},"subscription":"sub_1","setup_intent":"seti_1","invoice":"in_1",
             "metadata":{"order":"ord_1"},"livemode":true,"created":5,"expires_at":6}
            """)
        #expect(session.id == "cs_1")
        #expect(session.mode == .subscription)
        #expect(session.status == .complete)
        #expect(session.paymentStatus == .noPaymentRequired)
        #expect(session.url == nil)
        #expect(session.amountTotal == 900)
        #expect(session.currency == Currency(rawValue: "eur"))
        #expect(session.customer == "cus_1")
        #expect(session.customerEmail == "a@b.c")
        #expect(session.clientReferenceID == "ord_1")
        #expect(session.paymentIntent == "pi_1")
        #expect(session.subscription == "sub_1")
        #expect(session.setupIntent == "seti_1")
        #expect(session.invoice == "in_1")
        #expect(session.metadata == ["order": "ord_1"])
        #expect(session.livemode)
        #expect(session.created == 5)
        #expect(session.expiresAt == 6)
    }

    @Test(arguments: ["null", #"{"email":null}"#])
    func `before the buyer typed an email there is the one we gave`(details: String) throws {
        let session = try decode(
            CheckoutSession.self,
            """
            {"id":"cs_1","mode":"payment","payment_status":"unpaid","customer_email":"ours@b.c",
             "customer_details":\(details),"livemode":false}
            """)
        #expect(session.customerEmail == "ours@b.c")
        #expect(session.status == nil)
    }

    @Test func `whether a session is paid is never guessed`() {
        #expect(throws: StripeJSONError.field("payment_status")) {
            try decode(CheckoutSession.self, #"{"id":"cs_1","mode":"payment","status":"complete","livemode":false}"#)
        }
    }

    @Test func `a SetupIntent tells what was saved`() throws {
        let intent = try decode(
            SetupIntent.self,
            """
            {"id":"seti_1","object":"setup_intent","status":"succeeded","customer":"cus_1",
             "payment_method":{"id":"pm_1"},"client_secret":"seti_1_secret","metadata":{"order":"ord_1"},
             "last_setup_error":{"type":"card_error","code":"card_declined"},"livemode":false,"created":5}
            """)
        #expect(intent.status == .succeeded)
        #expect(intent.customer == "cus_1")
        #expect(intent.paymentMethod == "pm_1")
        #expect(intent.clientSecret == "seti_1_secret")
        #expect(intent.lastSetupError?.code == "card_declined")
        #expect(intent.metadata == ["order": "ord_1"])
    }

    @Test(
        arguments: [
            "warning_needs_response", "warning_under_review", "warning_closed", "needs_response", "under_review",
            "appeal_needs_response", "appeal_under_review", "won", "lost", "prevented",
        ])
    func `every state of a dispute is known`(status: String) throws {
        let dispute = try decode(
            Dispute.self,
            """
            {"id":"du_1","object":"dispute","amount":5,"currency":"usd","status":"\(status)","reason":"fraudulent",
             "charge":{"id":"ch_1"},"payment_intent":"pi_1","livemode":false,"created":5}
            """)
        #expect(dispute.status.unknownName == nil)
        #expect(dispute.status.name == status)
        #expect(dispute.charge == "ch_1")
        #expect(dispute.paymentIntent == "pi_1")
        #expect(dispute.reason == "fraudulent")
    }

    @Test func `an account is called what its owner calls it`() throws {
        let account = try decode(
            Account.self,
            """
            {"id":"acct_1","object":"account","country":"DE","default_currency":"eur","charges_enabled":true,
             "business_profile":{"name":"Tea Ltd"},"settings":{"dashboard":{"display_name":null}}}
            """)
        #expect(account.displayName == "Tea Ltd")
        #expect(account.chargesEnabled == true)
        #expect(account.payoutsEnabled == nil)
    }

    @Test func `a charge of before 2022-11-15 brings its refunds`() throws {
        let charge = try decode(
            Charge.self,
            """
            {"id":"ch_1","object":"charge","amount":100,"amount_captured":90,"amount_refunded":30,"currency":"usd",
             "status":"succeeded","livemode":false,"created":5,"disputed":true,"invoice":"in_1",
             "refunds":{"object":"list","data":[{"id":"re_1","object":"refund","amount":30,"currency":"usd",
               "status":"succeeded","created":6}]}}
            """)
        #expect(charge.amountCaptured == 90)
        #expect(charge.disputed)
        #expect(charge.invoice == "in_1")
        #expect(charge.refunds.map(\.id) == ["re_1"])
    }
}
