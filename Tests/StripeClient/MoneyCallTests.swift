import StripeClient
import StripeModels
import Testing

/// Payments, refunds and saved ways to pay on the wire.
struct MoneyCallTests {
    @Test func `a refund is made with what is given`() async throws {
        var form = RefundForm(paymentIntent: "pi_1")
        form.amount = 250
        form.reason = .requestedByCustomer
        form.metadata = ["checkout_refund": "rfd_1"]
        form.refundsApplicationFee = true
        let full = form
        let sent = try await Sent.by(answering: Examples.refund) {
            let refund = try await $0.createRefund(full, idempotencyKey: "rfd_1:create:1", as: Bench.alice)
            #expect(refund.status == .pending)
        }
        #expect(
            sent
                == Sent(
                    line: "POST /v1/refunds",
                    form: "payment_intent=pi_1&amount=250&metadata[checkout_refund]=rfd_1"
                        + "&reason=requested_by_customer&refund_application_fee=true", key: "rfd_1:create:1"))
    }

    @Test func `refunds and charges are listed`() async throws {
        let refunds = try await Sent.by(answering: Examples.list(Examples.refund)) {
            for try await refund in $0.refunds(of: "pi_1", as: Bench.alice) { #expect(refund.id == "re_1") }
        }
        #expect(refunds == Sent(line: "GET /v1/refunds", form: "payment_intent=pi_1&limit=100"))
        let charges = try await Sent.by(answering: Examples.list(Examples.charge)) {
            let page = try await $0.charges(as: Bench.alice).page(limit: 10)
            #expect(page.data.map(\.id) == ["ch_1"])
        }
        #expect(charges == Sent(line: "GET /v1/charges", form: "limit=10"))
    }

    @Test func `saved ways to pay are listed, read and detached`() async throws {
        let listed = try await Sent.by(answering: Examples.list(Examples.paymentMethod)) {
            for try await method in $0.paymentMethods(of: "cus_1", type: "card", as: Bench.alice) {
                #expect(method.id == "pm_1")
            }
        }
        #expect(listed == Sent(line: "GET /v1/customers/cus_1/payment_methods", form: "type=card&limit=100"))
        let read = try await Sent.by(answering: Examples.paymentMethod) {
            _ = try await $0.paymentMethod("pm_1", as: Bench.alice)
        }
        #expect(read == Sent(line: "GET /v1/payment_methods/pm_1"))
        let detached = try await Sent.by(answering: Examples.paymentMethod) {
            _ = try await $0.detachPaymentMethod("pm_1", idempotencyKey: "k", as: Bench.alice)
        }
        #expect(detached == Sent(line: "POST /v1/payment_methods/pm_1/detach", key: "k"))
    }

    @Test func `a platform keeps its fee of a payment and of a capture`() async throws {
        var form = PaymentIntentForm(amount: 1_000, currency: Currency(rawValue: "usd"))
        form.applicationFee = 25
        let full = form
        let made = try await Sent.by(answering: Examples.intent()) {
            _ = try await $0.createPaymentIntent(full, idempotencyKey: "k", as: Bench.bob)
        }
        #expect(
            made.form == "amount=1000&currency=usd&automatic_payment_methods[enabled]=true&application_fee_amount=25")
        let captured = try await Sent.by(answering: Examples.intent()) {
            _ = try await $0.capturePaymentIntent(
                "pi_1", amount: 500, applicationFee: 12, idempotencyKey: "k", as: Bench.bob)
        }
        #expect(captured.form == "amount_to_capture=500&application_fee_amount=12")
    }

    @Test func `a customer's payments of a time are listed`() async throws {
        let sent = try await Sent.by(answering: Examples.list(Examples.intent())) {
            for try await intent in $0.paymentIntents(of: "cus_1", created: 7...9, as: Bench.alice) {
                #expect(intent.id == "pi_1")
            }
        }
        #expect(
            sent
                == Sent(line: "GET /v1/payment_intents", form: "created[gte]=7&created[lte]=9&customer=cus_1&limit=100")
        )
    }

    @Test func `the account is the one that the calls act on`() async throws {
        try await Bench.run { _ in
            .answer(200, Examples.account)
        } _: { bench in
            let account = try await bench.stripe.account(as: Bench.bob)
            #expect(account.country == "DE")
            let request = try #require(bench.server.requests.first)
            #expect(Sent(request) == Sent(line: "GET /v1/account"))
            #expect(request.header("Stripe-Account") == "acct_bob")
        }
    }
}
