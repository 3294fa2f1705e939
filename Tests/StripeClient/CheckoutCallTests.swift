import StripeClient
import StripeModels
import Testing

/// Checkout Sessions on the wire.
struct CheckoutCallTests {
    let usd = Currency(rawValue: "usd")

    func sent(_ form: CheckoutSessionForm) async throws -> Sent {
        try await .by(answering: Examples.session) {
            let session = try await $0.createCheckoutSession(form, idempotencyKey: "k", as: Bench.alice)
            #expect(session.id == "cs_1")
        }
    }

    @Test func `a payment is made with all that it can have`() async throws {
        var payment = CheckoutSessionForm.Payment()
        payment.description = "Order 1"
        payment.metadata = ["order": "ord_1"]
        payment.receiptEmail = "a@b.example"
        payment.captureMethod = .manual
        payment.setupFutureUsage = .offSession
        payment.applicationFee = 12
        var form = CheckoutSessionForm(
            mode: .payment(payment), successURL: "https://a.example/done?id={CHECKOUT_SESSION_ID}")
        form.cancelURL = "https://a.example/back"
        var new = CheckoutLineItem.NewPrice(name: "Tea", unitAmount: 450, currency: usd)
        new.description = "Green"
        new.taxBehavior = .inclusive
        form.lineItems = [CheckoutLineItem(.existing("price_1"), quantity: 2), CheckoutLineItem(.new(new))]
        form.customerEmail = "a@b.example"
        form.createsCustomer = true
        form.clientReferenceID = "ord_1"
        form.metadata = ["order": "ord_1"]
        form.allowsPromotionCodes = true
        form.automaticTax = true
        form.expiresAt = 1_800_000_000
        let sent = try await sent(form)
        #expect(sent.line == "POST /v1/checkout/sessions")
        #expect(sent.key == "k")
        #expect(
            sent.form == "mode=payment&ui_mode=hosted_page"
                + "&success_url=https%3A%2F%2Fa.example%2Fdone%3Fid%3D%7BCHECKOUT_SESSION_ID%7D"
                + "&cancel_url=https%3A%2F%2Fa.example%2Fback"
                + "&line_items[0][price]=price_1&line_items[0][quantity]=2"
                + "&line_items[1][price_data][currency]=usd&line_items[1][price_data][product_data][name]=Tea"
                + "&line_items[1][price_data][product_data][description]=Green"
                + "&line_items[1][price_data][tax_behavior]=inclusive&line_items[1][price_data][unit_amount]=450"
                + "&line_items[1][quantity]=1&customer_email=a%40b.example&customer_creation=always"
                + "&client_reference_id=ord_1&metadata[order]=ord_1&allow_promotion_codes=true"
                + "&automatic_tax[enabled]=true&expires_at=1800000000"
                + "&payment_intent_data[application_fee_amount]=12&payment_intent_data[capture_method]=manual"
                + "&payment_intent_data[description]=Order%201&payment_intent_data[metadata][order]=ord_1"
                + "&payment_intent_data[receipt_email]=a%40b.example"
                + "&payment_intent_data[setup_future_usage]=off_session")
    }

    @Test func `what is not set is not sent`() async throws {
        var form = CheckoutSessionForm(mode: .payment(.init()), successURL: "https://a.example/")
        form.lineItems = [CheckoutLineItem(.existing("price_1"))]
        let sent = try await sent(form)
        #expect(
            sent.form == "mode=payment&ui_mode=hosted_page&success_url=https%3A%2F%2Fa.example%2F"
                + "&line_items[0][price]=price_1&line_items[0][quantity]=1")
    }

    @Test func `a subscription starts with a trial and the platform's share`() async throws {
        var subscription = CheckoutSessionForm.Subscription()
        subscription.description = "Club"
        subscription.metadata = ["plan": "gold"]
        subscription.trialDays = 14
        subscription.trialNeedsNoPaymentMethod = true
        subscription.applicationFeeBasisPoints = 250
        var form = CheckoutSessionForm(mode: .subscription(subscription), successURL: "https://a.example/")
        var new = CheckoutLineItem.NewPrice(name: "Club", unitAmount: 900, currency: usd)
        new.recurring = RecurringForm(.month, count: 3)
        form.lineItems = [CheckoutLineItem(.new(new))]
        let sent = try await sent(form)
        #expect(
            sent.form == "mode=subscription&ui_mode=hosted_page&success_url=https%3A%2F%2Fa.example%2F"
                + "&line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=Club"
                + "&line_items[0][price_data][recurring][interval]=month"
                + "&line_items[0][price_data][recurring][interval_count]=3"
                + "&line_items[0][price_data][unit_amount]=900&line_items[0][quantity]=1"
                + "&payment_method_collection=if_required&subscription_data[application_fee_percent]=2.5"
                + "&subscription_data[description]=Club&subscription_data[metadata][plan]=gold"
                + "&subscription_data[trial_period_days]=14"
                + "&subscription_data[trial_settings][end_behavior][missing_payment_method]=cancel")
    }

    @Test(arguments: [(0, "0"), (1, "0.01"), (10, "0.1"), (100, "1"), (305, "3.05"), (1_250, "12.5"), (10_000, "100")])
    func `a share in basis points is sent as percent`(points: Int64, percent: String) async throws {
        var subscription = CheckoutSessionForm.Subscription()
        subscription.applicationFeeBasisPoints = points
        let sent = try await sent(
            CheckoutSessionForm(mode: .subscription(subscription), successURL: "https://a.example"))
        #expect(sent.form.hasSuffix("&subscription_data[application_fee_percent]=\(percent)"))
    }

    @Test func `a setup needs a currency and has no items`() async throws {
        var setup = CheckoutSessionForm.Setup()
        setup.description = "Card on file"
        setup.metadata = ["order": "ord_1"]
        var form = CheckoutSessionForm(mode: .setup(setup), successURL: "https://a.example/")
        form.currency = usd
        form.customer = "cus_1"
        let sent = try await sent(form)
        #expect(
            sent.form == "mode=setup&ui_mode=hosted_page&success_url=https%3A%2F%2Fa.example%2F&customer=cus_1"
                + "&currency=usd&setup_intent_data[description]=Card%20on%20file"
                + "&setup_intent_data[metadata][order]=ord_1")
    }

    @Test func `the tax of a known customer needs the address that they type in`() async throws {
        var form = CheckoutSessionForm(mode: .payment(.init()), successURL: "https://a.example/")
        form.automaticTax = true
        form.customer = "cus_1"
        let sent = try await sent(form)
        #expect(sent.form.hasSuffix("&customer=cus_1&automatic_tax[enabled]=true&customer_update[address]=auto"))
    }

    @Test func `sessions are read and expired`() async throws {
        let read = try await Sent.by(answering: Examples.session) {
            _ = try await $0.checkoutSession("cs_1", as: Bench.alice)
        }
        #expect(read == Sent(line: "GET /v1/checkout/sessions/cs_1"))
        let expired = try await Sent.by(answering: Examples.session) {
            _ = try await $0.expireCheckoutSession("cs_1", idempotencyKey: "k", as: Bench.alice)
        }
        #expect(expired == Sent(line: "POST /v1/checkout/sessions/cs_1/expire", key: "k"))
    }
}
