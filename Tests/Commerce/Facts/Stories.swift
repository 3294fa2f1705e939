import Commerce
import Foundation
import StripeModels

let usd = Currency(rawValue: "usd")

/// What Stripe tells of a payment by card.
enum CardStory {
    static func intent(_ status: String, amount: Int64 = 1000, received: Int64? = nil) -> Told {
        Told("payment_intent \(status)") { telling in
            .paymentIntent(
                try CommerceTests.intent(
                    status, id: telling.id("pi"), amount: amount, received: received,
                    declineCode: status == "requires_payment_method" ? "generic_decline" : nil,
                    metadata: [Order.stripeMetadataKey: telling.order.rawValue]))
        }
    }

    static func refund(_ name: String, _ amount: Int64, _ status: RefundStatus, of intent: String = "1") -> Told {
        Told("refund \(name) \(status)") { telling in
            .refund(
                RefundFact(
                    id: telling.id("re", name), paymentIntent: telling.id("pi", intent), amount: amount, currency: usd,
                    status: status))
        }
    }

    static func dispute(_ status: Dispute.Status) -> Told {
        Told("dispute \(status)") { telling in
            .dispute(
                DisputeFact(
                    id: telling.id("dp"), livemode: false, paymentIntent: telling.id("pi"), amount: 1000,
                    currency: usd, status: status))
        }
    }
}

/// What Stripe tells of a payment on its hosted page.
enum CheckoutStory {
    static func session(
        _ status: SessionFact.Status, _ payment: SessionFact.Payment, total: Int64 = 900,
        mode: CheckoutMode = .payment
    ) -> Told {
        Told("session \(status) \(payment)") { telling in
            .session(
                SessionFact(
                    id: telling.id("cs"), livemode: false, mode: mode, status: status, payment: payment,
                    amountTotal: mode == .setup ? nil : total, currency: mode == .setup ? nil : usd,
                    paymentIntent: mode == .payment && status == .complete ? telling.id("pi") : nil,
                    subscription: mode == .subscription && status == .complete ? telling.id("sub") : nil,
                    customer: "cus_1", customerEmail: "buyer@example.com", order: telling.order))
        }
    }
}

/// What Stripe tells of a subscription.
enum SubscriptionStory {
    /// - Parameter isNamed: whether its metadata names the order.
    static func subscription(
        _ name: String, _ observation: Observation, _ status: Subscription.Status, isNamed: Bool
    ) -> Told {
        Told("subscription \(name)", observation) { telling in
            .subscription(
                SubscriptionFact(
                    id: telling.id("sub"), livemode: false, status: status, customer: "cus_1",
                    items: [SubscriptionLine(item: "si_1", price: "price_1", currency: "usd")],
                    currentPeriodEnd: 1_800_000_000, created: 1_795_305_600, order: isNamed ? telling.order : nil))
        }
    }

    static func invoice(
        _ name: String, _ status: Invoice.Status, _ occasion: InvoiceFact.Occasion? = nil, isFirst: Bool = false,
        amount: Int64 = 900, isNamed: Bool
    ) -> Told {
        Told("invoice \(name) \(status)") { telling in
            let payments = [InvoiceFact.Payment(paymentIntent: telling.id("pi", name), amount: amount)]
            return .invoice(
                InvoiceFact(
                    id: telling.id("in", name), livemode: false, status: status, occasion: occasion, isFirst: isFirst,
                    subscription: telling.id("sub"), customer: "cus_1", currency: usd, amountDue: amount,
                    amountPaid: status == .paid ? amount : 0, payments: status == .paid ? payments : [],
                    attemptCount: 1, order: isNamed ? telling.order : nil))
        }
    }
}
