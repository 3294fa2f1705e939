/// One payment from its start to its end, through as many attempts as the buyer needs.
package struct PaymentIntent: StripeResource {
    package static let objectName = "payment_intent"

    package let id: String
    /// What is to be paid, in minor units of `currency`, as all amounts here are.
    package let amount: Int64
    package let amountReceived: Int64
    /// What is authorized and waits for a capture.
    package let amountCapturable: Int64
    package let currency: Currency
    package let status: Status
    /// Lets the buyer's page finish this payment. Never logged.
    package let clientSecret: String?
    package let customer: String?
    package let paymentMethod: String?
    package let description: String?
    package let metadata: [String: String]
    package let receiptEmail: String?
    /// Why the last attempt failed; a later one may still succeed.
    package let lastPaymentError: StripeErrorBody?
    package let latestCharge: String?
    /// The invoice it pays; nil since version 2025-03-31, which has it at the invoice.
    package let invoice: String?
    package let livemode: Bool
    /// Seconds since 1970.
    package let created: Int64
    package let captureMethod: CaptureMethod
    package let setupFutureUsage: String?
    /// What the buyer has to do next, for example `redirect_to_url` or `use_stripe_sdk`; nil for nothing.
    package let nextActionType: String?
    package let cancellationReason: String?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(of: Self.objectName)
        id = try fields.required("id")
        amount = try fields.required("amount")
        amountReceived = try fields.optional("amount_received") ?? 0
        amountCapturable = try fields.optional("amount_capturable") ?? 0
        currency = try fields.required("currency")
        status = try fields.required("status")
        clientSecret = try fields.optional("client_secret")
        customer = try fields.id("customer")
        paymentMethod = try fields.id("payment_method")
        description = try fields.optional("description")
        metadata = try fields.metadata()
        receiptEmail = try fields.optional("receipt_email")
        // Once the payment is final, nothing depends on why an attempt failed. Before, an error that is there tells a
        // payment that failed from one that was not tried.
        lastPaymentError =
            status.isFinal ? fields.readable("last_payment_error") : try fields.optional("last_payment_error")
        latestCharge = try fields.id("latest_charge") ?? (fields.readable("charges") as OldCharges?)?.latest
        invoice = try fields.id("invoice")
        livemode = try fields.required("livemode")
        created = try fields.required("created")
        captureMethod = try fields.optional("capture_method") ?? .automatic
        setupFutureUsage = try fields.optional("setup_future_usage")
        nextActionType = try fields.object("next_action")?.optional("type")
        cancellationReason = try fields.optional("cancellation_reason")
    }
}

/// Before version 2022-11-15 the charges themselves were in the PaymentIntent, the latest first. Only its id is looked
/// at: a charge that cannot be read must not hide the payment.
private struct OldCharges: Decodable {
    let latest: String?

    init(from decoder: any Decoder) throws {
        var list = try decoder.fields().nestedUnkeyedContainer(forKey: "data")
        latest = try list.isAtEnd ? nil : list.decode(ExpandableID.self).id
    }
}
