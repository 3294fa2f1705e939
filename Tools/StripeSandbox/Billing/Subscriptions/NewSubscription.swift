/// What a new subscription shall be. `Transaction.startSubscription` makes it.
struct NewSubscription: Sendable {
    /// A recurring price, and how many of it.
    struct Item: Sendable {
        let price: Record
        var quantity: Int64 = 1
        var metadata: JSON = [:]
    }

    /// What to do about the first invoice when something is due.
    enum Payment: String, Sendable {
        /// Charge; what fails, or waits for the buyer, leaves an `incomplete` subscription.
        case allowIncomplete = "allow_incomplete"
        /// Charge; what fails, or waits for the buyer, is an error, and nothing was made.
        case errorIfIncomplete = "error_if_incomplete"
        /// Charge nothing: the buyer's page confirms the invoice's PaymentIntent.
        case defaultIncomplete = "default_incomplete"
    }

    var customer: Record
    var items: [Item]
    /// Days from now on; `trialEnd` (seconds since 1970) goes before it.
    var trialDays: Int64?
    var trialEnd: Int64?
    /// What happens when a trial ends and there is nothing to charge: `create_invoice`, `cancel` or `pause`.
    var withoutPaymentMethod = "create_invoice"
    /// A time (seconds since 1970) to which the cycle is aligned; by default the start, or the end of the trial.
    var billingCycleAnchor: Int64?
    /// Whether the time up to a later anchor is charged in proportion, or not at all.
    var prorates = true
    /// Seconds since 1970.
    var cancelAt: Int64?
    var cancelsAtPeriodEnd = false
    /// Without one, the customer's default is charged.
    var defaultPaymentMethod: String?
    /// Whether the card that pays the first invoice becomes the subscription's default.
    var savesPaymentMethod = false
    var discounts: [AppliedDiscount] = []
    var description: JSON = nil
    var metadata: JSON = [:]
    var hasAutomaticTax = false
    /// The platform's application (`ca_…`) and its share of each invoice, for a connected account.
    var application: JSON = nil
    var applicationFeePercent: JSON = nil
    var payment = Payment.allowIncomplete
}

/// What came of it.
struct StartedSubscription: Sendable {
    /// `trialing`, `active`, or `incomplete` until the first invoice is paid.
    let subscription: Record
    /// The first invoice; in a trial it is one over nothing, and paid.
    let invoice: Record
    let payment: InvoicePayment
}

/// How an invoice's payment stands.
enum InvoicePayment: Sendable {
    /// It came to nothing, or to less than the smallest charge.
    case nothingDue
    case paid
    /// The card was declined; the failure is what Stripe answers, with the PaymentIntent in its details.
    case declined(StripeFailure)
    /// The buyer must pass 3-D Secure: the PaymentIntent's `next_action` says where. Once it is passed, the invoice is
    /// paid and the subscription becomes active by itself.
    case actionRequired(intent: Record)
    /// Nothing was charged: the PaymentIntent waits to be confirmed.
    case awaitsConfirmation(intent: Record)
}
