extension Currency {
    /// `minor` units for people, with the currency's decimals and its code: `12.34 USD`, `500 JPY`.
    package func format(_ minor: Int64) -> String {
        "\(decimalText(minor)) \(self)"
    }

    /// `minor` units as a decimal number without the currency: `12.34`.
    package func decimalText(_ minor: Int64) -> String {
        guard decimals > 0 else { return String(minor) }
        var digits = String(minor.magnitude)
        while digits.count <= decimals { digits = "0" + digits }
        let point = digits.index(digits.endIndex, offsetBy: -decimals)
        return (minor < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
    }
}
