extension Currency {
    /// The largest amount of a charge in any currency, in minor units: eight digits.
    package static let largestCharge: Int64 = 99_999_999

    /// How many decimals Stripe's minor unit has: 2 for USD (cents), 0 for JPY, 3 for KWD.
    package var decimals: Int {
        if Self.zeroDecimal.contains(rawValue) { return 0 }
        if Self.threeDecimal.contains(rawValue) { return 3 }
        return 2
    }

    /// The smallest charge in minor units, where the currency has a known one; else Stripe decides.
    package var smallestCharge: Int64? { Self.smallest[rawValue] }

    /// Whether Stripe would take a charge of `amount` minor units.
    /// - Throws: what is wrong with it, for the parameter `amount`.
    package func checkCharge(_ amount: Int64) throws(AmountError) {
        guard amount > 0 else {
            throw .amount("parameter_invalid_integer", "The amount must be an integer of at least 1.")
        }
        guard amount <= Self.largestCharge else {
            throw .amount("amount_too_large", "The amount must be no more than \(format(Self.largestCharge)).")
        }
        if let smallestCharge, amount < smallestCharge {
            throw .amount("amount_too_small", "The amount must be at least \(format(smallestCharge)).")
        }
        let step = step
        guard amount % step == 0 else {
            throw .amount("parameter_invalid_integer", "An amount in \(self) must be a multiple of \(step).")
        }
    }

    /// What every amount is a multiple of.
    private var step: Int64 {
        // Stripe: "Currencies", special cases. ISK and UGX have no decimals any more, but keep two for Stripe.
        if Self.wholeUnitsOnly.contains(rawValue) { return 100 }
        return decimals == 3 ? 10 : 1
    }
}

extension AmountError {
    fileprivate static func amount(_ code: String, _ message: String) -> AmountError {
        AmountError(code: code, message: message, param: "amount")
    }
}
