import Commerce
import StripeModels

/// An order for people.
enum OrderText {
    static func details(_ order: Order) -> String {
        var details = Details()
        details.add("Order", order.id.rawValue)
        details.add("Status", order.status.rawValue)
        details.add("Amount", order.currency.format(order.amount))
        if order.amountRefunded > 0 { details.add("Refunded", order.currency.format(order.amountRefunded)) }
        details.add("Tenant", "\(order.tenant) (\(order.livemode ? "live" : "test") mode)")
        for line in order.lines {
            details.add("Item", "\(line.quantity) × \(line.name) (\(line.sku)), \(order.currency.format(line.amount))")
        }
        details.add("Description", order.description)
        details.add("Customer", order.customer)
        details.add("Email", order.customerEmail)
        for (key, value) in order.metadata.sorted(by: { $0.key < $1.key }) {
            details.add("Metadata \(TerminalText.safe(key))", value)
        }
        details.add("Payment intent", order.paymentIntent)
        details.add("Failure", order.failure.map { "\($0.code): \($0.message)" })
        details.add("Created", Moment.text(order.createdAt))
        details.add("Activated", Moment.text(order.activatedAt))
        return details.text
    }

    static func table(_ history: [OrderTransition]) -> String {
        var table = Table("AT", "FROM", "TO", "CAUSE", "DETAIL")
        for move in history {
            let detail = [move.anomaly, move.detail].compactMap { $0 }.joined(separator: ": ")
            table.add(
                Moment.text(move.at) ?? "", move.from?.rawValue ?? "-", move.to.rawValue, move.cause, detail)
        }
        return table.text(empty: "It has no history.")
    }
}
