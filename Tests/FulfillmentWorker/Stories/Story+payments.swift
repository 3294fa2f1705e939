import Commerce
import StripeModels

extension Story {
    private static func payment(
        _ name: String, _ steps: [Step], _ ending: Ending, anomalies: Set<OrderAnomaly.Code> = []
    ) -> Story {
        let passing: Set<DeliveryType> =
            ending.status == .failed
            ? [.orderRequiresAction]
            : anomalies.isEmpty ? [.orderRequiresAction, .orderFailed] : [.orderRefunded]
        return Story(
            name: name,
            order: { try NewOrder(amount: 1000, currency: Currency(rawValue: "usd"), customerEmail: $0) }, steps: steps,
            ending: ending,
            passing: Passing(passing, mailed: ending.status == .failed ? [] : [.paymentFailed]), anomalies: anomalies)
    }

    private static func paid(
        _ status: OrderStatus = .paid, refunded: Int64 = 0, refunds: Set<String> = [], disputes: Set<String> = [],
        _ told: Set<DeliveryType> = []
    ) -> Ending {
        Ending(
            status: status, captured: 1000, refunded: refunded, refunds: refunds, disputes: disputes,
            told: told.union([.orderActivated]), mailed: [.receipt])
    }

    private static let succeeded = Step(.paymentIntentSucceeded, .intent("succeeded"))
    private static let failed = Step(.paymentIntentFailed, .intent("requires_payment_method"))
    private static let challenged = Step(.paymentIntentRequiresAction, .intent("requires_action"))
    private static let processing = Step(.paymentIntentProcessing, .intent("processing"))

    static let payments = [
        payment("declined, confirmed, paid", [failed, challenged, processing, succeeded], paid()),
        payment(
            "held, then captured",
            [
                challenged, Step(.paymentIntentAmountCapturableUpdated, .intent("requires_capture")), succeeded,
            ], paid()),
        payment(
            "declined at last", [challenged, processing, failed],
            Ending(status: .failed, told: [.orderFailed], mailed: [.paymentFailed])),
        payment(
            "canceled",
            [challenged, processing, failed, Step(.paymentIntentCanceled, .intent("canceled"))],
            Ending(status: .canceled, told: [.orderCanceled])),
    ]

    static let refunds = [
        payment(
            "refunded in part at Stripe",
            [
                succeeded,
                Step(.refundCreated, .refund("a", 300, "pending"), along: .charge(refunded: 300)),
                Step(.chargeRefunded, .charge(refunded: 300)), Step(.refundUpdated, .refund("a", 300, "succeeded")),
            ],
            paid(.partiallyRefunded, refunded: 300, refunds: ["a 300 succeeded"], [.orderRefunded])),
        payment(
            "refund that came back",
            [
                succeeded, Step(.refundCreated, .refund("a", 300, "succeeded"), along: .charge(refunded: 300)),
                Step(.chargeRefunded, .charge(refunded: 300)),
                Step(.refundFailed, .refund("a", 300, "failed"), along: .charge(refunded: 0)),
            ], paid(refunds: ["a 300 failed"]), anomalies: [.refundFailed]),
        payment(
            "refunded in two parts",
            [
                succeeded, Step(.refundCreated, .refund("a", 300, "succeeded"), along: .charge(refunded: 300)),
                Step(.chargeRefunded, .charge(refunded: 300)),
                Step(.refundCreated, .refund("b", 700, "succeeded"), along: .charge(refunded: 1000)),
                Step(.chargeRefunded, .charge(refunded: 1000)),
            ],
            paid(.refunded, refunded: 1000, refunds: ["a 300 succeeded", "b 700 succeeded"], [.orderRefunded])),
    ]

    static let disputes = [
        payment(
            "dispute that was won",
            [
                failed, succeeded, Step(.chargeDisputeCreated, .dispute("needs_response")),
                Step(.chargeDisputeClosed, .dispute("won")),
            ], paid(disputes: ["won"], [.orderDisputed])),
        payment(
            "dispute that was lost, refunded in part before",
            [
                succeeded, Step(.refundCreated, .refund("a", 300, "succeeded"), along: .charge(refunded: 300)),
                Step(.chargeDisputeCreated, .dispute("needs_response")),
                Step(.chargeDisputeClosed, .dispute("lost")),
            ],
            paid(
                .disputed, refunded: 300, refunds: ["a 300 succeeded"], disputes: ["lost"],
                [.orderRefunded, .orderDisputed])),
    ]
}
