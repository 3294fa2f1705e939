/// An amount of one currency. Amounts of two currencies do not add up, and nothing wraps around.
package struct Money: Hashable, Sendable, Decodable, CustomStringConvertible {
    /// Minor units of `currency`; negative for what is owed.
    package let amount: Int64
    package let currency: Currency

    package init(_ amount: Int64, _ currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        amount = try fields.required("amount")
        currency = try fields.required("currency")
    }

    /// - Throws: `invalid_currency` for another currency, `amount_too_large` beyond what fits.
    package func adding(_ other: Money) throws(AmountError) -> Money {
        guard other.currency == currency else {
            throw AmountError(
                code: "invalid_currency",
                message: "Amounts in \(currency) and \(other.currency) cannot be added.", param: "currency")
        }
        let (sum, overflow) = amount.addingReportingOverflow(other.amount)
        guard !overflow else { throw Self.tooLarge }
        return Money(sum, currency)
    }

    /// - Throws: `amount_too_large` beyond what fits.
    package func times(_ quantity: Int64) throws(AmountError) -> Money {
        let (product, overflow) = amount.multipliedReportingOverflow(by: quantity)
        guard !overflow else { throw Self.tooLarge }
        return Money(product, currency)
    }

    package var description: String { currency.format(amount) }

    private static let tooLarge = AmountError(
        code: "amount_too_large", message: "The amount is too large.", param: "amount")
}
