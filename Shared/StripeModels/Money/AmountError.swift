/// Why Stripe would not take an amount or a currency, in the words of Stripe's own API.
package struct AmountError: Error, Hashable, CustomStringConvertible {
    /// Stripe's error code: `amount_too_small`, `amount_too_large`, `parameter_invalid_integer`, `invalid_currency`.
    package let code: String
    /// A sentence for whoever sent the value.
    package let message: String
    /// The parameter at fault.
    package let param: String

    package init(code: String, message: String, param: String) {
        self.code = code
        self.message = message
        self.param = param
    }

    package var description: String { "\(param): \(message) (\(code))" }
}
