package import StripeModels

/// What to ask a PaymentIntent to be. The way to pay is always left to Stripe's automatic payment methods.
package struct PaymentIntentForm: Sendable {
    /// Minor units of `currency`.
    package var amount: Int64
    package var currency: Currency
    package var description: String?
    package var metadata: [String: String] = [:]
    package var customer: String?
    /// Where Stripe sends the receipt.
    package var receiptEmail: String?
    package var captureMethod: PaymentIntent.CaptureMethod?
    package var setupFutureUsage: SetupFutureUsage?
    /// A saved payment method of `customer`.
    package var paymentMethod: String?
    /// Charge `paymentMethod` now, and whether its owner is here to be asked.
    package var confirmation: Confirmation?
    /// What the platform keeps of it, in minor units of `currency`; for a connected account alone.
    package var applicationFee: Int64?

    package enum SetupFutureUsage: String, Sendable {
        case onSession = "on_session"
        case offSession = "off_session"
    }

    package enum Confirmation: Sendable {
        case onSession
        case offSession
    }

    package init(amount: Int64, currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    var body: FormBody {
        [
            "amount": .number(amount),
            "currency": .text(currency.rawValue),
            // Without a buyer at a page of ours there is nowhere to come back to from a redirect.
            "automatic_payment_methods": [
                "enabled": true, "allow_redirects": confirmation == nil ? nil : "never",
            ],
            "application_fee_amount": applicationFee.map { .number($0) },
            "capture_method": captureMethod.map { .text($0.name) },
            "confirm": confirmation == nil ? nil : true,
            "customer": customer.map(FormValue.text),
            "description": description.map(FormValue.text),
            "metadata": .map(metadata),
            "off_session": confirmation == .offSession ? true : nil,
            "payment_method": paymentMethod.map(FormValue.text),
            "receipt_email": receiptEmail.map(FormValue.text),
            "setup_future_usage": setupFutureUsage.map { .text($0.rawValue) },
        ]
    }
}
