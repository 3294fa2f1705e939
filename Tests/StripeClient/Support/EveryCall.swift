import StripeClient
import StripeModels

/// Each call of the client once, with everything that it can be given. Ids end in `_X`.
enum EveryCall {
    typealias Call = @Sendable (StripeClient, StripeCredentials) async throws -> Void

    static let all: [Call] = payments + checkout + billing + catalog + events

    private static let eur = Currency(rawValue: "eur")
    private static let some = ["key": "value"]

    private static let payments: [Call] = [
        { stripe, who in
            var form = PaymentIntentForm(amount: 1_099, currency: eur)
            form.description = "Order"
            form.metadata = some
            form.customer = "cus_X"
            form.receiptEmail = "a@b.example"
            form.captureMethod = .manual
            form.setupFutureUsage = .offSession
            form.paymentMethod = "pm_X"
            form.confirmation = .offSession
            form.applicationFee = 7
            _ = try await stripe.createPaymentIntent(form, idempotencyKey: "k", as: who)
        },
        { _ = try await $0.paymentIntent("pi_X", as: $1) },
        { _ = try await $0.cancelPaymentIntent("pi_X", reason: "abandoned", idempotencyKey: "k", as: $1) },
        {
            _ = try await $0.capturePaymentIntent("pi_X", amount: 5, applicationFee: 1, idempotencyKey: "k", as: $1)
        },
        { for try await _ in $0.paymentIntents(of: "cus_X", created: 1...2, as: $1) {} },
        { stripe, who in
            var form = RefundForm(paymentIntent: "pi_X")
            form.amount = 5
            form.reason = .requestedByCustomer
            form.metadata = some
            form.refundsApplicationFee = true
            _ = try await stripe.createRefund(form, idempotencyKey: "k", as: who)
        },
        { for try await _ in $0.refunds(of: "pi_X", as: $1) {} },
        { for try await _ in $0.charges(as: $1) {} },
        { _ = try await $0.paymentMethod("pm_X", as: $1) },
        { for try await _ in $0.paymentMethods(of: "cus_X", type: "card", as: $1) {} },
        { _ = try await $0.detachPaymentMethod("pm_X", idempotencyKey: "k", as: $1) },
    ]

    private static let checkout: [Call] = [
        { stripe, who in
            var payment = CheckoutSessionForm.Payment()
            payment.description = "Order"
            payment.metadata = some
            payment.receiptEmail = "a@b.example"
            payment.captureMethod = .manual
            payment.setupFutureUsage = .onSession
            payment.applicationFee = 7
            var form = session(.payment(payment))
            form.createsCustomer = true
            _ = try await stripe.createCheckoutSession(form, idempotencyKey: "k", as: who)
        },
        { stripe, who in
            var subscription = CheckoutSessionForm.Subscription()
            subscription.description = "Club"
            subscription.metadata = some
            subscription.trialDays = 14
            subscription.trialNeedsNoPaymentMethod = true
            subscription.applicationFeeBasisPoints = 125
            _ = try await stripe.createCheckoutSession(
                session(.subscription(subscription)), idempotencyKey: "k", as: who)
        },
        { stripe, who in
            var setup = CheckoutSessionForm.Setup()
            setup.description = "Card"
            setup.metadata = some
            _ = try await stripe.createCheckoutSession(session(.setup(setup)), idempotencyKey: "k", as: who)
        },
        { _ = try await $0.checkoutSession("cs_X", as: $1) },
        { _ = try await $0.expireCheckoutSession("cs_X", idempotencyKey: "k", as: $1) },
    ]

    /// Everything that is not of one mode alone; what cannot go together is not the library's to know.
    private static func session(_ mode: CheckoutSessionForm.Mode) -> CheckoutSessionForm {
        var new = CheckoutLineItem.NewPrice(name: "Tea", unitAmount: 450, currency: eur)
        new.description = "Green"
        new.recurring = RecurringForm(.month, count: 2)
        new.taxBehavior = .inclusive
        var form = CheckoutSessionForm(mode: mode, successURL: "https://a.example/{CHECKOUT_SESSION_ID}")
        form.cancelURL = "https://a.example/"
        form.lineItems = [CheckoutLineItem(.existing("price_X"), quantity: 2), CheckoutLineItem(.new(new))]
        form.customer = "cus_X"
        form.customerEmail = "a@b.example"
        form.clientReferenceID = "ord_1"
        form.metadata = some
        form.allowsPromotionCodes = true
        form.automaticTax = true
        form.expiresAt = 1_800_000_000
        form.currency = eur
        return form
    }

    private static let billing: [Call] = [
        {
            let filter = SubscriptionFilter(status: "all", customer: "cus_X", price: "price_X")
            for try await _ in $0.subscriptions(filter, as: $1) {}
        },
        { _ = try await $0.subscription("sub_X", as: $1) },
        { stripe, who in
            var form = SubscriptionUpdateForm()
            form.change = change
            form.paymentBehavior = .pendingIfIncomplete
            form.cancelAtPeriodEnd = true
            form.clearsCancelAt = true
            form.metadata = some
            form.defaultPaymentMethod = "pm_X"
            _ = try await stripe.updateSubscription("sub_X", form, idempotencyKey: "k", as: who)
        },
        { _ = try await $0.cancelSubscription("sub_X", as: $1) },
        { _ = try await $0.resumeSubscription("sub_X", idempotencyKey: "k", as: $1) },
        { _ = try await $0.previewInvoice(of: "sub_X", change, idempotencyKey: "k", as: $1) },
        { _ = try await $0.invoice("in_X", as: $1) },
    ]

    private static let change = SubscriptionChange(
        items: [.init(id: "si_X", price: "price_X", quantity: 3, isDeleted: true)], prorationBehavior: .alwaysInvoice,
        prorationDate: 1_800_000_000)

    private static let catalog: [Call] = [
        { stripe, who in
            var form = ProductForm(name: "Tea")
            form.description = "Green"
            form.metadata = some
            _ = try await stripe.createProduct(form, idempotencyKey: "k", as: who)
        },
        { _ = try await $0.product("prod_X", as: $1) },
        { for try await _ in $0.products(active: true, as: $1) {} },
        { stripe, who in
            var form = PriceForm(product: "prod_X", unitAmount: 450, currency: eur)
            form.recurring = RecurringForm(.year)
            form.nickname = "Yearly"
            form.lookupKey = "tea"
            form.taxBehavior = .exclusive
            form.metadata = some
            _ = try await stripe.createPrice(form, idempotencyKey: "k", as: who)
        },
        { _ = try await $0.price("price_X", as: $1) },
        { for try await _ in $0.prices(active: true, product: "prod_X", as: $1) {} },
        { stripe, who in
            var form = CustomerForm()
            form.email = "a@b.example"
            form.name = "Zoë"
            form.phone = "1"
            form.description = "Regular"
            form.metadata = some
            _ = try await stripe.createCustomer(form, idempotencyKey: "k", as: who)
        },
        { _ = try await $0.customer("cus_X", as: $1) },
    ]

    private static let events: [Call] = [
        { stripe, who in
            var filter = EventFilter()
            filter.types = StripeEventType.allCases.prefix(20).map(\.rawValue)
            filter.since = 1
            filter.delivered = false
            _ = try await stripe.eventPage(filter, after: "evt_X", as: who)
        },
        {
            _ = try await $0.createWebhookEndpoint(
                url: "https://a.example", events: StripeEventType.allCases.map(\.rawValue), connect: true,
                description: "Ours", metadata: some, idempotencyKey: "k", as: $1)
        },
        { _ = try await $0.webhookEndpoint("we_X", as: $1) },
        {
            _ = try await $0.updateWebhookEndpoint(
                "we_X", url: "https://a.example", events: ["*"], disabled: false, idempotencyKey: "k", as: $1)
        },
        { for try await _ in $0.webhookEndpoints(as: $1) {} },
        { _ = try await $0.deleteWebhookEndpoint("we_X", as: $1) },
        { _ = try await $0.account(as: $1) },
        { _ = try await $0.balance(as: $1) },
    ]
}
