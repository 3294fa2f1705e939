/// What the sandbox keeps; the raw value is Stripe's `object`, a leading underscore marks what Stripe does not show.
enum ResourceKind: String, Sendable, CaseIterable {
    case account
    case balanceTransaction = "balance_transaction"
    case charge
    case customer
    case event
    case paymentIntent = "payment_intent"
    case paymentMethod = "payment_method"
    case refund
    case webhookEndpoint = "webhook_endpoint"
    case delivery = "_delivery"
    case idempotentRequest = "_idempotent_request"

    /// What an id of this kind begins with.
    var prefix: String {
        switch self {
        case .account: "acct_"
        case .balanceTransaction: "txn_"
        case .charge: "ch_"
        case .customer: "cus_"
        case .event: "evt_"
        case .paymentIntent: "pi_"
        case .paymentMethod: "pm_"
        case .refund: "re_"
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
