import Commerce
import StripeClient
import StripeModels

extension CheckoutRequest {
    /// What Stripe is asked for: the same for the same request and order, so that it can be asked for again under the
    /// same key.
    /// - Parameters:
    ///   - price: the one that the request names, as it was read.
    ///   - currency: of a setup.
    func form(for order: Order, pricedBy price: Price?, currency: Currency?) -> CheckoutSessionForm {
        var form = CheckoutSessionForm(mode: formMode(order, price), successURL: successURL)
        form.cancelURL = cancelURL
        form.lineItems = lineItems(order)
        form.customer = customer
        // Stripe takes one of them; the order keeps both.
        form.customerEmail = customer == nil ? customerEmail : nil
        // What is kept for later needs somebody to be kept for. A subscription always makes one.
        form.createsCustomer = customer == nil && (mode == .setup || setupFutureUsage != nil)
        form.clientReferenceID = order.id.rawValue
        form.metadata = order.stripeMetadata
        form.allowsPromotionCodes = allowsPromotionCodes
        form.automaticTax = automaticTax
        form.expiresAt = expiresAt
        form.currency = currency
        return form
    }

    private func formMode(_ order: Order, _ price: Price?) -> CheckoutSessionForm.Mode {
        switch mode {
        case .payment:
            var payment = CheckoutSessionForm.Payment()
            payment.description = order.description
            payment.metadata = order.stripeMetadata
            payment.captureMethod = order.captureMethod.map(PaymentIntent.CaptureMethod.init(_:))
            payment.setupFutureUsage = order.setupFutureUsage.flatMap(PaymentIntentForm.SetupFutureUsage.init)
            payment.applicationFee = order.applicationFee(of: amount(order, price))
            return .payment(payment)
        case .subscription:
            var subscription = CheckoutSessionForm.Subscription()
            subscription.description = order.description
            subscription.metadata =
                subscriptionMetadata
                .merging(StripeMark.of(order.scope)) { _, own in own }
                .merging([Order.stripeMetadataKey: order.id.rawValue]) { _, own in own }
            subscription.trialDays = trialDays
            subscription.applicationFeeBasisPoints = order.applicationFeeBps
            return .subscription(subscription)
        case .setup:
            var setup = CheckoutSessionForm.Setup()
            setup.description = order.description
            setup.metadata = order.stripeMetadata
            return .setup(setup)
        }
    }

    /// As far as it is known before discounts and taxes.
    private func amount(_ order: Order, _ price: Price?) -> Int64 {
        guard case .price(_, let quantity) = content, let unit = price?.unitAmount else { return order.amount }
        let (amount, overflow) = unit.multipliedReportingOverflow(by: quantity)
        return overflow ? 0 : amount
    }

    /// Items as they were when the order was made, whatever became of the catalog since.
    private func lineItems(_ order: Order) -> [CheckoutLineItem] {
        switch content {
        case .items:
            order.lines.map { line in
                CheckoutLineItem(
                    .new(.init(name: line.name, unitAmount: line.unitAmount, currency: order.currency)),
                    quantity: line.quantity)
            }
        case .price(let id, let quantity): [CheckoutLineItem(.existing(id), quantity: quantity)]
        case .nothing: []
        }
    }
}
