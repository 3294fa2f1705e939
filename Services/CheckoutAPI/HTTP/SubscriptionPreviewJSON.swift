import StripeClient
import StripeModels

/// What a change of a subscription would cost, and what to send to have exactly that.
struct SubscriptionPreviewJSON: Encodable {
    private let subscription: String
    private let invoice: Invoice
    private let behavior: SubscriptionChange.ProrationBehavior

    init(_ subscription: String, _ invoice: Invoice, _ behavior: SubscriptionChange.ProrationBehavior) {
        self.subscription = subscription
        self.invoice = invoice
        self.behavior = behavior
    }

    /// nil where nothing is prorated.
    private var prorationDate: Int64? {
        guard behavior != .none else { return nil }
        return invoice.prorationDate ?? invoice.lines.first(where: \.isProration)?.periodStart
    }

    private enum CodingKeys: String, CodingKey {
        case object, livemode, subscription, currency, subtotal, total, lines
        case amountDue = "amount_due"
        case prorationBehavior = "proration_behavior"
        case prorationDate = "proration_date"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("subscription_preview", forKey: .object)
        try container.encode(invoice.livemode, forKey: .livemode)
        try container.encode(subscription, forKey: .subscription)
        try container.encode(invoice.currency.rawValue, forKey: .currency)
        try container.encode(invoice.amountDue, forKey: .amountDue)
        try container.encode(invoice.subtotal, forKey: .subtotal)
        try container.encode(invoice.total, forKey: .total)
        try container.encode(behavior.rawValue, forKey: .prorationBehavior)
        try container.encode(prorationDate, forKey: .prorationDate)
        let lines = ListJSON(invoice.lines.map { PreviewLineJSON(line: $0) }, hasMore: invoice.hasMoreLines)
        try container.encode(lines, forKey: .lines)
    }
}

private struct PreviewLineJSON: Encodable {
    let line: InvoiceLine

    private enum CodingKeys: String, CodingKey {
        case object, amount, currency, description, quantity, period, proration, price
    }

    private enum PeriodKeys: String, CodingKey {
        case start, end
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("line_item", forKey: .object)
        try container.encode(line.amount, forKey: .amount)
        try container.encode(line.currency.rawValue, forKey: .currency)
        try container.encode(line.description, forKey: .description)
        try container.encode(line.quantity, forKey: .quantity)
        try container.encode(line.isProration, forKey: .proration)
        try container.encode(line.price, forKey: .price)
        var period = container.nestedContainer(keyedBy: PeriodKeys.self, forKey: .period)
        try period.encode(line.periodStart, forKey: .start)
        try period.encode(line.periodEnd, forKey: .end)
    }
}
