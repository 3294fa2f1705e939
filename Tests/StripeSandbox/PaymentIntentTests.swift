import Testing

@testable import StripeSandbox

struct PaymentIntentTests {
    @Test func `a card payment succeeds and leaves a charge, a balance and events`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let created = try await stripe.intent(["metadata[order]": "ord_1"])
            #expect(created.status == 200)
            #expect(created.body["status"] == "requires_payment_method")
            #expect(created.body["client_secret"].string?.hasPrefix("\(created.id)_secret_") == true)
            let paid = try await stripe.post(
                "/v1/payment_intents/\(created.id)/confirm",
                ["payment_method": "pm_card_visa", "expand[]": "latest_charge.balance_transaction"])
            #expect(paid.body["status"] == "succeeded")
            #expect(paid.body["amount_received"] == 1099)
            #expect(paid.body["metadata"] == ["order": "ord_1"])
            let charge = paid.body["latest_charge"]
            #expect(charge["paid"] == true)
            #expect(charge["payment_method_details"]["card"]["last4"] == "4242")
            #expect(charge["balance_transaction"]["amount"] == 1099)
            let balance = try await stripe.get("/v1/balance")
            #expect(balance.body["pending"].elements.first?["amount"] == charge["balance_transaction"]["net"])
            #expect(
                try await stripe.eventTypes() == [
                    "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
                ])
        }
    }

    @Test(arguments: TestCard.all)
    func `each test card behaves as Stripe documents it`(_ card: TestCard) async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.intent([
                "confirm": "true", "payment_method_data[type]": "card",
                "payment_method_data[card][number]": card.number, "payment_method_data[card][exp_month]": "12",
                "payment_method_data[card][exp_year]": "2040", "payment_method_data[card][cvc]": "123",
            ])
            switch card.behaviour {
            case .succeeds:
                #expect(reply.body["status"] == "succeeded")
            case .settlesLater:
                Issue.record("no card settles later")
            case .requiresAuthentication, .requiresSetup:
                #expect(reply.body["status"] == "requires_action")
            case .declines(let decline):
                #expect(reply.status == 402)
                #expect(reply.error["type"] == "card_error")
                #expect(reply.error["code"] == .string(decline.code))
                let intent = reply.error["payment_intent"]
                #expect(intent["status"] == "requires_payment_method")
                #expect(intent["last_payment_error"]["message"] == reply.error["message"])
                #expect(
                    try await stripe.eventTypes() == [
                        "payment_intent.created", "charge.failed", "payment_intent.payment_failed",
                    ])
            }
            #expect(!reply.text.contains(card.number))
        }
    }

    @Test(arguments: ["pm_card_authenticationRequired", "pm_card_threeDSecure2Required"])
    func `off session, a demand for authentication is a decline`(_ token: String) async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.intent(["confirm": "true", "off_session": "true", "payment_method": token])
            #expect(reply.status == 402)
            #expect(reply.error["code"] == "authentication_required")
            #expect(reply.error["payment_intent"]["status"] == "requires_payment_method")
        }
    }

    @Test func `a declined intent can be paid with another card`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let declined = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_chargeDeclined"])
            let id = declined.error["payment_intent"]["id"].string ?? ""
            let paid = try await stripe.post("/v1/payment_intents/\(id)/confirm", ["payment_method": "pm_card_visa"])
            #expect(paid.body["status"] == "succeeded")
            #expect(paid.body["last_payment_error"].isNull)
        }
    }

    @Test(arguments: [(nil, 1099, 0), ("400", 400, 699)] as [(String?, Int64, Int64)])
    func `a manual capture takes all or a part`(_ asked: String?, _ captured: Int64, _ released: Int64) async throws {
        try await SandboxUnderTest.serve { stripe in
            let held = try await stripe.intent([
                "confirm": "true", "payment_method": "pm_card_visa", "capture_method": "manual",
            ])
            #expect(held.body["status"] == "requires_capture")
            #expect(held.body["amount_capturable"] == 1099)
            let path = "/v1/payment_intents/\(held.id)/capture"
            let taken = try await stripe.post(path, asked.map { ["amount_to_capture": $0] } ?? [:])
            #expect(taken.body["status"] == "succeeded")
            #expect(taken.body["amount_received"] == .int(captured))
            let charge = try await stripe.get("/v1/charges/\(taken.body["latest_charge"].string ?? "")")
            #expect(charge.body["amount_refunded"] == .int(released))
            #expect(try await stripe.eventTypes().contains("payment_intent.amount_capturable_updated"))
            #expect(try await stripe.post(path).error["code"] == "payment_intent_unexpected_state")
        }
    }

    @Test func `what is done cannot be done again`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let paid = try await stripe.intent(["confirm": "true", "payment_method": "pm_card_visa"])
            for action in ["confirm", "cancel", "capture"] {
                let reply = try await stripe.post("/v1/payment_intents/\(paid.id)/\(action)")
                #expect(reply.status == 400)
                #expect(reply.error["code"] == "payment_intent_unexpected_state")
                #expect(reply.error["payment_intent"]["id"] == paid.body["id"])
            }
            let update = try await stripe.post("/v1/payment_intents/\(paid.id)", ["amount": "5"])
            #expect(update.error["code"] == "payment_intent_unexpected_state")
            let metadata = try await stripe.post("/v1/payment_intents/\(paid.id)", ["metadata[a]": "b"])
            #expect(metadata.body["metadata"] == ["a": "b"])
        }
    }

    @Test func `a canceled intent says why, and an authorization is given back`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let held = try await stripe.intent([
                "confirm": "true", "payment_method": "pm_card_visa", "capture_method": "manual",
            ])
            let canceled = try await stripe.post(
                "/v1/payment_intents/\(held.id)/cancel",
                ["cancellation_reason": "requested_by_customer", "expand[]": "latest_charge"])
            #expect(canceled.body["status"] == "canceled")
            #expect(canceled.body["cancellation_reason"] == "requested_by_customer")
            #expect(canceled.body["latest_charge"]["refunded"] == true)
            #expect(try await stripe.eventTypes().last == "payment_intent.canceled")
        }
    }

    @Test(arguments: [
        ("0", "usd", "amount"), ("-5", "usd", "amount"), ("49", "usd", "amount"), ("100000000", "usd", "amount"),
        ("10.5", "usd", "amount"), ("abc", "usd", "amount"), ("150", "isk", "amount"), ("1001", "kwd", "amount"),
        ("100", "zzz", "currency"),
    ])
    func `an amount that Stripe would not take is refused`(
        _ amount: String, _ currency: String, _ param: String
    ) async throws {
        try await SandboxUnderTest.serve { stripe in
            let reply = try await stripe.post("/v1/payment_intents", ["amount": amount, "currency": currency])
            #expect(reply.status == 400)
            #expect(reply.error["param"] == .string(param))
            #expect(try await stripe.eventTypes().isEmpty)
        }
    }

    @Test func `a customer's payment method pays for that customer only`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let owner = try await stripe.post("/v1/customers", ["email": "a@example.com"])
            let other = try await stripe.post("/v1/customers", ["email": "b@example.com"])
            let attached = try await stripe.post("/v1/payment_methods/pm_card_visa/attach", ["customer": owner.id])
            let good = try await stripe.intent([
                "confirm": "true", "customer": owner.id, "payment_method": attached.id, "off_session": "true",
            ])
            #expect(good.body["status"] == "succeeded")
            for fields in [["customer": other.id], [:]] as [KeyValuePairs<String, String>] {
                let intent = try await stripe.intent(fields)
                let reply = try await stripe.post(
                    "/v1/payment_intents/\(intent.id)/confirm", ["payment_method": attached.id])
                #expect(reply.status == 400)
                #expect(reply.error["param"] == "payment_method")
            }
            let listed = try await stripe.get("/v1/customers/\(owner.id)/payment_methods")
            #expect(listed.ids == [attached.id])
        }
    }

    @Test func `a card is kept for later where that was asked for`() async throws {
        try await SandboxUnderTest.serve { stripe in
            let customer = try await stripe.post("/v1/customers")
            _ = try await stripe.intent([
                "confirm": "true", "customer": customer.id, "payment_method": "pm_card_visa",
                "setup_future_usage": "off_session",
            ])
            let kept = try await stripe.get("/v1/payment_methods", ["customer": customer.id, "type": "card"])
            #expect(kept.body["data"].elements.first?["card"]["last4"] == "4242")
        }
    }
}
