import Commerce
import StripeModels

extension Story {
    private static func subscription(
        _ name: String, _ steps: [Step], _ ending: Ending, passing: Passing = []
    ) -> Story {
        Story(
            name: "Subscription: \(name)",
            order: { _ in try NewOrder(checkout: .subscription, cart: nil) },
            steps: steps, ending: ending, passing: passing)
    }

    private static func ending(
        _ status: OrderStatus, _ subscription: String, amount: Int64 = 900, captured: Int64?, refunded: Int64 = 0,
        refunds: Set<String> = [], _ told: Set<DeliveryType> = [], _ mailed: Set<EmailKind> = []
    ) -> Ending {
        Ending(
            status: status, amount: amount, captured: captured, refunded: refunded, customer: "cus_1",
            refunds: refunds, subscription: "\(subscription) until 1797897600",
            told: told.union([.orderActivated]), mailed: mailed.union([.receipt]))
    }

    /// What a subscription begins with.
    private static let start = [
        Step(
            .subscriptionCreated, .subscription("active"),
            along: .session("complete", payment: "paid", mode: .subscription), .invoice("1", "paid", isFirst: true)),
        Step(.invoicePaid, .invoice("1", "paid", isFirst: true)),
        Step(.checkoutSessionCompleted, .session("complete", payment: "paid", mode: .subscription)),
    ]

    private static let trial = [
        Step(
            .checkoutSessionCompleted, .session("complete", payment: "no_payment_required", mode: .subscription),
            along: .subscription("trialing")),
        Step(.subscriptionCreated, .subscription("trialing")),
    ]

    private static let trialEnds = Step(.subscriptionTrialWillEnd, .subscription("trialing"))

    /// The second invoice is not paid.
    private static let unpaid = [
        Step(.invoicePaymentFailed, .invoice("2", "open"), along: .subscription("past_due")),
        Step(.subscriptionUpdated, .subscription("past_due")),
    ]

    private static let ended = Step(.subscriptionDeleted, .subscription("canceled"))

    static let trials = [
        subscription(
            "its trial ends soon", trial + [trialEnds],
            ending(.paid, "trialing", amount: 0, captured: 0, [], [.trialEnding])),
        subscription(
            "its trial was paid for",
            [
                trial[0], trialEnds,
                Step(.subscriptionUpdated, .subscription("active"), along: .invoice("2", "paid")),
                Step(.invoicePaid, .invoice("2", "paid")),
            ], ending(.paid, "active", amount: 0, captured: 900),
            passing: Passing([.subscriptionUpdated], mailed: [.trialEnding])),
        subscription(
            "its trial ended without a card", trial + [Step(.subscriptionPaused, .subscription("paused"))],
            ending(.pastDue, "paused", amount: 0, captured: 0, [.subscriptionPastDue]),
            passing: Passing([], mailed: [.trialEnding])),
        subscription(
            "resumed",
            trial + [
                Step(.subscriptionPaused, .subscription("paused")),
                Step(.subscriptionResumed, .subscription("active")),
            ], ending(.paid, "active", amount: 0, captured: 0),
            passing: Passing([.subscriptionPastDue, .subscriptionUpdated], mailed: [.trialEnding])),
    ]

    static let subscriptions = [
        subscription(
            "goes on",
            start + [
                Step(.invoicePaid, .invoice("2", "paid")), Step(.invoicePaymentSucceeded, .invoice("2", "paid")),
            ], ending(.paid, "active", captured: 1800)),
        subscription(
            "its renewal failed", start + unpaid,
            ending(.pastDue, "past_due", captured: 900, [.subscriptionPastDue], [.invoicePaymentFailed])),
        subscription(
            "its bank wants the buyer",
            start + [
                Step(
                    .invoicePaymentActionRequired, .invoice("2", "open"), along: .subscription("past_due"))
            ] + unpaid,
            ending(
                .pastDue, "past_due", captured: 900, [.subscriptionPastDue], [.invoicePaymentFailed, .actionRequired])),
        subscription(
            "its renewal failed and was paid",
            start + unpaid + [
                Step(.invoicePaid, .invoice("2", "paid"), along: .subscription("active")),
                Step(.invoicePaymentSucceeded, .invoice("2", "paid")),
                Step(.subscriptionUpdated, .subscription("active")),
            ], ending(.paid, "active", captured: 1800),
            passing: Passing([.subscriptionPastDue, .subscriptionUpdated], mailed: [.invoicePaymentFailed])),
        subscription(
            "canceled at the end of its period",
            start + [Step(.subscriptionUpdated, .subscription("active", ending: true)), ended],
            ending(.ended, "canceled", captured: 900, [.subscriptionEnded], [.subscriptionCanceled]),
            passing: [.subscriptionUpdated]),
        subscription(
            "never paid again, ended, refunded",
            start + unpaid + [
                ended,
                Step(.refundCreated, .refund("a", 900, "succeeded", of: "1"), along: .charge(refunded: 900, of: "1")),
                Step(.chargeRefunded, .charge(refunded: 900, of: "1")),
            ],
            ending(
                .ended, "canceled", captured: 900, refunded: 900, refunds: ["a 900 succeeded"],
                [.subscriptionEnded, .orderRefunded], [.subscriptionCanceled]),
            passing: Passing([.subscriptionPastDue], mailed: [.invoicePaymentFailed])),
    ]

    static let all = payments + refunds + disputes + checkouts + trials + subscriptions
}
