package import StripeModels

/// What to ask a Checkout Session on Stripe's own page to be. The ways to pay are left to Stripe.
package struct CheckoutSessionForm: Sendable {
    package var mode: Mode
    /// May hold `{CHECKOUT_SESSION_ID}`, which Stripe fills in.
    package var successURL: String
    package var cancelURL: String?
    package var lineItems: [CheckoutLineItem] = []
    /// Only one of `customer` and `customerEmail`.
    package var customer: String?
    package var customerEmail: String?
    /// Make a customer even where the mode does not need one. Not in mode `subscription`, which always does.
    package var createsCustomer = false
    package var clientReferenceID: String?
    package var metadata: [String: String] = [:]
    package var allowsPromotionCodes = false
    package var automaticTax = false
    /// Seconds since 1970, from 30 minutes to 24 hours ahead; nil for 24 hours.
    package var expiresAt: Int64?
    /// Of a setup, whose page is for the ways to pay in it.
    package var currency: Currency?

    package enum Mode: Sendable {
        case payment(Payment)
        case subscription(Subscription)
        case setup(Setup)
    }

    /// What the PaymentIntent will be.
    package struct Payment: Sendable {
        package var description: String?
        package var metadata: [String: String] = [:]
        /// Where Stripe sends the receipt.
        package var receiptEmail: String?
        package var captureMethod: PaymentIntent.CaptureMethod?
        package var setupFutureUsage: PaymentIntentForm.SetupFutureUsage?
        /// What the platform keeps, in minor units of the session's currency; for a connected account alone.
        package var applicationFee: Int64?

        package init() {}
    }

    /// What the subscription will be.
    package struct Subscription: Sendable {
        package var description: String?
        package var metadata: [String: String] = [:]
        package var trialDays: Int64?
        /// A trial starts without a way to pay, and ends with the subscription's cancellation if none came.
        package var trialNeedsNoPaymentMethod = false
        /// What the platform keeps of every invoice, in hundredths of a percent; for a connected account alone.
        package var applicationFeeBasisPoints: Int64?

        package init() {}
    }

    /// What the SetupIntent will be.
    package struct Setup: Sendable {
        package var description: String?
        package var metadata: [String: String] = [:]

        package init() {}
    }

    package init(mode: Mode, successURL: String) {
        self.mode = mode
        self.successURL = successURL
    }
}
