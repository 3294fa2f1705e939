import Crypto
import FoundationEssentials
import StripeModels

/// An email that is due, and for what: the key is of the state that was reached, not of the event that told of it, so
/// that a repetition sends nothing.
package struct EmailNotice: Sendable, Hashable {
    package let kind: EmailKind
    package let key: String
    package let to: String
    package let order: OrderID
    package let subscription: String?
    package let values: [String: String]

    private init?(
        _ kind: EmailKind, _ key: String, of order: Order, to address: String? = nil, _ values: [String: String?]
    ) {
        guard let to = order.customerEmail ?? address, !to.isEmpty else { return nil }
        self.kind = kind
        self.key = "email:\(key)"
        self.to = to
        self.order = order.id
        subscription = order.subscription
        self.values = values.compactMapValues(\.self)
    }
}

extension EmailNotice {
    /// What the buyer is told when the storefront is told `type`; nil for nothing, and where no address is known.
    ///
    /// A payment that was tried without the buyer and that the bank wants confirmed has not failed: it asks for them.
    static func following(_ type: DeliveryType, _ order: Order) -> EmailNotice? {
        switch type {
        case .orderActivated:
            EmailNotice(.receipt, "receipt:\(order.id)", of: order, about(order))
        case .orderFailed:
            if order.needsBuyer {
                actionRequired(order: order)
            } else {
                EmailNotice(
                    .paymentFailed, order.failureKey, of: order,
                    about(order).merging([EmailValue.reason: order.failure?.message]) { $1 })
            }
        case .subscriptionEnded:
            EmailNotice(
                .subscriptionCanceled, "canceled:\(order.subscription ?? order.id.rawValue)", of: order, about(order))
        case .orderCanceled, .orderRequiresAction, .orderRefunded, .orderDisputed, .subscriptionUpdated,
            .subscriptionPastDue:
            nil
        }
    }

    /// The bank wants the buyer to confirm an order that was charged without them. Nil where no address is known.
    package static func actionRequired(order: Order) -> EmailNotice? {
        EmailNotice(.actionRequired, "action_required:\(order.id)", of: order, about(order))
    }

    /// A subscription's later invoice that was not paid; at the first the buyer sits before it. Nil for one that was.
    static func unpaid(_ invoice: InvoiceFact, _ order: Order) -> EmailNotice? {
        guard let occasion = invoice.occasion, !invoice.isFirst, !invoice.isFinal, order.status != .ended else {
            return nil
        }
        let values: [String: String?] = [
            EmailValue.amount: invoice.currency.format(invoice.amountDue), EmailValue.description: order.said,
            EmailValue.link: invoice.hostedInvoiceURL, EmailValue.invoice: invoice.number,
            EmailValue.nextAttempt: invoice.nextPaymentAttempt.map(String.init),
        ]
        let (kind, key): (EmailKind, String) =
            switch occasion {
            case .paymentFailed: (.invoicePaymentFailed, "invoice_failed:\(invoice.id):\(invoice.attemptCount)")
            case .actionRequired: (.actionRequired, "action_required:\(invoice.id)")
            }
        return EmailNotice(kind, key, of: order, to: invoice.customerEmail, values)
    }

    static func trialEnding(_ subscription: SubscriptionFact, _ order: Order) -> EmailNotice? {
        guard order.status.isPaid, let end = subscription.trialEnd else { return nil }
        return EmailNotice(
            .trialEnding, "trial_ending:\(subscription.id):\(end)", of: order,
            [EmailValue.trialEnd: String(end), EmailValue.description: order.said])
    }

    private static func about(_ order: Order) -> [String: String?] {
        [
            // A trial begins without a payment.
            EmailValue.amount: order.amount > 0 ? order.currency.format(order.amount) : nil,
            EmailValue.description: order.said,
        ]
    }
}

extension Order {
    /// Whether it was charged without its buyer, and their bank wants them. Stripe: "authentication_required".
    var needsBuyer: Bool { isOffSession && failure?.code == "authentication_required" }
}

extension Order {
    /// What was sold, by the catalog. A buyer's page can sell nothing else, and what text it sends with it must not go
    /// out to any address in the shop's name; an order without lines is its server's, whose word is taken.
    fileprivate var said: String? {
        guard !lines.isEmpty else { return description }
        return lines.map { $0.quantity == 1 ? $0.name : "\($0.quantity) × \($0.name)" }.joined(separator: ", ")
    }

    /// Anybody's page can make orders of the catalog that fail, for any address: of these a buyer is told once in ten
    /// minutes.
    fileprivate var failureKey: String {
        guard !lines.isEmpty else { return "payment_failed:\(id):\(version)" }
        let address = Data((customerEmail ?? "").lowercased().utf8)
        return "payment_failed:\(Data(SHA256.hash(data: address)).base64EncodedString()):\(updatedAt / 600_000_000)"
    }
}
