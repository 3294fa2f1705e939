/// Which kinds of payment methods an intent takes: cards, and in their currencies bank debits.
enum PaymentMethodTypes {
    /// - Parameter currency: nil for a setup, which has none.
    static func taken(in currency: String?, allowed: JSON = nil, excluded: JSON = nil) -> [JSON] {
        let debits = TestBankAccount.Kind.allCases.filter { currency == nil || $0.currency == currency }
        return (["card"] + debits.map { JSON.string($0.rawValue) }).filter {
            (allowed.elements.isEmpty || allowed.elements.contains($0)) && !excluded.elements.contains($0)
        }
    }

    /// Refuses what would leave nothing to pay with.
    static func check(_ call: Call) throws(StripeFailure) {
        let name = "allowed_payment_method_types"
        guard !taken(in: nil, allowed: call[name], excluded: call["excluded_payment_method_types"]).isEmpty else {
            throw .invalid(
                "This sandbox takes card, us_bank_account and sepa_debit: `\(name)` must contain one of them.",
                param: name)
        }
    }

    /// A payment method of a kind that the intent takes.
    static func check(_ method: Record, for intent: Record) throws(StripeFailure) {
        guard !intent["payment_method_types"].elements.contains(method["type"]) else { return }
        let types = intent["payment_method_types"].elements.compactMap(\.string).joined(separator: ", ")
        throw .impossible(
            "The PaymentMethod provided (\(method["type"].string ?? "")) is not allowed for this "
                + "\(intent.kind == .setupIntent ? "SetupIntent" : "PaymentIntent"). Please attach a PaymentMethod of one "
                + "of the following types: \(types).", code: "payment_intent_incompatible_payment_method",
            param: "payment_method")
    }
}
