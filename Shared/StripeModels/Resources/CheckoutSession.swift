/// One buyer's way through Stripe's hosted payment page.
package struct CheckoutSession: StripeResource {
    package static let objectName = "checkout.session"

    package let id: String
    package let mode: Mode
    /// nil in versions before 2022.
    package let status: Status?
    /// Whether the money is there, which `complete` does not say.
    package let paymentStatus: PaymentStatus
    /// Where the buyer goes; nil once the session is over.
    package let url: String?
    /// What the buyer pays, with discounts and taxes, in minor units of `currency`; nil for a setup.
    package let amountTotal: Int64?
    package let currency: Currency?
    package let customer: String?
    /// As the buyer typed it, or as the session was made with.
    package let customerEmail: String?
    package let clientReferenceID: String?
    /// In mode `payment`; made when the buyer pays, so nil before.
    package let paymentIntent: String?
    /// In mode `subscription`, once complete.
    package let subscription: String?
    /// In mode `setup`.
    package let setupIntent: String?
    /// The first invoice of the subscription.
    package let invoice: String?
    package let metadata: [String: String]
    package let livemode: Bool
    /// Seconds since 1970, as all times here are.
    package let created: Int64
    package let expiresAt: Int64?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        mode = try fields.required("mode")
        status = try fields.optional("status")
        paymentStatus = try fields.required("payment_status")
        url = try fields.optional("url")
        amountTotal = try fields.optional("amount_total")
        currency = try fields.optional("currency")
        customer = try fields.id("customer")
        customerEmail =
            fields.object("customer_details")?.readable("email") ?? fields.readable("customer_email")
        clientReferenceID = try fields.optional("client_reference_id")
        paymentIntent = try fields.id("payment_intent")
        subscription = try fields.id("subscription")
        setupIntent = try fields.id("setup_intent")
        invoice = try fields.id("invoice")
        metadata = try fields.metadata()
        livemode = try fields.required("livemode")
        created = try fields.optional("created") ?? 0
        expiresAt = try fields.optional("expires_at")
    }
}
