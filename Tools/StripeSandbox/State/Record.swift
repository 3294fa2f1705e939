/// What the sandbox keeps; the raw value is Stripe's `object`, a leading underscore marks what Stripe does not show.
enum ResourceKind: String, Sendable, CaseIterable {
    case account
    case applicationFee = "application_fee"
    case balanceTransaction = "balance_transaction"
    case charge
    case checkoutSession = "checkout.session"
    case coupon
    case customer
    case discount
    case dispute
    case event
    case eventDestination = "v2.core.event_destination"
    case invoice
    case invoiceItem = "invoiceitem"
    case invoicePayment = "invoice_payment"
    case paymentIntent = "payment_intent"
    case paymentMethod = "payment_method"
    case price
    case product
    case promotionCode = "promotion_code"
    case refund
    /// Thin events that have no snapshot twin; of the others, the twin is kept.
    case thinEvent = "v2.core.event"
    case setupAttempt = "setup_attempt"
    case setupIntent = "setup_intent"
    case subscription
    case testClock = "test_helpers.test_clock"
    case webhookEndpoint = "webhook_endpoint"
    case appointment = "_appointment"
    case delivery = "_delivery"
    case idempotentRequest = "_idempotent_request"

    /// What an id of this kind begins with.
    var prefix: String {
        switch self {
        case .account: "acct_"
        case .applicationFee: "fee_"
        case .appointment: "appt_"
        case .balanceTransaction: "txn_"
        case .charge: "ch_"
        case .checkoutSession: "cs_"
        // Stripe's own coupons have no prefix.
        case .coupon: ""
        case .customer: "cus_"
        case .discount: "di_"
        case .dispute: "du_"
        case .event: "evt_"
        case .eventDestination: "ed_"
        case .invoice: "in_"
        case .invoiceItem: "ii_"
        case .invoicePayment: "inpay_"
        case .paymentIntent: "pi_"
        case .paymentMethod: "pm_"
        case .price: "price_"
        case .product: "prod_"
        case .promotionCode: "promo_"
        case .refund: "re_"
        case .thinEvent: "evt_"
        case .setupAttempt: "setatt_"
        case .setupIntent: "seti_"
        case .subscription: "sub_"
        case .testClock: "clock_"
        case .webhookEndpoint: "we_"
        case .delivery: "dlv_"
        case .idempotentRequest: "idem_"
        }
    }
}

/// One kept document: the part that Stripe shows and the part that it does not.
struct Record: Sendable {
    let kind: ResourceKind
    let id: String
    /// Rises with every record made, over all accounts: lists go by it, since `created` has whole seconds only.
    let sequence: Int64
    /// The resource as it is answered.
    var body: JSON
    /// What the sandbox must remember beside it: a webhook secret, how a card behaves.
    var hidden: JSON

    /// A field of the resource.
    subscript(name: String) -> JSON {
        get { body[name] }
        set { body[name] = newValue }
    }
}
