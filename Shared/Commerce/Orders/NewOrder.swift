package import StripeModels

/// An order to be written, after it passed the rules. The programs refuse nothing about it later.
package struct NewOrder: Sendable {
    package let kind: OrderKind
    package let amount: Int64
    package let currency: Currency
    package let customer: String?
    package let customerEmail: String?
    package let description: String?
    package let metadata: [String: String]
    package let lines: [OrderLine]
    package let setupFutureUsage: String?
    package let captureMethod: String?

    /// - Throws: `.invalid` naming `amount`, `customer`, `customer_email`, `description`, `metadata[…]`,
    ///   `setup_future_usage` or `capture_method`; code `card_number_refused` for a card number in free text.
    package init(
        amount: Int64, currency: Currency, kind: OrderKind = .payment, customer: String? = nil,
        customerEmail: String? = nil, description: String? = nil, metadata: [String: String] = [:],
        lines: [OrderLine] = [], setupFutureUsage: String? = nil, captureMethod: String? = nil
    ) throws(CommerceError) {
        do {
            try currency.checkCharge(amount)
        } catch {
            throw CommerceError(error, param: lines.isEmpty ? error.param : "items")
        }
        self.kind = kind
        self.amount = amount
        self.currency = currency
        self.lines = lines
        self.customer = try Self.customer(customer)
        self.customerEmail = try FieldRules.email(customerEmail, "customer_email")
        self.description = try FieldRules.optionalText(description, "description", limit: 1000)
        try FieldRules.noCardNumber(in: description ?? "", "description")
        self.metadata = try FieldRules.metadata(metadata)
        self.setupFutureUsage = try Self.choice(
            setupFutureUsage, of: ["on_session", "off_session"], "setup_future_usage")
        self.captureMethod = try Self.choice(
            captureMethod, of: ["automatic", "automatic_async", "manual"], "capture_method")
    }

    /// An order of what the catalog priced.
    package init(
        _ cart: PricedCart, kind: OrderKind = .payment, customer: String? = nil, customerEmail: String? = nil,
        description: String? = nil, metadata: [String: String] = [:], setupFutureUsage: String? = nil,
        captureMethod: String? = nil
    ) throws(CommerceError) {
        try self.init(
            amount: cart.amount, currency: cart.currency, kind: kind, customer: customer,
            customerEmail: customerEmail, description: description, metadata: metadata, lines: cart.lines,
            setupFutureUsage: setupFutureUsage, captureMethod: captureMethod)
    }

    private static func customer(_ value: String?) throws(CommerceError) -> String? {
        guard let value else { return nil }
        return try FieldRules.word(value, "customer")
    }

    private static func choice(
        _ value: String?, of choices: [String], _ param: String
    ) throws(CommerceError) -> String? {
        guard let value, !choices.contains(value) else { return value }
        throw .invalid(param, "\(param) must be one of: \(choices.joined(separator: ", ")).")
    }
}
