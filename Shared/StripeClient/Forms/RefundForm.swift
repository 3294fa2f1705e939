/// What to ask a refund to be.
package struct RefundForm: Sendable {
    package var paymentIntent: String
    /// Minor units; nil for all that is left.
    package var amount: Int64?
    package var reason: Reason?
    package var metadata: [String: String] = [:]
    /// The platform gives back its share of the fee as well.
    package var refundsApplicationFee = false

    package enum Reason: String, Sendable, CaseIterable {
        case duplicate
        case fraudulent
        case requestedByCustomer = "requested_by_customer"
    }

    package init(paymentIntent: String) {
        self.paymentIntent = paymentIntent
    }

    var body: FormBody {
        [
            "payment_intent": .text(paymentIntent),
            "amount": amount.map { .number($0) },
            "metadata": .map(metadata),
            "reason": reason.map { .text($0.rawValue) },
            "refund_application_fee": refundsApplicationFee ? true : nil,
        ]
    }
}
