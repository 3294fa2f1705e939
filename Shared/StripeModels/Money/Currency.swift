/// A currency by its three-letter ISO code in lower case, as Stripe writes it.
package struct Currency: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    /// A currency that Stripe named, which is taken as it is.
    package init(rawValue: String) {
        self.rawValue = rawValue.lowercased()
    }

    /// A currency that a caller named.
    /// - Throws: `invalid_currency` for anything but the code of a currency that exists. Whether an account may charge
    ///   in it is Stripe's to say.
    package init(validating code: String) throws(AmountError) {
        let lowercased = code.lowercased()
        guard Self.codes.contains(lowercased) else {
            throw AmountError(
                code: "invalid_currency",
                message: "The currency must be a three-letter ISO code in lower case, for example usd.",
                param: "currency")
        }
        rawValue = lowercased
    }

    package var description: String { rawValue.uppercased() }
}
