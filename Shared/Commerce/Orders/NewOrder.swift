package import StripeModels

/// An order to be written, after it passed the rules. The programs refuse nothing about it later.
package struct NewOrder: Sendable {
    package let kind: OrderKind
    /// Minor units of `currency`; 0 for what Stripe is to price.
    package let amount: Int64
    /// nil for what Stripe is to price.
    package let currency: Currency?
    package let customer: String?
    package let customerEmail: String?
    package let description: String?
    package let metadata: [String: String]
    package let lines: [OrderLine]
    package let setupFutureUsage: String?
    package let captureMethod: String?
    package let paymentMethod: String?
    package let checkoutMode: CheckoutMode?

    /// - Parameter paymentMethod: a saved one, to be charged without the buyer.
    /// - Throws: `.invalid` naming `amount`, `customer`, `customer_email`, `description`, `metadata[…]`,
    ///   `setup_future_usage`, `capture_method` or `payment_method`; code `card_number_refused` for a card number in free text.
    package init(
        amount: Int64, currency: Currency, kind: OrderKind = .payment, customer: String? = nil,
        customerEmail: String? = nil, description: String? = nil, metadata: [String: String] = [:],
        lines: [OrderLine] = [], setupFutureUsage: String? = nil, captureMethod: String? = nil,
        paymentMethod: String? = nil
    ) throws(CommerceError) {
        do {
            try currency.checkCharge(amount)
        } catch {
            throw CommerceError(error, param: lines.isEmpty ? error.param : "items")
        }
        try self.init(
            kind: kind, amount: amount, currency: currency, lines: lines, customer: customer,
            customerEmail: customerEmail, description: description, metadata: metadata,
            setupFutureUsage: setupFutureUsage, captureMethod: captureMethod, paymentMethod: paymentMethod,
            checkoutMode: nil)
    }

    /// An order that the buyer pays on Stripe's page.
    /// - Parameters:
    ///   - cart: what the catalog priced; nil where Stripe is to price it, or there is nothing to pay.
    ///   - currency: where there is no cart, if it is known.
    package init(
        checkout mode: CheckoutMode, cart: PricedCart?, currency: Currency? = nil, customer: String? = nil,
        customerEmail: String? = nil, description: String? = nil, metadata: [String: String] = [:],
        setupFutureUsage: String? = nil, captureMethod: String? = nil
    ) throws(CommerceError) {
        try self.init(
            kind: mode.kind, amount: cart?.amount ?? 0, currency: cart?.currency ?? currency,
            lines: cart?.lines ?? [], customer: customer, customerEmail: customerEmail, description: description,
            metadata: metadata, setupFutureUsage: setupFutureUsage, captureMethod: captureMethod, paymentMethod: nil,
            checkoutMode: mode)
    }

    private init(
        kind: OrderKind, amount: Int64, currency: Currency?, lines: [OrderLine], customer: String?,
        customerEmail: String?, description: String?, metadata: [String: String], setupFutureUsage: String?,
        captureMethod: String?, paymentMethod: String?, checkoutMode: CheckoutMode?
    ) throws(CommerceError) {
        self.kind = kind
        self.amount = amount
        self.currency = currency
        self.lines = lines
        self.checkoutMode = checkoutMode
        self.customer = try Self.word(customer, "customer")
        self.customerEmail = try FieldRules.email(customerEmail, "customer_email")
        self.description = try FieldRules.optionalText(description, "description", limit: 1000)
        try FieldRules.noCardNumber(in: description ?? "", "description")
        self.metadata = try FieldRules.metadata(metadata)
        self.setupFutureUsage = try Self.choice(
            setupFutureUsage, of: ["on_session", "off_session"], "setup_future_usage")
        self.captureMethod = try Self.choice(
            captureMethod, of: ["automatic", "automatic_async", "manual"], "capture_method")
        self.paymentMethod = try Self.word(paymentMethod, "payment_method")
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

    private static func word(_ value: String?, _ param: String) throws(CommerceError) -> String? {
        guard let value else { return nil }
        return try FieldRules.word(value, param)
    }

    private static func choice(
        _ value: String?, of choices: [String], _ param: String
    ) throws(CommerceError) -> String? {
        guard let value, !choices.contains(value) else { return value }
        throw .invalid(param, "\(param) must be one of: \(choices.joined(separator: ", ")).")
    }
}
