import StripeModels

/// How much, in which currency, and how often: checked as Stripe checks it.
struct PriceTerms: Sendable {
    let currency: Currency
    /// Minor units.
    let unitAmount: Int64
    /// `recurring` of the price; `null` for a price that is paid once.
    let recurring: JSON

    /// - Parameter prefix: where these terms stood in the call, for a refusal.
    init(_ sent: JSON, param prefix: String?) throws(StripeFailure) {
        func name(_ field: String) -> String { prefix.map { "\($0)[\(field)]" } ?? field }
        try Self.refuseUnsupported(sent, param: prefix)
        do throws(AmountError) {
            currency = try Currency(validating: sent["currency"].string ?? "")
        } catch {
            throw .invalid(error.message, param: name("currency"))
        }
        unitAmount = try Self.amount(sent, name)
        do throws(AmountError) {
            if unitAmount != 0 { try currency.checkCharge(unitAmount) }
        } catch {
            // What is too little for a charge of its own may be bought many times.
            guard error.code == "amount_too_small" else {
                throw .invalid(error.message, code: error.code, param: name("unit_amount"))
            }
        }
        recurring = try Self.recurrence(sent["recurring"], at: name("recurring"))
    }

    /// What would change what is charged, and is not reckoned here, is refused rather than overlooked.
    static func refuseUnsupported(_ sent: JSON, param prefix: String?) throws(StripeFailure) {
        let missing = ["tiers", "tiers_mode", "transform_quantity", "currency_options", "custom_unit_amount"]
        for name in missing where !sent[name].isNull { throw unsupported("`\(name)`", name, prefix) }
        if sent["billing_scheme"] == "tiered" { throw unsupported("tiered prices", "billing_scheme", prefix) }
    }

    private static func unsupported(_ what: String, _ name: String, _ prefix: String?) -> StripeFailure {
        .invalid("This sandbox does not support \(what).", param: prefix.map { "\($0)[\(name)]" } ?? name)
    }

    private static func amount(_ sent: JSON, _ name: (String) -> String) throws(StripeFailure) -> Int64 {
        guard sent["unit_amount"].isNull || sent["unit_amount_decimal"].isNull else {
            throw .invalid(
                "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
                param: name("unit_amount"))
        }
        var amount = sent["unit_amount"].int
        if let decimal = sent["unit_amount_decimal"].string {
            guard let value = Double(decimal), let whole = Int64(exactly: value) else {
                throw .invalid(
                    "This sandbox does not support fractions of the smallest currency unit.",
                    param: name("unit_amount_decimal"))
            }
            amount = whole
        }
        guard let amount else { throw .missing(name("unit_amount")) }
        guard amount >= 0 else {
            throw .invalid(
                "This value must be greater than or equal to 0.", code: "parameter_invalid_integer",
                param: name("unit_amount"))
        }
        return amount
    }

    /// Stripe: at most three years between two payments.
    private static let most: [String: Int64] = ["day": 1095, "week": 156, "month": 36, "year": 3]

    private static func recurrence(_ sent: JSON, at place: String) throws(StripeFailure) -> JSON {
        guard !sent.isNull else { return nil }
        guard sent["usage_type"].isNull || sent["usage_type"] == "licensed", sent["meter"].isNull else {
            throw .invalid("This sandbox does not support metered prices.", param: "\(place)[usage_type]")
        }
        guard let interval = sent["interval"].string, let most = most[interval] else {
            throw .missing("\(place)[interval]")
        }
        let count = sent["interval_count"].int ?? 1
        guard (1...most).contains(count) else {
            throw .invalid(
                "The interval count of a price by the \(interval) must be between 1 and \(most).",
                code: "parameter_invalid_integer", param: "\(place)[interval_count]")
        }
        return [
            "interval": .string(interval), "interval_count": .int(count), "meter": nil,
            "trial_period_days": sent["trial_period_days"], "usage_type": "licensed",
        ]
    }
}
