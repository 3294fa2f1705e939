import Commerce
import StripeModels

extension Story {
    private static func checkout(_ name: String, _ steps: [Step], _ ending: Ending) -> Story {
        Story(
            name: "Checkout: \(name)",
            order: { _ in
                let cart = PricedCart(amount: 1000, currency: Currency(rawValue: "usd"), lines: [])
                return try NewOrder(checkout: .payment, cart: cart)
            }, steps: steps, ending: ending)
    }

    private static func ending(
        _ status: OrderStatus, captured: Int64? = nil, _ told: Set<DeliveryType> = [], _ mailed: Set<EmailKind> = []
    ) -> Ending {
        Ending(status: status, amount: 900, captured: captured, customer: "cus_1", told: told, mailed: mailed)
    }

    private static let paid = ending(.paid, captured: 900, [.orderActivated], [.receipt])

    private static func intent(_ type: StripeEventType, _ status: String, along: StripeThing...) -> Step {
        var step = Step(type, .intent(status, amount: 900))
        step.along = along
        return step
    }

    /// The buyer is through, the money is not there yet.
    private static let completed = Step(.checkoutSessionCompleted, .session("complete", payment: "unpaid"))
    private static let processing = intent(.paymentIntentProcessing, "processing")
    private static let declined = intent(.paymentIntentFailed, "requires_payment_method")

    static let checkouts = [
        checkout(
            "paid at the second try",
            [
                declined, intent(.paymentIntentRequiresAction, "requires_action"),
                intent(
                    .paymentIntentSucceeded, "succeeded", along: .session("complete", payment: "paid")),
                Step(.checkoutSessionCompleted, .session("complete", payment: "paid")),
            ], paid),
        checkout(
            "paid after days",
            [
                completed, processing,
                intent(
                    .paymentIntentSucceeded, "succeeded", along: .session("complete", payment: "paid")),
                Step(.checkoutSessionAsyncPaymentSucceeded, .session("complete", payment: "paid")),
            ], paid),
        checkout(
            "came to nothing after days",
            [
                completed, processing, declined,
                Step(.checkoutSessionAsyncPaymentFailed, .session("complete", payment: "unpaid")),
            ], ending(.failed, [.orderFailed], [.paymentFailed])),
        checkout(
            "held, then captured",
            [
                intent(
                    .paymentIntentAmountCapturableUpdated, "requires_capture",
                    along: .session("complete", payment: "unpaid")), completed,
                intent(
                    .paymentIntentSucceeded, "succeeded", along: .session("complete", payment: "paid")),
            ], paid),
        checkout(
            "expired",
            [
                declined,
                intent(.paymentIntentCanceled, "canceled", along: .session("expired", payment: "unpaid")),
                Step(.checkoutSessionExpired, .session("expired", payment: "unpaid")),
            ], ending(.expired)),
        Story(
            name: "Checkout: a card for later",
            order: { _ in try NewOrder(checkout: .setup, cart: nil) },
            steps: [
                Step(
                    .checkoutSessionCompleted, .session("complete", payment: "no_payment_required", mode: .setup))
            ],
            ending: Ending(
                status: .paid, amount: 0, captured: 0, customer: "cus_1", told: [.orderActivated], mailed: [.receipt])),
    ]
}
