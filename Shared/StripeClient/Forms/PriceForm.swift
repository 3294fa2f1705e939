package import StripeModels

/// What to ask a price to be.
package struct PriceForm: Sendable {
    package var product: String
    /// Minor units of `currency`.
    package var unitAmount: Int64
    package var currency: Currency
    /// nil for a price that is paid once.
    package var recurring: RecurringForm?
    package var nickname: String?
    package var lookupKey: String?
    package var taxBehavior: TaxBehavior?
    package var metadata: [String: String] = [:]

    package init(product: String, unitAmount: Int64, currency: Currency) {
        self.product = product
        self.unitAmount = unitAmount
        self.currency = currency
    }

    var body: FormBody {
        [
            "currency": .text(currency.rawValue),
            "lookup_key": lookupKey.map(FormValue.text),
            "metadata": .map(metadata),
            "nickname": nickname.map(FormValue.text),
            "product": .text(product),
            "recurring": recurring?.form,
            "tax_behavior": taxBehavior.map { .text($0.rawValue) },
            "unit_amount": .number(unitAmount),
        ]
    }
}
