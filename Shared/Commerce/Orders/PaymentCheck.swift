import StripeModels

/// Whether a payment is the one that an order asked for.
enum PaymentCheck {
    /// What is wrong, and whether the order may follow the payment all the same.
    struct Finding: Equatable {
        let code: OrderAnomaly.Code
        let message: String
        let mayProceed: Bool

        /// Whether what the payment brought is in the order's currency and mode, so that it can be given back.
        var isOurMoney: Bool { code != .otherMode && code != .currencyMismatch }
    }

    /// nil when mode, amount and currency are the order's.
    ///
    /// A payment of too little, or in another currency, never makes an order paid. One of too much does: the buyer gets
    /// the goods, and somebody gives the rest back. Before the payment a wrong amount is only told, for nothing is
    /// granted by those states, and after a refusal it no longer matters. What is captured by hand may be less than what
    /// was authorized, by the storefront's own choice.
    ///
    /// What the buyer pays on Stripe's page is Stripe's to price (promotion codes, taxes): only mode and currency are
    /// looked at.
    static func finding(_ intent: PaymentIntent, for order: Order) -> Finding? {
        guard intent.livemode == order.livemode else {
            return Finding(code: .otherMode, message: "\(intent.id) is of the other mode.", mayProceed: false)
        }
        switch intent.status {
        case .succeeded:
            let amount = order.captureMethod == "manual" ? max(intent.amount, received(intent)) : received(intent)
            return finding(amount, intent.currency, for: order)
        case .requiresAction, .processing, .requiresCapture:
            return finding(intent.amount, intent.currency, for: order).map {
                Finding(code: $0.code, message: "Not paid yet: \($0.message)", mayProceed: true)
            }
        case .requiresPaymentMethod, .requiresConfirmation, .canceled, .unknown: return nil
        }
    }

    private static func finding(_ amount: Int64, _ currency: Currency, for order: Order) -> Finding? {
        guard order.hasCurrency else { return nil }
        let message = "\(currency.format(amount)) instead of \(order.currency.format(order.amount))."
        if currency != order.currency {
            return Finding(code: .currencyMismatch, message: message, mayProceed: false)
        }
        if order.checkoutMode != nil { return nil }
        if amount < order.amount { return Finding(code: .amountMismatch, message: message, mayProceed: false) }
        return amount > order.amount ? Finding(code: .overpaid, message: message, mayProceed: true) : nil
    }

    /// A PaymentIntent that succeeded has received something, so a zero is a field that was not sent.
    static func received(_ intent: PaymentIntent) -> Int64 {
        intent.amountReceived > 0 ? intent.amountReceived : intent.amount
    }
}
