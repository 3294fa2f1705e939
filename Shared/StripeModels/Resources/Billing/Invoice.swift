/// What a customer owes for a period, or would owe: a preview is an invoice too.
package struct Invoice: StripeResource {
    package static let objectName = "invoice"

    /// A preview in an old version has none; then it is empty.
    package let id: String
    package let status: Status?
    package let billingReason: BillingReason?
    package let customer: String?
    package let customerEmail: String?
    package let subscription: String?
    /// The subscription's metadata as it was when the invoice was made.
    package let subscriptionMetadata: [String: String]
    package let currency: Currency
    /// Minor units of `currency`, as all amounts here are. Below zero for a credit.
    package let total: Int64
    package let subtotal: Int64
    /// What is asked for after the customer's balance was used; never below zero.
    package let amountDue: Int64
    package let amountPaid: Int64
    package let amountRemaining: Int64
    /// How often the payment was tried.
    package let attemptCount: Int64
    /// Seconds since 1970, as all times here are; nil when it will not be tried again by itself.
    package let nextPaymentAttempt: Int64?
    /// Stripe's page to pay it on; nil before it is finalized.
    package let hostedInvoiceURL: String?
    package let number: String?
    package let lines: [InvoiceLine]
    /// There are more lines than `lines` has.
    package let hasMoreLines: Bool
    /// When the change that a preview shows would take place.
    package let prorationDate: Int64?
    /// Empty unless the invoice was read with them expanded, which the one inside an event never is.
    package let payments: [InvoicePayment]
    /// The PaymentIntent that paid it, or may pay it.
    package let paymentIntent: String?
    package let metadata: [String: String]
    package let livemode: Bool
    package let created: Int64
    package let paidAt: Int64?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        // Since 2025-03-31 what the invoice is for is in `parent`.
        let parent = fields.object("parent")?.object("subscription_details")
        let details = parent ?? fields.object("subscription_details")
        id = try fields.optional("id") ?? ""
        status = try fields.optional("status")
        billingReason = try fields.optional("billing_reason")
        customer = try fields.id("customer")
        customerEmail = try fields.optional("customer_email")
        subscription = try fields.id("subscription") ?? parent?.id("subscription")
        subscriptionMetadata = details?.readable("metadata") ?? [:]
        currency = try fields.required("currency")
        total = try fields.required("total")
        subtotal = try fields.optional("subtotal") ?? total
        amountDue = try fields.required("amount_due")
        amountPaid = try fields.optional("amount_paid") ?? 0
        amountRemaining = try fields.optional("amount_remaining") ?? 0
        attemptCount = try fields.optional("attempt_count") ?? 0
        nextPaymentAttempt = try fields.optional("next_payment_attempt")
        hostedInvoiceURL = try fields.optional("hosted_invoice_url")
        number = try fields.optional("number")
        let lines = try fields.optional("lines") as StripeList<InvoiceLine>?
        self.lines = lines?.data ?? []
        hasMoreLines = lines?.hasMore ?? false
        prorationDate =
            try parent?.optional("subscription_proration_date") ?? fields.optional("subscription_proration_date")
        payments = (try fields.optional("payments") as StripeList<InvoicePayment>?)?.data ?? []
        paymentIntent = try fields.id("payment_intent") ?? Self.paymentIntent(in: payments)
        metadata = try fields.metadata()
        livemode = try fields.required("livemode")
        created = try fields.required("created")
        paidAt = fields.object("status_transitions")?.readable("paid_at")
    }

    private static func paymentIntent(in payments: [InvoicePayment]) -> String? {
        let intents = payments.filter { $0.paymentIntent != nil && $0.status != .canceled }
        return (intents.first { $0.status == .paid } ?? intents.first(where: \.isDefault) ?? intents.first)?
            .paymentIntent
    }
}
